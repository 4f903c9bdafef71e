// The typed exceptions that synchronous calls and future<T>::get throw.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "beckon/base/error.hpp"

namespace beckon {

/// Base of all failures of a call. `what()` is the whole story: what was attempted, where, what was found.
class exception : public std::exception {
public:
    explicit exception(error failure) : error_(std::move(failure)), text_(error_.to_string()) {}
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
    [[nodiscard]] const error& failure() const noexcept { return error_; }
    [[nodiscard]] errc code() const noexcept { return error_.code(); }

private:
    error error_;
    std::string text_;
};

/// The exception for one code: `catch (const beckon::timeout_error&)`.
template <errc Code>
class exception_of : public exception {
public:
    using exception::exception;
};

using timeout_error = exception_of<errc::timeout>;
using cancelled_error = exception_of<errc::cancelled>;
using disconnected_error = exception_of<errc::disconnected>;
using protocol_error = exception_of<errc::protocol_error>;
using schema_mismatch = exception_of<errc::schema_mismatch>;
using unknown_method = exception_of<errc::unknown_method>;
using unknown_object = exception_of<errc::unknown_object>;
using access_denied = exception_of<errc::access_denied>;
using overloaded_error = exception_of<errc::overloaded>;
using limit_exceeded = exception_of<errc::limit_exceeded>;
using deadlock_error = exception_of<errc::would_deadlock>;
using invalid_argument = exception_of<errc::invalid_argument>;

/// The remote handler threw something that its interface does not declare.
class remote_error : public exception {
public:
    using exception::exception;
    /// The exception's type as the remote side names it ("std::runtime_error", "KeyError").
    [[nodiscard]] const std::string& type_name() const noexcept { return failure().type_name(); }
    /// Its message alone.
    [[nodiscard]] const std::string& message() const noexcept { return failure().message(); }
    /// Its stack trace, where the server sends one.
    [[nodiscard]] const std::string& trace() const noexcept { return failure().trace(); }
};

/// Throws the exception type that belongs to the code; what a peer raised as the type of python_errors.hpp that fits.
[[noreturn]] void throw_error(error failure);

/// Turns the exception being handled into an error: Beckon's own keep their code, a std::system_error is Python's OSError with
/// number, text and files, others become remote_error with their type's name. REQUIRES: called inside a catch block.
[[nodiscard]] error error_of_current_exception();

} // namespace beckon
