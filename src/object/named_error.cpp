#include "beckon/object/named_error.hpp"

#include "beckon/object/python_errors.hpp"
#include "object/python_text.hpp"

namespace beckon {

error named_error(std::string_view exception, std::string message) {
    error failure(errc::remote_error, std::move(message));
    failure.set_type_name(std::string(exception));
    return failure;
}

error named_error(std::string_view exception, std::string message, value arguments) {
    return python::to_error({.type = std::string(exception),
                             .text = std::move(message),
                             .arguments = std::move(arguments)});
}

error key_error(const value& key) {
    auto text = detail::python_repr(key);
    return named_error("builtins.KeyError", text ? *text : key.type_name(), value::tuple({key}));
}

error stop_iteration() { return named_error("builtins.StopIteration", {}, value::tuple()); }

bool is_stop_iteration(const error& failure) noexcept {
    const std::string_view name = failure.type_name();
    return failure.code() == errc::remote_error &&
           (name == "builtins.StopIteration" || name == "StopIteration");
}

} // namespace beckon
