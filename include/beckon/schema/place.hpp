// Where in a document something is: the address that checks and source positions share.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "beckon/schema/schema.hpp"

namespace beckon::schema {

/// One of the four lists of declarations in a document.
enum class section : std::uint8_t { enumerations, records, exceptions, interfaces };

/// Which part of the declaration, member or parameter is meant.
enum class aspect : std::uint8_t {
    name,
    type,          ///< `part`: which node of the type, counted from 0 outside in, left to right.
    case_name,     ///< Of a variant; `part`: the node of the case's type.
    default_value, ///< Of a field.
    number,        ///< Of an enum value; of a method, its command.
    raises,        ///< `part`: position in the list.
};

/// The address of one part of a document.
struct place {
    static constexpr std::uint32_t none = 0xffffffff;

    schema::section section = section::enumerations;
    std::uint32_t declaration = 0;  ///< Position in the section's list.
    std::uint32_t member = none;    ///< Field, enum value or method.
    std::uint32_t parameter = none; ///< Of a method.
    schema::aspect aspect = aspect::name;
    std::uint32_t part = 0;

    auto operator<=>(const place&) const = default;
};

/// A place in words: "record Item, field at", "interface Calculator, method add, parameter 2 'b'".
/// The place must be one of the document's.
[[nodiscard]] std::string describe(const document& document, const place& where);

} // namespace beckon::schema
