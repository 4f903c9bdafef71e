// The descriptor of an interface that the program declared in C++.
#pragma once

#include <array>
#include <utility>

#include "beckon/object/descriptor.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/value/describe.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon {

namespace detail {

template <typename Interface>
intrusive_ptr<servant> make_forwarder(const interface_descriptor&, object_core& target);

// Of an interface that the program declared: each made once.
[[nodiscard]] const schema::document& declared_document(const interface_descriptor& interface);
[[nodiscard]] const digest& declared_digest(const interface_descriptor& interface);

template <typename Interface, typename Indices>
struct method_table;
template <typename Interface, std::size_t... Is>
struct method_table<Interface, std::index_sequence<Is...>> {
    static constexpr std::array<method_descriptor, sizeof...(Is)> methods{
        {{reflection::method<Interface, Is>::name, reflection::is_oneway<Interface, Is>,
          reflection::is_idempotent<Interface, Is>}...}};
};

template <typename Interface>
inline constexpr interface_descriptor descriptor{
    reflection::of<Interface>::name,
    method_table<Interface, std::make_index_sequence<reflection::method_count<Interface>>>::methods,
    &declared_document,
    &declared_digest,
    &make_forwarder<Interface>,
    nullptr,
    &plan_of_interface<Interface>};

} // namespace detail

template <typename Interface>
[[nodiscard]] constexpr const interface_descriptor& descriptor_of() noexcept {
    static_assert(reflection::interface_type<Interface>,
                  "beckon: this interface is not registered; write BECKON_INTERFACE(Type, (method, "
                  "parameters...)) after it");
    return detail::descriptor<Interface>;
}

} // namespace beckon
