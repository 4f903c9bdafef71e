#include "generate/cpp_words.hpp"

namespace beckon::generate {

namespace {

constexpr std::string_view words[] = {
    "BIG_ENDIAN", "BUFSIZ",        "BYTE_ORDER",    "CHAR_BIT",  "DOMAIN",       "EDOM",
    "EILSEQ",     "EOF",           "ERANGE",        "FALSE",     "HUGE_VAL",     "INFINITY",
    "INT_MAX",    "INT_MIN",       "LITTLE_ENDIAN", "LONG_MAX",  "LONG_MIN",     "NAN",
    "NULL",       "OVERFLOW",      "RAND_MAX",      "SIGABRT",   "SIGFPE",       "SIGILL",
    "SIGINT",     "SIGSEGV",       "SIGTERM",       "SING",      "TRUE",         "UINT_MAX",
    "UNDERFLOW",  "alignas",       "alignof",       "and",       "and_eq",       "asm",
    "assert",     "auto",          "bitand",        "bitor",     "bool",         "break",
    "case",       "catch",         "char",          "char16_t",  "char32_t",     "char8_t",
    "class",      "co_await",      "co_return",     "co_yield",  "compl",        "concept",
    "const",      "const_cast",    "consteval",     "constexpr", "constinit",    "continue",
    "decltype",   "default",       "delete",        "do",        "double",       "dynamic_cast",
    "else",       "enum",          "errno",         "explicit",  "export",       "extern",
    "false",      "float",         "for",           "friend",    "goto",         "i386",
    "if",         "inline",        "int",           "linux",     "long",         "major",
    "makedev",    "minor",         "mutable",       "namespace", "new",          "noexcept",
    "not",        "not_eq",        "nullptr",       "offsetof",  "operator",     "or",
    "or_eq",      "private",       "protected",     "public",    "register",     "reinterpret_cast",
    "requires",   "return",        "setjmp",        "short",     "signed",       "sizeof",
    "static",     "static_assert", "static_cast",   "stderr",    "stdin",        "stdout",
    "struct",     "switch",        "template",      "this",      "thread_local", "throw",
    "true",       "try",           "typedef",       "typeid",    "typename",     "union",
    "unix",       "unsigned",      "using",         "va_arg",    "virtual",      "void",
    "volatile",   "wchar_t",       "while",         "xor",       "xor_eq"};

} // namespace

std::span<const std::string_view> cpp_reserved_words() noexcept { return words; }

} // namespace beckon::generate
