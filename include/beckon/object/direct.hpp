// Calls that stay in this process: typed function tables, one per pair of interface and implementation.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

#include "beckon/value/reflect.hpp"

namespace beckon::detail {

template <typename Signature>
struct direct_function;
template <typename R, typename... Args>
struct direct_function<R(Args...)> {
    using type = R (*)(void* target, Args&&... arguments);
};

template <typename Interface, typename Indices>
struct direct_table_of;
template <typename Interface, std::size_t... Is>
struct direct_table_of<Interface, std::index_sequence<Is...>> {
    using type = std::tuple<typename direct_function<
        typename reflection::method<Interface, Is>::signature::type>::type...>;
};

/// What `servant::direct` points to.
template <typename Interface>
using direct_table =
    typename direct_table_of<Interface,
                             std::make_index_sequence<reflection::method_count<Interface>>>::type;

} // namespace beckon::detail
