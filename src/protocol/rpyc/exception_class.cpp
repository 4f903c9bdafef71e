#include "protocol/rpyc/exception_class.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/rpyc/python_text.hpp"

namespace beckon::rpyc {

namespace {

// Sorted, to be searched by halves.
constexpr std::array<std::string_view, 70> builtin_table{
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotADirectoryError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "PythonFinalizationError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
};
static_assert(std::is_sorted(builtin_table.begin(), builtin_table.end()) &&
              !builtin_table.back().empty());

struct code_class {
    errc code;
    std::string_view module;
    std::string_view name;
};

// Of each code one class. Those of our own module come back as the code.
constexpr std::array code_table{
    code_class{errc::internal, builtins, "RuntimeError"},
    code_class{errc::timeout, builtins, "TimeoutError"},
    code_class{errc::cancelled, own_module, "Cancelled"},
    code_class{errc::disconnected, builtins, "ConnectionError"},
    code_class{errc::protocol_error, builtins, "ValueError"},
    code_class{errc::schema_mismatch, builtins, "TypeError"},
    code_class{errc::unknown_method, builtins, "AttributeError"},
    code_class{errc::unknown_object, builtins, "KeyError"},
    code_class{errc::access_denied, builtins, "PermissionError"},
    code_class{errc::overloaded, own_module, "Overloaded"},
    code_class{errc::limit_exceeded, own_module, "LimitExceeded"},
    code_class{errc::remote_error, builtins, "RuntimeError"},
    code_class{errc::declared, own_module, "Declared"},
    code_class{errc::invalid_argument, builtins, "ValueError"},
    code_class{errc::type_mismatch, builtins, "TypeError"},
    code_class{errc::unsupported, builtins, "NotImplementedError"},
    code_class{errc::would_deadlock, own_module, "WouldDeadlock"},
    code_class{errc::io_error, builtins, "OSError"},
    code_class{errc::parse_error, builtins, "ValueError"},
    code_class{errc::address_in_use, builtins, "OSError"},
    code_class{errc::not_found, builtins, "KeyError"},
};

// What C++ programs throw, as Python programmers know it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> standard_table{{
    {"std::bad_alloc", "MemoryError"},
    {"std::domain_error", "ValueError"},
    {"std::exception", "RuntimeError"},
    {"std::invalid_argument", "ValueError"},
    {"std::length_error", "ValueError"},
    {"std::logic_error", "RuntimeError"},
    {"std::out_of_range", "IndexError"},
    {"std::overflow_error", "OverflowError"},
    {"std::range_error", "ValueError"},
    {"std::runtime_error", "RuntimeError"},
}};

exception_class class_of_code(errc code) {
    for (const code_class& each : code_table) {
        if (each.code == code) return {std::string(each.module), std::string(each.name)};
    }
    return {std::string(builtins), "RuntimeError"};
}

/// "myapp.errors.Missing" or "myapp::errors::missing" in two; a name alone is one of Python's or of our own module.
exception_class class_of_type(std::string_view type) {
    for (const auto& [cpp, python] : standard_table) {
        if (cpp == type) return {std::string(builtins), std::string(python)};
    }
    std::string dotted = as_class_name(type);
    for (std::size_t at = 0; (at = dotted.find("::", at)) != std::string::npos;)
        dotted.replace(at, 2, ".");
    const std::size_t dot = dotted.rfind('.');
    if (dot != std::string::npos && dot != 0 && dot + 1 != dotted.size()) {
        return {dotted.substr(0, dot), dotted.substr(dot + 1)};
    }
    return {std::string(is_builtin_exception(dotted) ? builtins : own_module), std::move(dotted)};
}

} // namespace

std::string as_class_name(std::string_view text) {
    std::string name = as_utf8(text);
    std::replace(name.begin(), name.end(), '\0', '_');
    return name;
}

bool is_builtin_exception(std::string_view name) noexcept {
    return std::binary_search(builtin_table.begin(), builtin_table.end(), name);
}

exception_class class_of(const error& failure) {
    return failure.type_name().empty() ? class_of_code(failure.code())
                                       : class_of_type(failure.type_name());
}

errc code_of(std::string_view module, std::string_view name) noexcept {
    if (module == builtins) return name == "TimeoutError" ? errc::timeout : errc::remote_error;
    if (module != own_module) return errc::remote_error;
    for (const code_class& each : code_table) {
        if (each.module == own_module && each.name == name) return each.code;
    }
    return errc::declared;
}

} // namespace beckon::rpyc
