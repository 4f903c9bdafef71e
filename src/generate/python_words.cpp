#include "generate/python_words.hpp"

namespace beckon::generate {

namespace {

constexpr std::string_view keywords[] = {
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "self", "try",    "while",  "with",     "yield"};

constexpr std::string_view reserved[] = {
    "False",    "None",        "True",     "_SCHEMA", "_schema", "and",   "annotations", "as",
    "assert",   "async",       "await",    "beckon",  "bool",    "break", "bytes",       "class",
    "continue", "dataclasses", "datetime", "def",     "del",     "dict",  "elif",        "else",
    "enum",     "except",      "finally",  "float",   "for",     "from",  "global",      "if",
    "import",   "in",          "int",      "is",      "lambda",  "list",  "nonlocal",    "not",
    "or",       "pass",        "raise",    "return",  "self",    "str",   "try",         "tuple",
    "typing",   "while",       "with",     "yield"};

constexpr std::string_view of_exceptions[] = {
    "False", "None",   "True",           "add_note",    "and",      "annotations", "args",
    "as",    "assert", "async",          "await",       "beckon",   "bool",        "break",
    "bytes", "class",  "continue",       "dataclasses", "datetime", "def",         "del",
    "dict",  "elif",   "else",           "enum",        "except",   "finally",     "float",
    "for",   "from",   "global",         "if",          "import",   "in",          "int",
    "is",    "lambda", "list",           "nonlocal",    "not",      "or",          "pass",
    "raise", "return", "self",           "str",         "try",      "tuple",       "typing",
    "while", "with",   "with_traceback", "yield"};

} // namespace

std::span<const std::string_view> python_keywords() noexcept { return keywords; }
std::span<const std::string_view> python_reserved_words() noexcept { return reserved; }
std::span<const std::string_view> python_words_of_exceptions() noexcept { return of_exceptions; }

} // namespace beckon::generate
