// Finds enum values for default values; with an index in constant time, so that a document full of them stays cheap.
#pragma once

#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "beckon/base/result.hpp"
#include "beckon/schema/literal.hpp"
#include "schema/name_index.hpp"

namespace beckon::schema {

/// Lifetime: borrows the document and the index.
class enum_lookup {
public:
    explicit enum_lookup(const document& document, const name_index* index = nullptr)
        : document_(document), index_(index) {}

    [[nodiscard]] const enumeration* find(std::string_view name) const;
    [[nodiscard]] bool has_value(const enumeration& enumeration, std::string_view value);

private:
    const document& document_;
    const name_index* index_;
    std::unordered_map<const enumeration*, std::unordered_set<std::string_view>> values_;
};

/// As fits() of literal.hpp.
[[nodiscard]] result<void> fits(enum_lookup& enums, const type& type, const literal& value);

} // namespace beckon::schema
