#include "protocol/rpyc/exception_class.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/python_exceptions.hpp"
#include "object/python_names.hpp"
#include "protocol/rpyc/python_text.hpp"

namespace beckon::rpyc {

namespace {

// What Python has no class for. Those of our own module come back as the code.
constexpr std::array<std::pair<errc, std::string_view>, 5> own_table{{
    {errc::cancelled, "Cancelled"},
    {errc::overloaded, "Overloaded"},
    {errc::limit_exceeded, "LimitExceeded"},
    {errc::declared, "Declared"},
    {errc::would_deadlock, "WouldDeadlock"},
}};

exception_class class_of_code(errc code) {
    for (const auto& [own, name] : own_table) {
        if (own == code) return {std::string(own_module), std::string(name)};
    }
    return {std::string(builtins), std::string(detail::python_name(code))};
}

/// "myapp.errors.Missing" or "myapp::errors::missing" in two; a name alone is one of Python's or of our own module.
exception_class class_of_type(std::string_view type) {
    if (const std::string_view known = detail::python_name(type); !known.empty())
        return {std::string(builtins), std::string(known)};
    std::string dotted = as_class_name(type);
    for (std::size_t at = 0; (at = dotted.find("::", at)) != std::string::npos;)
        dotted.replace(at, 2, ".");
    const std::size_t dot = dotted.rfind('.');
    if (dot != std::string::npos && dot != 0 && dot + 1 != dotted.size()) {
        return {dotted.substr(0, dot), dotted.substr(dot + 1)};
    }
    return {std::string(is_python_exception(dotted) ? builtins : own_module), std::move(dotted)};
}

} // namespace

std::string as_class_name(std::string_view text) {
    std::string name = as_utf8(text);
    std::replace(name.begin(), name.end(), '\0', '_');
    return name;
}

exception_class class_of(const error& failure) {
    return failure.type_name().empty() ? class_of_code(failure.code())
                                       : class_of_type(failure.type_name());
}

errc code_of(std::string_view module, std::string_view name) noexcept {
    // A TimeoutError too: that something of the peer's took too long is no word on our call's time.
    if (module != own_module) return errc::remote_error;
    for (const auto& [code, own] : own_table) {
        if (own == name) return code;
    }
    return errc::declared;
}

} // namespace beckon::rpyc
