// Variants, which the IDL leaves without names, as types that a generator must name: shared by all generators.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "beckon/generate/names.hpp"
#include "beckon/schema/place.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::generate {

struct named_variant {
    std::string name;
    schema::type type;
    schema::place at; ///< Where it is used first.
};

/// How a generator calls its variants: "number_or_text", "NumberOrText".
struct variant_naming {
    naming style = naming::as_is; ///< Of each case.
    std::string_view joint;       ///< Between cases: "Or".
    std::string_view rest;        ///< In place of the cases that make a name too long: "OrOther".
    std::string_view numbered;    ///< Before the number of a name that is taken.
    /// Has the last word, where the name cannot be.
    std::function<void(std::string& name, const schema::type& type)> adjust;
};

/// Every distinct variant of a document.
class variant_table {
public:
    /// Puts the names into `taken`, and none that is there already.
    void collect(const schema::document& document, const variant_naming& how,
                 std::unordered_set<std::string>& taken);

    /// Each after those that it holds.
    [[nodiscard]] const std::vector<named_variant>& all() const noexcept { return all_; }
    /// Places in all(), by the type's IDL text.
    [[nodiscard]] const std::unordered_map<std::string, std::size_t>& places() const noexcept {
        return places_;
    }
    [[nodiscard]] const std::string& name_of(const schema::type& type) const;

private:
    void add(const schema::type& type, schema::place& at, const variant_naming& how,
             std::unordered_set<std::string>& taken);

    std::vector<named_variant> all_;
    std::unordered_map<std::string, std::size_t> places_;
};

/// Calls `visit` for the type of each field, parameter and result, in the order in which generators write them.
void for_each_type(const schema::document& document,
                   const std::function<void(const schema::type&, const schema::place&)>& visit);

} // namespace beckon::generate
