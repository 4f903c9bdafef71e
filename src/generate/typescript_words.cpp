#include "generate/typescript_words.hpp"

namespace beckon::generate {

namespace {

constexpr std::string_view of_parameters[] = {
    "arguments", "await",    "break",      "call",      "case",    "catch",      "class",
    "const",     "continue", "debugger",   "default",   "delete",  "do",         "else",
    "enum",      "eval",     "export",     "extends",   "false",   "finally",    "for",
    "function",  "if",       "implements", "import",    "in",      "instanceof", "interface",
    "let",       "new",      "null",       "options",   "package", "private",    "protected",
    "public",    "return",   "static",     "super",     "switch",  "this",       "throw",
    "true",      "try",      "typeof",     "undefined", "var",     "void",       "while",
    "with",      "yield"};

// An object with a method `then` is a promise to all who wait for it; `new(...)` in an interface makes objects of it.
constexpr std::string_view of_methods[] = {
    "constructor", "hasOwnProperty", "isPrototypeOf", "new",    "propertyIsEnumerable",
    "then",        "toLocaleString", "toString",      "valueOf"};

// Every object has these already, as functions.
constexpr std::string_view of_fields[] = {
    "constructor",    "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
    "toLocaleString", "toString",       "valueOf"};

constexpr std::string_view of_types[] = {
    "Array",   "AsyncIterableIterator", "Map",         "Object",
    "Promise", "ReadonlyArray",         "ReadonlyMap", "Uint8Array"};

constexpr std::string_view of_enumerators[] = {"Infinity", "NaN"};

} // namespace

std::span<const std::string_view> typescript_words_of_parameters() noexcept {
    return of_parameters;
}
std::span<const std::string_view> typescript_words_of_methods() noexcept { return of_methods; }
std::span<const std::string_view> typescript_words_of_fields() noexcept { return of_fields; }
std::span<const std::string_view> typescript_words_of_types() noexcept { return of_types; }
std::span<const std::string_view> typescript_words_of_enumerators() noexcept {
    return of_enumerators;
}

} // namespace beckon::generate
