// Finds declarations by name in constant time, and the nearest name for one that is not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "beckon/schema/place.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::schema {

/// Lifetime: borrows the document's names.
class name_index {
public:
    struct entry {
        schema::section section;
        std::uint32_t declaration;
    };

    explicit name_index(const document& document);

    /// The first declaration of that name, or nullptr.
    [[nodiscard]] const entry* find(std::string_view name) const;
    /// The type that a use of the name means, or nullopt where nothing (or an exception) has it.
    [[nodiscard]] std::optional<kind> kind_of(std::string_view name) const;
    /// The declared or built-in type whose name is a likely misspelling away, or "".
    [[nodiscard]] std::string nearest_type(std::string_view name) const;
    [[nodiscard]] std::string nearest_exception(std::string_view name) const;

private:
    const document& document_;
    std::unordered_map<std::string_view, entry> entries_;
};

/// "enum", "record", "exception" or "interface", with its article.
[[nodiscard]] std::string_view with_article(section section);

/// How many letters were changed, inserted, removed or swapped with a neighbour, upper and lower case being alike;
/// at most `most` + 1.
[[nodiscard]] std::size_t letters_apart(std::string_view a, std::string_view b, std::size_t most);

} // namespace beckon::schema
