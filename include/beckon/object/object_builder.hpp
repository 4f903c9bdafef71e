// C++ objects without a schema, for dynamic languages: methods, attributes and operators, given by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/object/callable.hpp"
#include "beckon/object/object.hpp"
#include "beckon/object/servant.hpp"

namespace beckon {

namespace detail {
struct object_parts;
}

/// Puts an object together. What is registered can be reached by its holders, and nothing else.
///
///   object thermometer = object_builder("Thermometer", "Measures the room.")
///       .method("read", [&](std::optional<int> digits) { return round(sensor.read(), digits); }, {"digits"})
///       .attribute("unit", "celsius")
///       .property("offset", [&] { return offset; }, [&](double given) { offset = given; })
///       .method("__len__", [&] { return history.size(); })
///       .build();
///
/// Python's operators are methods with the names that Python gives them: `__len__`, `__getitem__`, `__iter__`,
/// `__next__` (which ends by throwing stop_iteration), `__contains__`, `__call__`, `__enter__`, `__add__` ... These serve
/// further operations: `__eq__`, `__lt__` ... comparing (null: the two cannot be compared so; without `__ne__`, what
/// `__eq__` denies; without either, identity), `__str__` and `__repr__` text, `__hash__`, and `__exit__`, which takes one
/// argument, the exception's class or null.
///
/// Thread-safety: none; the object's functions run as its policy says, those of properties too.
class object_builder {
public:
    /// The name is what holders see as its type; better none that a module of theirs has, too.
    explicit object_builder(std::string type_name, std::string doc = {});
    ~object_builder();
    object_builder(object_builder&&) noexcept;
    object_builder& operator=(object_builder&&) noexcept;

    /// Registers a method; a callable that has parameters with names can be made of a lambda and the names.
    object_builder& method(std::string name, callable body, std::string doc = {}) &;
    object_builder&& method(std::string name, callable body, std::string doc = {}) && {
        return std::move(method(std::move(name), std::move(body), std::move(doc)));
    }
    template <typename Body>
    object_builder& method(std::string name, Body body, std::vector<parameter> parameters,
                           std::string doc = {}) & {
        return method(std::move(name), callable(std::move(body), std::move(parameters)),
                      std::move(doc));
    }
    template <typename Body>
    object_builder&& method(std::string name, Body body, std::vector<parameter> parameters,
                            std::string doc = {}) && {
        return std::move(method(std::move(name), callable(std::move(body), std::move(parameters)),
                                std::move(doc)));
    }
    /// A value that holders can read. Containers in it are lent.
    object_builder& attribute(std::string name, value content) &;
    object_builder&& attribute(std::string name, value content) && {
        return std::move(attribute(std::move(name), std::move(content)));
    }
    /// A value that holders can read and set.
    object_builder& variable(std::string name, value initial) &;
    object_builder&& variable(std::string name, value initial) && {
        return std::move(variable(std::move(name), std::move(initial)));
    }
    /// What a function says, and another sets; read-only without it.
    object_builder& property(std::string name, callable get, callable set = {}) &;
    object_builder&& property(std::string name, callable get, callable set = {}) && {
        return std::move(property(std::move(name), std::move(get), std::move(set)));
    }
    /// Serves calls of all methods that are not registered. It takes three arguments: the name, the arguments by position
    /// (a list) and those by name (a map). What it does not know either it refuses with unknown_method.
    object_builder& otherwise(callable body) &;
    object_builder&& otherwise(callable body) && { return std::move(otherwise(std::move(body))); }
    object_builder& execution(policy how) &;
    object_builder&& execution(policy how) && { return std::move(execution(how)); }

    /// The object; the builder is empty then.
    [[nodiscard]] object build();

private:
    std::unique_ptr<detail::object_parts> parts_;
};

/// A function that peers can call: a callback, or something to run.
///
///   module->set("on_alarm", make_function([](std::string what) { ring(what); }, "on_alarm"));
///
/// Thread-safety: calls run as `execution` says.
[[nodiscard]] object make_function(callable body, std::string name = {}, std::string doc = {},
                                   policy execution = policy::session);

} // namespace beckon
