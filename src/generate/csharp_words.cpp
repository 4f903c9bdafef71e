#include "generate/csharp_words.hpp"

#include <algorithm>

namespace beckon::generate {

namespace {

// With Mono's own, and "await", which mcs does not take for a name in a lambda.
constexpr std::string_view keywords[] = {
    "__arglist", "__makeref", "__reftype", "__refvalue", "abstract",  "as",       "await",
    "base",      "bool",      "break",     "byte",       "case",      "catch",    "char",
    "checked",   "class",     "const",     "continue",   "decimal",   "default",  "delegate",
    "do",        "double",    "else",      "enum",       "event",     "explicit", "extern",
    "false",     "finally",   "fixed",     "float",      "for",       "foreach",  "goto",
    "if",        "implicit",  "in",        "int",        "interface", "internal", "is",
    "lock",      "long",      "namespace", "new",        "null",      "object",   "operator",
    "out",       "override",  "params",    "private",    "protected", "public",   "readonly",
    "ref",       "return",    "sbyte",     "sealed",     "short",     "sizeof",   "stackalloc",
    "static",    "string",    "struct",    "switch",     "this",      "throw",    "true",
    "try",       "typeof",    "uint",      "ulong",      "unchecked", "unsafe",   "ushort",
    "using",     "virtual",   "void",      "volatile",   "while"};

constexpr std::string_view types[] = {
    "Beckon", "CancellationToken", "Dictionary", "IEnumerable", "List", "System", "Task", "Wire"};

constexpr std::string_view members[] = {
    "Beckon",  "CancellationToken", "Dispose",    "Equals",          "Finalize", "GetHashCode",
    "GetType", "MemberwiseClone",   "OnReleased", "ReferenceEquals", "System",   "ToString"};

constexpr std::string_view exceptions[] = {"Beckon",
                                           "CancellationToken",
                                           "Data",
                                           "Dispose",
                                           "Equals",
                                           "Finalize",
                                           "GetBaseException",
                                           "GetHashCode",
                                           "GetObjectData",
                                           "GetType",
                                           "HResult",
                                           "HelpLink",
                                           "InnerException",
                                           "MemberwiseClone",
                                           "Message",
                                           "ReferenceEquals",
                                           "SerializeObjectState",
                                           "Source",
                                           "StackTrace",
                                           "System",
                                           "TargetSite",
                                           "ToString"};

constexpr std::string_view parameters[] = {"arguments", "cancellation", "source", "target"};

} // namespace

std::string csharp_escaped(std::string name) {
    const bool is_keyword = std::binary_search(std::begin(keywords), std::end(keywords), name);
    return is_keyword ? '@' + name : name;
}

std::span<const std::string_view> csharp_words_of_types() noexcept { return types; }
std::span<const std::string_view> csharp_words_of_members() noexcept { return members; }
std::span<const std::string_view> csharp_words_of_exceptions() noexcept { return exceptions; }
std::span<const std::string_view> csharp_words_of_parameters() noexcept { return parameters; }

} // namespace beckon::generate
