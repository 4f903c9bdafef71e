// One call of a command on its way: its arguments until they are written, its result once it has been read.
#pragma once

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "beckon/codec/basic/payload.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/service/basic_socket/command.hpp"

namespace beckon::basic {

/// Arguments go from the caller's objects into the message, results from the message into the caller's object.
///
/// Lifetime: refers to the arguments, until `forget_arguments`.
template <typename Command, typename... Given>
class asked_command final : public question {
public:
    using result_type = typename Command::result_type;

    explicit asked_command(const Command& what, const Given&... arguments)
        : what_(what), arguments_(std::in_place, arguments...) {}

    [[nodiscard]] result<void> write(buffer& out) noexcept override {
        if (!arguments_) return fail(errc::internal, "arguments are written once");
        try {
            return std::apply(
                [&](const Given&... each) { return what_.write_arguments(out, each...); },
                *arguments_);
        } catch (...) {
            return error_of_current_exception();
        }
    }
    [[nodiscard]] result<void> read(byte_view answer) noexcept override {
        try {
            auto outcome = what_.read_result(answer);
            if (!outcome) return std::move(outcome).error();
            outcome_.emplace(std::move(outcome).value());
            return {};
        } catch (...) {
            return error_of_current_exception();
        }
    }

    void forget_arguments() noexcept { arguments_.reset(); }
    /// REQUIRES: the call has been answered; once.
    [[nodiscard]] result<result_type> take_outcome() {
        if (!outcome_) return fail(errc::internal, what_.describe(), " has not been answered");
        if constexpr (std::is_void_v<result_type>) {
            return {};
        } else {
            return std::move(*outcome_);
        }
    }

private:
    const Command what_;
    std::optional<std::tuple<const Given&...>> arguments_;
    std::optional<typename Command::read_type> outcome_;
};

} // namespace beckon::basic
