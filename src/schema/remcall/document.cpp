#include "beckon/schema/remcall/document.hpp"

#include <algorithm>
#include <array>

#include "schema/remcall/order.hpp"

namespace beckon::schema::remcall {

namespace {

constexpr std::array<std::string_view, 19> kind_names{
    "void",   "boolean",  "int8",   "uint8",   "int16",    "uint16", "int32",
    "uint32", "int64",    "uint64", "float32", "float64",  "string", "date",
    "time",   "datetime", "enum",   "record",  "interface"};

bool is_letter(char letter) noexcept {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

std::string_view name_of(const document& document, const type& type) {
    switch (type.kind) {
    case kind::enumeration: return document.enumerations.at(type.index).name;
    case kind::record: return document.records.at(type.index).name;
    case kind::interface: return document.interfaces.at(type.index).name;
    default: return to_string(type.kind);
    }
}

} // namespace

void put_in_order(document& document) {
    rearrange(document, sorted_order(document.enumerations), sorted_order(document.records),
              sorted_order(document.interfaces));
}

std::string to_string(const document& document, const type& type) {
    std::string out(name_of(document, type));
    if (type.array) out += "[]";
    return out;
}

std::string_view to_string(kind kind) noexcept {
    const auto number = static_cast<std::size_t>(kind);
    return number < kind_names.size() ? kind_names[number] : "unknown";
}

bool is_name(std::string_view text) noexcept {
    return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, [](char letter) {
        return is_letter(letter) || (letter >= '0' && letter <= '9');
    });
}

std::int32_t number_of(const document& document, const type& type) noexcept {
    std::int64_t number = static_cast<std::int64_t>(type.kind);
    switch (type.kind) {
    case kind::interface:
        number = first_declared_number +
                 static_cast<std::int64_t>(document.enumerations.size() + document.records.size()) +
                 type.index;
        break;
    case kind::record:
        number = first_declared_number + static_cast<std::int64_t>(document.enumerations.size()) +
                 type.index;
        break;
    case kind::enumeration: number = std::int64_t{first_declared_number} + type.index; break;
    default: break;
    }
    return static_cast<std::int32_t>(type.array ? -number : number);
}

} // namespace beckon::schema::remcall
