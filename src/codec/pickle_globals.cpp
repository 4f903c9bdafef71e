#include "codec/pickle_globals.hpp"

#include <algorithm>
#include <iterator>

#include "beckon/base/text.hpp"
#include "beckon/codec/pickle.hpp"
#include "codec/python_exceptions.hpp"

namespace beckon::pickle {

namespace {

struct named_role {
    std::string_view module;
    std::string_view name;
    pickle::role role;
};

constexpr named_role others[] = {
    {"builtins", "set", role::set},
    {"builtins", "frozenset", role::frozen_set},
    {"builtins", "bytes", role::bytes},
    {"builtins", "bytearray", role::byte_array},
    {"builtins", "complex", role::complex},
    {"builtins", "object", role::object},
    {"_codecs", "encode", role::encode},
    {"uuid", "UUID", role::uuid},
    {"copyreg", "_reconstructor", role::reconstructor},
    {"socket", "timeout", role::exception},
    {"socket", "error", role::exception},
    {"socket", "gaierror", role::exception},
    {"socket", "herror", role::exception},
    {"pyrpc.ut", "Timeout", role::exception},
    {"pyrpc.ut", "NoSocket", role::exception},
    {"pyrpc.ut", "ProtocolError", role::exception},
};

[[nodiscard]] std::string_view as_python3(std::string_view module) noexcept {
    if (module == "__builtin__" || module == "exceptions") return "builtins";
    if (module == "copy_reg") return "copyreg";
    return module;
}

[[nodiscard]] std::string_view without_alias(std::string_view name) noexcept {
    if (name == "IOError" || name == "EnvironmentError" || name == "WindowsError") return "OSError";
    if (name == "StandardError") return "Exception";
    return name;
}

[[nodiscard]] bool is_builtin_exception(std::string_view name) noexcept {
    return is_python_exception(name) || name == "StandardError" ||
           name == "WindowsError"; // Python 2's, and Windows'
}

} // namespace

std::string symbol::full_name() const { return concat(module, '.', name); }

symbol find_symbol(std::string_view module, std::string_view name) {
    module = as_python3(module);
    if (module == "builtins" && is_builtin_exception(name))
        return {role::exception, std::string(module), std::string(without_alias(name))};
    for (const named_role& each : others) {
        if (each.module == module && each.name == name)
            return {each.role, std::string(module), std::string(name)};
    }
    return {role::unknown, std::string(module), std::string(name)};
}

bool is_known_exception(std::string_view type) noexcept {
    constexpr std::string_view prefix = "builtins.";
    if (type.starts_with(prefix)) return is_builtin_exception(type.substr(prefix.size()));
    return std::any_of(std::begin(others), std::end(others), [&](const named_role& each) {
        return each.role == role::exception &&
               type.size() == each.module.size() + 1 + each.name.size() &&
               type.starts_with(each.module) && type[each.module.size()] == '.' &&
               type.ends_with(each.name);
    });
}

} // namespace beckon::pickle
