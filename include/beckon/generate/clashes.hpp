// What is wrong with the names of a document in a programming language: all of it, with places.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "beckon/base/error.hpp"
#include "beckon/schema/check.hpp"

namespace beckon::generate {

/// The detail() of a generator's error about names: each pair that would become one, with both places, and each name that
/// the language cannot have. Where the text of the document is at hand, parse_options::more_rules tells them by line.
class name_clashes final : public error_detail {
public:
    explicit name_clashes(std::vector<schema::problem> all) : all_(std::move(all)) {}

    [[nodiscard]] const std::vector<schema::problem>& all() const noexcept { return all_; }

    /// What an error carries, or nullptr where it is not about names.
    [[nodiscard]] static const name_clashes* of(const error& error) noexcept {
        return dynamic_cast<const name_clashes*>(error.detail().get());
    }

private:
    std::vector<schema::problem> all_;
};

} // namespace beckon::generate
