#include "protocol/pyrpc/exception.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "beckon/codec/pickle.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/object/python_errors.hpp"
#include "object/python_names.hpp"

namespace beckon::pyrpc {

namespace {

constexpr std::string_view builtins = "builtins.";
constexpr std::string_view class_name = "className";
constexpr std::string_view own_module = "beckon.";

// What Python has no type for. Callers that are Beckon, too, get the code again.
constexpr std::array<std::pair<errc, std::string_view>, 4> own_names{{
    {errc::cancelled, "beckon.Cancelled"},
    {errc::overloaded, "beckon.Overloaded"},
    {errc::limit_exceeded, "beckon.LimitExceeded"},
    {errc::would_deadlock, "beckon.WouldDeadlock"},
}};

[[nodiscard]] std::string_view without_module(std::string_view type) noexcept {
    return type.substr(type.rfind('.') + 1); // npos + 1 is 0
}

[[nodiscard]] std::string type_of(const error& failure) {
    if (!failure.type_name().empty()) return python::type_name_of(failure);
    for (const auto& [code, name] : own_names) {
        if (code == failure.code()) return std::string(name);
    }
    return python::type_name_of(failure);
}

[[nodiscard]] exception_parts declared_parts(const error& failure) {
    exception_parts parts;
    parts.type = failure.type_name();
    parts.text = failure.message();
    parts.arguments = value::tuple({failure.message()});
    const auto* const detail = dynamic_cast<const exception_fields*>(failure.detail().get());
    if (detail != nullptr && detail->fields().is(value_kind::record)) {
        std::vector<map_entry> fields;
        for (const record_field& each : detail->fields().fields())
            fields.push_back({each.name, each.content});
        parts.fields = value::map(std::move(fields));
    }
    return parts;
}

/// Python's OSError picks its subclass by the number, and so do we.
void pick_subclass(exception_parts& parts) {
    if (parts.type != "builtins.OSError" || parts.arguments.size() < 2 ||
        !parts.arguments[0].is_int64())
        return;
    const std::int64_t number = parts.arguments[0].int64();
    if (number != static_cast<int>(number)) return;
    const std::error_code code(static_cast<int>(number), std::generic_category());
    parts.type = concat(builtins, detail::python_name(code));
}

/// As another Beckon's declared exception.
[[nodiscard]] error declared_error(std::string type, exception_parts parts) {
    std::vector<record_field> fields;
    for (const map_entry& each : parts.fields.entries()) fields.push_back({each.key, each.mapped});
    error made(errc::declared, std::move(parts.text));
    made.set_detail(std::make_shared<exception_fields>(value::record(type, std::move(fields))));
    made.set_type_name(std::move(type));
    if (!parts.trace.empty()) made.set_trace(std::move(parts.trace));
    return made;
}

/// What an Exception stands for that has another class's name.
[[nodiscard]] error retyped_error(std::string type, exception_parts parts) {
    parts.fields.erase(value(class_name));
    for (const auto& [code, name] : own_names) {
        if (name == type) return error(code, std::move(parts.text));
    }
    if (pickle::is_known_exception(concat(builtins, type))) {
        parts.type = concat(builtins, type);
        pick_subclass(parts);
        return python::to_error(std::move(parts));
    }
    // Without fields it is one of Python's; but one that a Beckon declared says no more than its name then.
    const bool says_its_name = parts.arguments.size() == 1 && parts.arguments[0] == value(type);
    if (!parts.fields.empty() || says_its_name)
        return declared_error(std::move(type), std::move(parts));
    parts.type = std::move(type);
    return python::to_error(std::move(parts));
}

} // namespace

value to_exception(const error& failure, bool retype) {
    exception_parts parts =
        failure.code() == errc::declared ? declared_parts(failure) : python::parts_of(failure);
    if (failure.code() != errc::declared) parts.type = type_of(failure);
    parts.trace = failure.trace();
    if (parts.arguments.empty() && !parts.text.empty() && failure.detail() == nullptr)
        parts.arguments = value::tuple({parts.text});
    const bool travels = pickle::is_known_exception(parts.type);
    if (retype || !travels) {
        const std::string name(parts.type.starts_with(own_module) && !retype
                                   ? std::string_view(parts.type)
                                   : without_module(parts.type));
        if (retype) parts.fields = value::map();
        std::vector<map_entry> fields{{value(class_name), value(name)}};
        for (const map_entry& each : parts.fields.entries()) {
            if (each.key != value(class_name)) fields.push_back(each);
        }
        parts.fields = value::map(std::move(fields));
        parts.type = "builtins.Exception";
    }
    return value::exception(std::move(parts));
}

error to_error(const value& exception) {
    exception_parts parts = exception.exception();
    const value& name = parts.fields[class_name];
    if (parts.type == "builtins.Exception" && name.is(value_kind::string))
        return retyped_error(std::string(name.string()), std::move(parts));
    pick_subclass(parts);
    return python::to_error(std::move(parts));
}

error client_error(errc code, std::string_view name, std::string argument, std::string message) {
    exception_parts parts;
    parts.type = concat("pyrpc.ut.", name);
    parts.arguments = value::tuple({argument});
    parts.text = std::move(argument);
    error made(code, std::move(message));
    made.set_type_name(parts.type);
    made.set_detail(std::make_shared<exception_fields>(value::exception(std::move(parts))));
    return made;
}

} // namespace beckon::pyrpc
