#include "protocol/basic/failure.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/basic/serializers.hpp"
#include "beckon/object/named_error.hpp"
#include "beckon/object/python_errors.hpp"

namespace beckon::basic {

namespace {

constexpr std::string_view builtins = "builtins.";

/// C++'s own classes as a Python program knows them.
constexpr std::array standard_classes{
    std::pair<std::string_view, std::string_view>{"std::invalid_argument", "ValueError"},
    std::pair<std::string_view, std::string_view>{"std::domain_error", "ValueError"},
    std::pair<std::string_view, std::string_view>{"std::length_error", "ValueError"},
    std::pair<std::string_view, std::string_view>{"std::out_of_range", "IndexError"},
    std::pair<std::string_view, std::string_view>{"std::overflow_error", "OverflowError"},
    std::pair<std::string_view, std::string_view>{"std::range_error", "OverflowError"},
    std::pair<std::string_view, std::string_view>{"std::bad_alloc", "MemoryError"},
};

/// Of what it ends an original client with, or cannot make there from one text.
[[nodiscard]] std::string_view harmless(std::string_view name) noexcept {
    for (const std::string_view each :
         {"UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError"}) {
        if (name == each) return "ValueError";
    }
    for (const std::string_view each : {"ExceptionGroup", "BaseExceptionGroup", "SystemExit",
                                        "KeyboardInterrupt", "GeneratorExit"}) {
        if (name == each) return "RuntimeError";
    }
    return name;
}

[[nodiscard]] std::string as_utf8(std::string_view text) {
    std::string made(text);
    for (std::size_t bad = utf8_error_offset(made); bad != made.size();
         bad = utf8_error_offset(made))
        made[bad] = '?';
    return made;
}

/// Of the classes that Python's clients find among the built-in ones, as the types that C++ programs catch.
[[nodiscard]] bool is_builtin(std::string_view name) noexcept {
    for (int i = 0; i <= static_cast<int>(python::builtin::memory_error); ++i) {
        if (python::type_name(static_cast<python::builtin>(i)).substr(builtins.size()) == name)
            return true;
    }
    return false;
}

/// What a person wants to read of a text that is a traceback: the message in its last lines.
[[nodiscard]] std::string_view message_in(std::string_view text, std::string_view name) noexcept {
    while (text.ends_with('\n')) text.remove_suffix(1);
    const std::string mark = concat(name, ": ");
    for (std::size_t at = text.rfind(mark); at != std::string_view::npos && at != 0;
         at = text.rfind(mark, at - 1)) {
        const std::size_t line = text.rfind('\n', at) + 1;
        const bool is_qualified = std::all_of(text.begin() + static_cast<std::ptrdiff_t>(line),
                                              text.begin() + static_cast<std::ptrdiff_t>(at),
                                              [](char each) { return each != ' ' && each != '"'; });
        if (is_qualified) return text.substr(at + mark.size());
    }
    return text.substr(text.rfind('\n') + 1);
}

} // namespace

error protocol_failure(std::string text) { return named_error("ProtocolError", std::move(text)); }
error shutdown_failure() { return named_error(shutdown_name, "server is shutting down"); }

std::string class_name(const error& failure) {
    switch (failure.code()) {
    case errc::schema_mismatch:
    case errc::invalid_argument:
    case errc::type_mismatch:
    case errc::parse_error: return "ValueError";
    case errc::unknown_method:
    case errc::protocol_error: return "ProtocolError";
    case errc::timeout: return "TimeoutError";
    case errc::access_denied: return "PermissionError";
    case errc::unsupported: return "NotImplementedError";
    case errc::declared:
    case errc::remote_error: break;
    default: return "RuntimeError";
    }
    std::string_view name = failure.type_name();
    for (const auto& [known, python] : standard_classes) {
        if (name == known) return std::string(python);
    }
    if (name.empty() || name.starts_with("std::")) return "RuntimeError";
    const std::size_t end = name.find_last_of(".:");
    if (end != std::string_view::npos) name.remove_prefix(end + 1);
    return as_utf8(name.empty() ? "RuntimeError" : harmless(name));
}

void put_failure(buffer& out, const error& failure) {
    static_cast<void>(put_text(out, class_name(failure)));
    static_cast<void>(put_text(out, as_utf8(failure.message())));
}

result<exception_parts> read_failure(cursor from) {
    BECKON_ASSIGN(const std::string_view name, from.take_text());
    BECKON_ASSIGN(const std::string_view text, from.take_text());
    const bool has_trace = text.starts_with("Traceback (most recent call last):");
    exception_parts told;
    told.type = is_builtin(name) ? concat(builtins, name) : std::string(name);
    told.text = has_trace ? message_in(text, name) : text;
    told.arguments = value::tuple({told.text});
    if (has_trace) told.trace = text;
    return told;
}

} // namespace beckon::basic
