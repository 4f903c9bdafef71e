#include "object/python_names.hpp"

#include <array>
#include <cerrno>
#include <utility>

namespace beckon::detail {

namespace {

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

/// As Python's OSError chooses among its subclasses.
constexpr std::array<std::pair<int, std::string_view>, 18> system_table{{
    {EPERM, "PermissionError"},
    {EACCES, "PermissionError"},
    {ENOENT, "FileNotFoundError"},
    {EEXIST, "FileExistsError"},
    {EISDIR, "IsADirectoryError"},
    {ENOTDIR, "NotADirectoryError"},
    {ESRCH, "ProcessLookupError"},
    {EINTR, "InterruptedError"},
    {ECHILD, "ChildProcessError"},
    {EAGAIN, "BlockingIOError"},
    {EALREADY, "BlockingIOError"},
    {EINPROGRESS, "BlockingIOError"},
    {EPIPE, "BrokenPipeError"},
    {ESHUTDOWN, "BrokenPipeError"},
    {ECONNABORTED, "ConnectionAbortedError"},
    {ECONNREFUSED, "ConnectionRefusedError"},
    {ECONNRESET, "ConnectionResetError"},
    {ETIMEDOUT, "TimeoutError"},
}};

} // namespace

std::string_view python_name(errc code) noexcept {
    switch (code) {
    case errc::timeout: return "TimeoutError";
    case errc::disconnected: return "ConnectionError";
    case errc::unknown_method: return "AttributeError";
    case errc::unknown_object:
    case errc::not_found: return "KeyError";
    case errc::access_denied: return "PermissionError";
    case errc::protocol_error:
    case errc::invalid_argument:
    case errc::parse_error: return "ValueError";
    case errc::schema_mismatch:
    case errc::type_mismatch: return "TypeError";
    case errc::unsupported: return "NotImplementedError";
    case errc::address_in_use:
    case errc::io_error: return "OSError";
    default: return "RuntimeError";
    }
}

std::string_view python_name(std::string_view standard_type) noexcept {
    for (const auto& [type, name] : standard_table) {
        if (type == standard_type) return name;
    }
    return {};
}

std::string_view python_name(const std::error_code& code) noexcept {
    if (code.category() != std::generic_category() && code.category() != std::system_category())
        return {};
    for (const auto& [number, name] : system_table) {
        if (number == code.value()) return name;
    }
    return "OSError";
}

} // namespace beckon::detail
