// References as values and in schemas: what value/convert.hpp and value/describe.hpp ask of further types.
#pragma once

#include "beckon/object/descriptor_of.hpp"
#include "beckon/object/object_core.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/describe.hpp"

namespace beckon {

class object;
template <typename Interface>
class ref;

namespace detail {
/// The object that a value refers to; null for a null value. On anything else, or another interface, `state` fails.
[[nodiscard]] bool read_reference(const value& from, const interface_descriptor* wanted,
                                  intrusive_ptr<object_core>& into, conversion& state);
} // namespace detail

template <typename Interface>
struct converter<ref<Interface>> {
    static bool read(const value& from, ref<Interface>& into, conversion& state) {
        intrusive_ptr<object_core> core;
        if (!detail::read_reference(from, &descriptor_of<Interface>(), core, state)) return false;
        into = ref<Interface>(std::move(core));
        return true;
    }
    static bool write(const ref<Interface>& from, value& into, conversion&) {
        into = from ? value(intrusive_ptr<referent>(from.core())) : value();
        return true;
    }
};

template <typename Interface>
struct describer<ref<Interface>> {
    static schema::type describe(description& into) {
        into.add_interface<Interface>();
        schema::type type;
        type.kind = schema::kind::interface;
        type.name = reflection::of<Interface>::name;
        return type;
    }
};

template <>
struct converter<object> {
    static bool read(const value& from, object& into, conversion& state);
    static bool write(const object& from, value& into, conversion& state);
};
template <>
struct describer<object> {
    static schema::type describe(description&) {
        schema::type type;
        type.kind = schema::kind::any;
        return type;
    }
};

} // namespace beckon
