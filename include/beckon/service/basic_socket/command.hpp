// A command: its number and the forms of what it takes and gives. Both sides are made from the same one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include "beckon/base/time.hpp"
#include "beckon/codec/basic/serializers.hpp"

namespace beckon::basic {

/// What `nothing` gives is void, everything else what its serializer reads.
template <serializer Form>
struct given {
    using type = typename Form::type;
};
template <>
struct given<nothing_form> {
    using type = void;
};

template <serializer Form>
struct is_seq : std::false_type {};
template <serializer... Parts>
struct is_seq<seq_form<Parts...>> : std::true_type {};
template <>
struct is_seq<nothing_form> : std::true_type {};

/// Made by `command`.
template <serializer Arguments, serializer Result>
struct command_form {
    using result_type = typename given<Result>::type;
    using read_type = typename Result::type;

    std::uint16_t number = 0;
    std::string_view name;
    Arguments arguments;
    Result outcome;
    nanoseconds timeout = std::chrono::seconds(20); ///< Of the answer.

    /// The same with another time for its answer.
    [[nodiscard]] constexpr command_form within(nanoseconds length) const {
        command_form other = *this;
        other.timeout = length;
        return other;
    }
    /// "command 2 (add_2_words)"
    [[nodiscard]] std::string describe() const {
        return concat("command ", number, " (", name, ')');
    }

    /// Appends a call's arguments: the parts of a `seq` one by one, any other form as one argument.
    template <typename... Given>
    [[nodiscard]] result<void> write_arguments(buffer& out, const Given&... values) const {
        result<void> done;
        if constexpr (is_seq<Arguments>::value) {
            static_assert(sizeof...(Given) == std::tuple_size_v<typename Arguments::type>,
                          "one argument for each part of the command's seq");
            done = arguments.write(out, std::tie(values...));
        } else {
            static_assert(sizeof...(Given) == 1, "the command takes one argument");
            done = arguments.write(out, values...);
        }
        if (!done) return done.error().note(concat("writing the arguments of ", describe()));
        return done;
    }
    [[nodiscard]] auto read_arguments(byte_view payload) const {
        return told(read_all(arguments, payload), "arguments of ");
    }
    [[nodiscard]] auto read_result(byte_view payload) const {
        return told(read_all(outcome, payload), "result of ");
    }

private:
    /// Which command's bytes do not fit.
    template <typename T>
    [[nodiscard]] result<T> told(result<T> read, std::string_view what) const {
        if (read) return read;
        return fail(read.error().code(), what, describe(), ' ', read.error().message());
    }
};

/// constexpr auto add = basic::command(2, "add_2_words", seq(u32, u32), u32);
template <serializer Arguments, serializer Result>
[[nodiscard]] constexpr auto command(std::uint16_t number, std::string_view name,
                                     Arguments arguments, Result result) {
    return command_form<Arguments, Result>{number, name, arguments, result};
}

} // namespace beckon::basic
