#include "beckon/object/python_errors.hpp"

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "beckon/object/exception_codec.hpp"
#include "object/python_names.hpp"

namespace beckon::python {

namespace {

constexpr std::string_view prefix = "builtins.";

template <typename Exception>
[[noreturn]] void throw_as(const error& failure) {
    throw Exception(failure);
}

struct type_entry {
    std::string_view name; ///< With the module.
    builtin which;
    builtin base; ///< Itself, where it derives from none of those here.
    void (*thrower)(const error&);
};

// In the order of `builtin`. Python's subclasses that have no C++ type of their own follow: they are thrown as their base.
constexpr std::array types{
    type_entry{"builtins.StopIteration", builtin::stop_iteration, builtin::stop_iteration,
               &throw_as<stop_iteration>},
    type_entry{"builtins.LookupError", builtin::lookup_error, builtin::lookup_error,
               &throw_as<lookup_error>},
    type_entry{"builtins.KeyError", builtin::key_error, builtin::lookup_error,
               &throw_as<key_error>},
    type_entry{"builtins.IndexError", builtin::index_error, builtin::lookup_error,
               &throw_as<index_error>},
    type_entry{"builtins.ValueError", builtin::value_error, builtin::value_error,
               &throw_as<value_error>},
    type_entry{"builtins.UnicodeError", builtin::unicode_error, builtin::value_error,
               &throw_as<unicode_error>},
    type_entry{"builtins.TypeError", builtin::type_error, builtin::type_error,
               &throw_as<type_error>},
    type_entry{"builtins.AttributeError", builtin::attribute_error, builtin::attribute_error,
               &throw_as<attribute_error>},
    type_entry{"builtins.NameError", builtin::name_error, builtin::name_error,
               &throw_as<name_error>},
    type_entry{"builtins.ArithmeticError", builtin::arithmetic_error, builtin::arithmetic_error,
               &throw_as<arithmetic_error>},
    type_entry{"builtins.ZeroDivisionError", builtin::zero_division_error,
               builtin::arithmetic_error, &throw_as<zero_division_error>},
    type_entry{"builtins.OverflowError", builtin::overflow_error, builtin::arithmetic_error,
               &throw_as<overflow_error>},
    type_entry{"builtins.OSError", builtin::os_error, builtin::os_error, &throw_as<os_error>},
    type_entry{"builtins.FileNotFoundError", builtin::file_not_found_error, builtin::os_error,
               &throw_as<file_not_found_error>},
    type_entry{"builtins.FileExistsError", builtin::file_exists_error, builtin::os_error,
               &throw_as<file_exists_error>},
    type_entry{"builtins.PermissionError", builtin::permission_error, builtin::os_error,
               &throw_as<permission_error>},
    type_entry{"builtins.ConnectionError", builtin::connection_error, builtin::os_error,
               &throw_as<connection_error>},
    type_entry{"builtins.TimeoutError", builtin::timeout_error, builtin::os_error,
               &throw_as<timeout_error>},
    type_entry{"builtins.RuntimeError", builtin::runtime_error, builtin::runtime_error,
               &throw_as<runtime_error>},
    type_entry{"builtins.NotImplementedError", builtin::not_implemented_error,
               builtin::runtime_error, &throw_as<not_implemented_error>},
    type_entry{"builtins.RecursionError", builtin::recursion_error, builtin::runtime_error,
               &throw_as<recursion_error>},
    type_entry{"builtins.ImportError", builtin::import_error, builtin::import_error,
               &throw_as<import_error>},
    type_entry{"builtins.ModuleNotFoundError", builtin::module_not_found_error,
               builtin::import_error, &throw_as<module_not_found_error>},
    type_entry{"builtins.AssertionError", builtin::assertion_error, builtin::assertion_error,
               &throw_as<assertion_error>},
    type_entry{"builtins.EOFError", builtin::eof_error, builtin::eof_error, &throw_as<eof_error>},
    type_entry{"builtins.MemoryError", builtin::memory_error, builtin::memory_error,
               &throw_as<memory_error>},
    type_entry{"builtins.KeyboardInterrupt", builtin::keyboard_interrupt,
               builtin::keyboard_interrupt, &throw_as<keyboard_interrupt>},
    type_entry{"builtins.SystemExit", builtin::system_exit, builtin::system_exit,
               &throw_as<system_exit>},
    type_entry{"builtins.BrokenPipeError", builtin::connection_error, builtin::os_error,
               &throw_as<connection_error>},
    type_entry{"builtins.ConnectionAbortedError", builtin::connection_error, builtin::os_error,
               &throw_as<connection_error>},
    type_entry{"builtins.ConnectionRefusedError", builtin::connection_error, builtin::os_error,
               &throw_as<connection_error>},
    type_entry{"builtins.ConnectionResetError", builtin::connection_error, builtin::os_error,
               &throw_as<connection_error>},
    type_entry{"builtins.BlockingIOError", builtin::os_error, builtin::os_error,
               &throw_as<os_error>},
    type_entry{"builtins.ChildProcessError", builtin::os_error, builtin::os_error,
               &throw_as<os_error>},
    type_entry{"builtins.InterruptedError", builtin::os_error, builtin::os_error,
               &throw_as<os_error>},
    type_entry{"builtins.IsADirectoryError", builtin::os_error, builtin::os_error,
               &throw_as<os_error>},
    type_entry{"builtins.NotADirectoryError", builtin::os_error, builtin::os_error,
               &throw_as<os_error>},
    type_entry{"builtins.ProcessLookupError", builtin::os_error, builtin::os_error,
               &throw_as<os_error>},
    type_entry{"builtins.FloatingPointError", builtin::arithmetic_error, builtin::arithmetic_error,
               &throw_as<arithmetic_error>},
    type_entry{"builtins.UnicodeDecodeError", builtin::unicode_error, builtin::value_error,
               &throw_as<unicode_error>},
    type_entry{"builtins.UnicodeEncodeError", builtin::unicode_error, builtin::value_error,
               &throw_as<unicode_error>},
    type_entry{"builtins.UnicodeTranslateError", builtin::unicode_error, builtin::value_error,
               &throw_as<unicode_error>},
    type_entry{"builtins.UnboundLocalError", builtin::name_error, builtin::name_error,
               &throw_as<name_error>},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(builtin::system_exit); ++i) {
        if (types[i].which != static_cast<builtin>(i)) return false;
    }
    return true;
}
static_assert(in_order());

[[nodiscard]] const type_entry* find(std::string_view name) noexcept {
    for (const type_entry& each : types) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

[[nodiscard]] const value* carried(const error& failure) noexcept {
    const auto* const detail = dynamic_cast<const exception_fields*>(failure.detail().get());
    if (detail == nullptr || !detail->fields().is(value_kind::exception)) return nullptr;
    return &detail->fields();
}

/// As Python's `args`, whatever a program took for them.
[[nodiscard]] value as_arguments(value given) {
    if (given.is(value_kind::tuple)) return given;
    if (given.is(value_kind::list))
        return value::tuple(std::vector<value>(given.begin(), given.end()));
    return given.is_null() ? value::tuple() : value::tuple({std::move(given)});
}

/// What a program was given by a peer may be a reference to a map: nothing can be asked here.
[[nodiscard]] value as_attributes(value given) {
    if (given.is(value_kind::map)) return given;
    value made = value::map();
    if (!given.is(value_kind::record)) return made;
    for (const record_field& each : given.fields()) made.insert_or_assign(each.name, each.content);
    return made;
}

} // namespace

std::string_view type_name(builtin which) noexcept {
    return types[static_cast<std::size_t>(which)].name;
}

exception::exception(exception_parts parts) : remote_error(to_error(std::move(parts))) {}

value exception::arguments() const { return parts_of(failure()).arguments; }
value exception::attributes() const { return parts_of(failure()).fields; }

error to_error(exception_parts parts) {
    parts.arguments = as_arguments(std::move(parts.arguments));
    parts.fields = as_attributes(std::move(parts.fields));
    error failure(errc::remote_error, parts.text);
    failure.set_type_name(parts.type);
    if (!parts.trace.empty()) failure.set_trace(parts.trace);
    failure.set_detail(std::make_shared<exception_fields>(value::exception(std::move(parts))));
    return failure;
}

exception_parts parts_of(const error& failure) {
    if (const value* const parts = carried(failure)) return parts->exception();
    exception_parts parts;
    parts.type = failure.type_name();
    parts.text = failure.message();
    if (!parts.text.empty()) parts.arguments = value::tuple({value(parts.text)});
    parts.trace = failure.trace();
    return parts;
}

bool is_a(const error& failure, std::string_view name) noexcept {
    const std::string_view found = failure.type_name();
    if (!found.starts_with(prefix)) return false;
    if (found.substr(prefix.size()) == name) return true;
    const type_entry* const entry = find(found);
    if (entry == nullptr) return false;
    // A subclass without a C++ type names the nearest that has one, and that one's base: no chain here is longer.
    return type_name(entry->which).substr(prefix.size()) == name ||
           type_name(entry->base).substr(prefix.size()) == name;
}

std::string type_name_of(const error& failure) {
    const std::string& own = failure.type_name();
    if (const std::string_view known = detail::python_name(own); !known.empty())
        return concat(prefix, known);
    if (own.starts_with("std::")) return "builtins.RuntimeError";
    return own.empty() ? concat(prefix, detail::python_name(failure.code())) : own;
}

void throw_if_python(const error& failure) {
    if (const type_entry* const entry = find(failure.type_name())) entry->thrower(failure);
    if (failure.type_name().starts_with(prefix) || carried(failure) != nullptr)
        throw exception(failure);
}

} // namespace beckon::python
