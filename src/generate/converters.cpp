#include "beckon/generate/converters.hpp"

#include <array>

#include "beckon/base/text.hpp"
#include "beckon/generate/names.hpp"

namespace beckon::generate {

namespace {

using schema::remcall::kind;

bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
char to_lower(char letter) {
    return is_upper(letter) ? static_cast<char>(letter - 'A' + 'a') : letter;
}
char to_upper(char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

/// remcall's: letter by letter, so that runs of capitals fall apart.
std::string snake(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (i > 0 && is_upper(name[i])) out += '_';
        out += to_lower(name[i]);
    }
    return out;
}

std::string in_capitals(std::string text) {
    for (char& letter : text) letter = to_upper(letter);
    return text;
}

std::string remcall_python(std::string_view name, name_use use) {
    switch (use) {
    case name_use::method:
    case name_use::parameter:
    case name_use::field: return snake(name);
    case name_use::enum_value: return in_capitals(snake(name));
    default: return std::string(name);
    }
}

std::string remcall_csharp(std::string_view name, name_use use) {
    std::string out(name);
    if (use == name_use::interface) return 'I' + out;
    if (use == name_use::parameter && !out.empty()) out[0] = to_lower(out[0]);
    return out;
}

std::string python(std::string_view name, name_use use) {
    switch (use) {
    case name_use::method:
    case name_use::parameter:
    case name_use::field: return convert(name, naming::snake);
    case name_use::enum_value: return convert(name, naming::screaming);
    default: return std::string(name);
    }
}

// By the numbers of the primitives.
constexpr std::array<std::string_view, 16> python_types{
    "None", "bool", "int",   "int",   "int", "int",           "int",           "int",
    "int",  "int",  "float", "float", "str", "datetime.date", "datetime.time", "datetime.datetime"};
constexpr std::array<std::string_view, 16> csharp_types{
    "void",  "bool",   "SByte", "byte",   "Int16",  "UInt16",   "Int32", "UInt32",
    "Int64", "UInt64", "float", "double", "string", "DateTime", "Time",  "DateTime"};

} // namespace

std::string convert(std::string_view name, name_rules rules, name_use use) {
    switch (rules) {
    case name_rules::remcall_python: return remcall_python(name, use);
    case name_rules::remcall_csharp: return remcall_csharp(name, use);
    case name_rules::python: return python(name, use);
    default: return std::string(name);
    }
}

result<std::string> type_name(const schema::remcall::document& document,
                              const schema::remcall::type& type, name_rules rules) {
    const auto no_name = [&] {
        return fail(errc::unsupported, "these rules for names have none for the type ",
                    to_string(document, type));
    };
    std::string element;
    switch (type.kind) {
    case kind::enumeration:
        element = convert(document.enumerations[type.index].name, rules, name_use::enumeration);
        break;
    case kind::record:
        element = convert(document.records[type.index].name, rules, name_use::record);
        break;
    case kind::interface:
        element = convert(document.interfaces[type.index].name, rules, name_use::interface);
        break;
    default:
        if (rules == name_rules::identity) return no_name();
        element = (rules == name_rules::remcall_csharp
                       ? csharp_types
                       : python_types)[static_cast<std::size_t>(type.kind)];
    }
    if (!type.array) return element;
    if (rules != name_rules::remcall_csharp) return no_name();
    return element + "[]";
}

} // namespace beckon::generate
