// A call's outcome, from a native reply or from a dynamic protocol's value.
#pragma once

#include <type_traits>
#include <utility>

#include "beckon/base/result.hpp"
#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

// Apart from the templates: seldom run, and alike for every type.
[[nodiscard]] error result_failure(native::reader& in);
[[nodiscard]] error result_failure(conversion& state);

template <typename T>
[[nodiscard]] result<T> read_result(native::reader& in) {
    if constexpr (std::is_void_v<T>) {
        if (in.failed()) return in.take_failure();
        return {};
    } else {
        T outcome{};
        native::read(in, outcome);
        if (in.failed()) return result_failure(in);
        return outcome;
    }
}

template <typename T>
void discard_result(native::reader& in) {
    static_cast<void>(read_result<T>(in));
}

template <typename T>
[[nodiscard]] result<T> result_of_value(value from) {
    if constexpr (std::is_void_v<T>) {
        static_cast<void>(from);
        return {};
    } else {
        T outcome{};
        conversion state;
        if (!converter<T>::read(from, outcome, state)) return result_failure(state);
        return outcome;
    }
}

} // namespace beckon::detail
