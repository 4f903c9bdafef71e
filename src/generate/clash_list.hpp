// Where a generator notes what is wrong with names, so that it can go on and find the rest.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/schema/check.hpp"

namespace beckon::generate {

class clash_list {
public:
    /// Notes it, once. `earlier` is the place of the name that was there before.
    void add(std::string message, const schema::place& where,
             const std::optional<schema::place>& earlier = std::nullopt);

    /// Errors: invalid_argument where there are any: the first in words, how many more, and all in its detail.
    [[nodiscard]] result<void> outcome() const;

private:
    std::vector<schema::problem> all_;
    std::set<std::pair<schema::place, std::optional<schema::place>>> known_;
};

} // namespace beckon::generate
