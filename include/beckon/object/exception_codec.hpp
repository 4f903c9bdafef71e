// Declared exceptions: from a handler's throw to an error that can travel, and back to a throw at the caller.
#pragma once

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "beckon/object/exception.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/reflect.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// The fields of a declared exception, as a record by names. They travel self-describing, so that a caller of
/// another version, or without the type, still sees them.
class exception_fields : public error_detail {
public:
    explicit exception_fields(value fields) noexcept : fields_(std::move(fields)) {}
    [[nodiscard]] const value& fields() const noexcept { return fields_; }

private:
    value fields_;
};

/// Makes a failure that a peer told of a declared exception of that name. Fields that came as a map by names become the record
/// that all protocols know; what is neither is left as it is.
void set_declared(error& failure, std::string type, const value& fields);

/// The declared exception in an error, where it is an E.
template <reflection::exception_type E>
[[nodiscard]] std::optional<E> error_as(const error& failure) {
    if (failure.code() != errc::declared || failure.type_name() != reflection::of<E>::name)
        return std::nullopt;
    const auto* const detail = dynamic_cast<const exception_fields*>(failure.detail().get());
    if (detail == nullptr) return std::nullopt;
    auto exception = detail->fields().get<E>();
    if (!exception) return std::nullopt;
    return std::move(exception).value();
}

/// An error that carries a declared exception.
template <reflection::exception_type E>
[[nodiscard]] error error_from(const E& exception) {
    std::string message(reflection::of<E>::name);
    if constexpr (std::derived_from<E, std::exception>) message = exception.what();
    error failure(errc::declared, std::move(message));
    failure.set_type_name(std::string(reflection::of<E>::name));
    failure.set_detail(std::make_shared<exception_fields>(value(exception)));
    return failure;
}

namespace detail {

[[nodiscard]] inline error declared_or_other(reflection::exception_list<>) {
    return beckon::error_of_current_exception();
}
template <typename First, typename... Rest>
[[nodiscard]] error declared_or_other(reflection::exception_list<First, Rest...>) {
    try {
        throw;
    } catch (const First& declared) {
        return error_from(declared);
    } catch (...) {
        return declared_or_other(reflection::exception_list<Rest...>{});
    }
}

/// As beckon::error_of_current_exception, knowing the interface's declared exceptions.
template <typename Interface>
[[nodiscard]] error error_of_current_exception() {
    return declared_or_other(reflection::raises<Interface>{});
}

template <typename E>
void throw_if(const error& failure) {
    if (auto exception = error_as<E>(failure)) throw std::move(*exception);
}
template <typename... Exceptions>
void throw_declared(const error& failure, reflection::exception_list<Exceptions...>) {
    (throw_if<Exceptions>(failure), ...);
}

template <typename Interface>
void rethrow_const(const error& failure) {
    if (failure.code() == errc::declared) throw_declared(failure, reflection::raises<Interface>{});
}
/// The interface's declared exceptions are those of a stream that its method gives or takes, too; of other values, nothing.
template <typename Interface, typename T>
void declare_exceptions(T& given) noexcept {
    if constexpr (requires { given.declare(nullptr, nullptr); })
        given.declare(&error_of_current_exception<Interface>, &rethrow_const<Interface>);
}
/// Throws a declared exception as itself, all else as the exception of its code.
template <typename Interface>
[[noreturn]] void rethrow(error failure) {
    rethrow_const<Interface>(failure);
    throw_error(std::move(failure));
}

} // namespace detail
} // namespace beckon
