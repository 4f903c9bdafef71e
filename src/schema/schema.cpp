#include "beckon/schema/schema.hpp"

#include <array>
#include <utility>

namespace beckon::schema {

namespace {

constexpr std::array<std::pair<std::string_view, kind>, 19> simple_kinds{{
    {"void", kind::void_},        {"bool", kind::boolean},    {"int8", kind::int8},
    {"uint8", kind::uint8},       {"int16", kind::int16},     {"uint16", kind::uint16},
    {"int32", kind::int32},       {"uint32", kind::uint32},   {"int64", kind::int64},
    {"uint64", kind::uint64},     {"float32", kind::float32}, {"float64", kind::float64},
    {"string", kind::string},     {"date", kind::date},       {"time", kind::time},
    {"datetime", kind::datetime}, {"bytes", kind::bytes},     {"duration", kind::duration},
    {"any", kind::any},
}};

template <typename Declaration>
const Declaration* find_in(const std::vector<Declaration>& declarations,
                           std::string_view name) noexcept {
    for (const Declaration& declaration : declarations) {
        if (declaration.name == name) return &declaration;
    }
    return nullptr;
}

void append_type(std::string& out, const type& type);

void append_arguments(std::string& out, const type& type) {
    out += '<';
    for (std::size_t i = 0; i < type.arguments.size(); ++i) {
        if (i > 0) out += ", ";
        if (i < type.case_names.size()) {
            out += type.case_names[i];
            out += ": ";
        }
        append_type(out, type.arguments[i]);
    }
    out += '>';
}

void append_type(std::string& out, const type& type) {
    if (!type.name.empty()) {
        out += type.name;
        return;
    }
    out += to_string(type.kind);
    if (!type.arguments.empty()) append_arguments(out, type);
}

bool is_letter(char letter) noexcept {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

} // namespace

std::vector<std::uint32_t> commands_of(const interface& interface) {
    std::vector<std::uint32_t> numbers;
    numbers.reserve(interface.methods.size());
    std::uint32_t next = 0;
    for (const method& method : interface.methods) {
        const std::uint32_t number = method.command ? *method.command : next;
        numbers.push_back(number);
        next = number + 1;
    }
    return numbers;
}

const enumeration* document::find_enumeration(std::string_view name) const noexcept {
    return find_in(enumerations, name);
}
const record* document::find_record(std::string_view name) const noexcept {
    return find_in(records, name);
}
const record* document::find_exception(std::string_view name) const noexcept {
    return find_in(exceptions, name);
}
const interface* document::find_interface(std::string_view name) const noexcept {
    return find_in(interfaces, name);
}

std::string to_string(const type& type) {
    std::string out;
    append_type(out, type);
    return out;
}

std::string_view to_string(kind kind) noexcept {
    for (const auto& [name, simple] : simple_kinds) {
        if (simple == kind) return name;
    }
    switch (kind) {
    case kind::optional: return "optional";
    case kind::list: return "list";
    case kind::map: return "map";
    case kind::tuple: return "tuple";
    case kind::variant: return "variant";
    case kind::stream: return "stream";
    case kind::enumeration: return "enum";
    case kind::record: return "record";
    case kind::interface: return "interface";
    default: return "unknown";
    }
}

std::optional<kind> builtin_kind(std::string_view name) noexcept {
    if (name == "boolean") return kind::boolean; // remcall's spelling
    for (const auto& [spelling, kind] : simple_kinds) {
        if (spelling == name) return kind;
    }
    return std::nullopt;
}

bool is_name(std::string_view text) noexcept {
    if (text.empty() || !is_letter(text.front())) return false;
    for (const char letter : text) {
        if (!is_letter(letter) && !(letter >= '0' && letter <= '9')) return false;
    }
    return true;
}

} // namespace beckon::schema
