// Python's own exceptions as C++ types: for programs that call Python, or are called by it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "beckon/object/exception.hpp"
#include "beckon/value/value.hpp"

namespace beckon::python {

/// An exception that a dynamic language raised, with everything that it told of it. Those of Python's own types are
/// caught as the types below, every other one as this: `catch (const python::key_error&)`.
///
/// A handler throws them just so, and a Python caller then catches the type of that name.
class exception : public remote_error {
public:
    using remote_error::remote_error;
    /// One of our own, to be thrown. `parts.type` is "builtins.KeyError", "shop.OutOfStock".
    explicit exception(exception_parts parts);

    /// What Python calls `args`, as a tuple.
    [[nodiscard]] value arguments() const;
    /// Further attributes by their names, as a map: "errno", "filename".
    [[nodiscard]] value attributes() const;
};

/// An error that carries an exception of a dynamic language; thrown, it is the type of this header that fits. Arguments that
/// are no tuple become one: of a list's items, else of the one value; fields that are neither a map nor a record are left
/// out.
[[nodiscard]] error to_error(exception_parts parts);
/// What an error carries of it. Of any other error: its type's name, message and trace.
[[nodiscard]] exception_parts parts_of(const error& failure);
/// Whether the error is that of Python's type of this name, "KeyError", or one derived from it.
[[nodiscard]] bool is_a(const error& failure, std::string_view name) noexcept;
/// The name that Python's users expect for an error, whichever code it has: "builtins.TimeoutError",
/// "builtins.AttributeError" for an unknown method. A type that the error names itself stays.
[[nodiscard]] std::string type_name_of(const error& failure);
/// Throws what an error carries as a type of this header; returns where it carries nothing of Python's.
void throw_if_python(const error& failure);

/// Those of Python's types that have a C++ type here.
enum class builtin : std::uint8_t {
    stop_iteration,
    lookup_error,
    key_error,
    index_error,
    value_error,
    unicode_error,
    type_error,
    attribute_error,
    name_error,
    arithmetic_error,
    zero_division_error,
    overflow_error,
    os_error,
    file_not_found_error,
    file_exists_error,
    permission_error,
    connection_error,
    timeout_error,
    runtime_error,
    not_implemented_error,
    recursion_error,
    import_error,
    module_not_found_error,
    assertion_error,
    eof_error,
    memory_error,
    keyboard_interrupt,
    system_exit,
};

/// "builtins.KeyError".
[[nodiscard]] std::string_view type_name(builtin which) noexcept;

/// The C++ type of one of them; `Base` is the one that Python derives it from.
template <builtin Which, typename Base = exception>
class raised : public Base {
public:
    explicit raised(error failure) : Base(std::move(failure)) {}
    /// One of our own, to be thrown: its one argument is what it says.
    explicit raised(const std::string& message) : raised(Which, value(message), message) {}
    explicit raised(const char* message) : raised(std::string(message)) {}
    /// With an argument of any kind, such as the key that is missing.
    explicit raised(const value& argument) : raised(Which, argument, argument.to_text()) {}

protected:
    raised(builtin which, const value& argument, const std::string& message)
        : Base(to_error({.type = std::string(python::type_name(which)),
                         .text = message,
                         .arguments = value::tuple({argument})})) {}
};

using stop_iteration = raised<builtin::stop_iteration>;
using lookup_error = raised<builtin::lookup_error>;
using key_error = raised<builtin::key_error, lookup_error>;
using index_error = raised<builtin::index_error, lookup_error>;
using value_error = raised<builtin::value_error>;
using unicode_error = raised<builtin::unicode_error, value_error>;
using type_error = raised<builtin::type_error>;
using attribute_error = raised<builtin::attribute_error>;
using name_error = raised<builtin::name_error>;
using arithmetic_error = raised<builtin::arithmetic_error>;
using zero_division_error = raised<builtin::zero_division_error, arithmetic_error>;
using overflow_error = raised<builtin::overflow_error, arithmetic_error>;
/// Python's IOError, too.
using os_error = raised<builtin::os_error>;
using file_not_found_error = raised<builtin::file_not_found_error, os_error>;
using file_exists_error = raised<builtin::file_exists_error, os_error>;
using permission_error = raised<builtin::permission_error, os_error>;
using connection_error = raised<builtin::connection_error, os_error>;
/// Raised by the other side; a call that took too long is beckon::timeout_error.
using timeout_error = raised<builtin::timeout_error, os_error>;
using runtime_error = raised<builtin::runtime_error>;
using not_implemented_error = raised<builtin::not_implemented_error, runtime_error>;
using recursion_error = raised<builtin::recursion_error, runtime_error>;
using import_error = raised<builtin::import_error>;
using module_not_found_error = raised<builtin::module_not_found_error, import_error>;
using assertion_error = raised<builtin::assertion_error>;
using eof_error = raised<builtin::eof_error>;
using memory_error = raised<builtin::memory_error>;
using keyboard_interrupt = raised<builtin::keyboard_interrupt>;
using system_exit = raised<builtin::system_exit>;

} // namespace beckon::python
