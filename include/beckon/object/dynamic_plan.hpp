// How operations of dynamic.hpp are carried out: as requests one after another, waiting for each or not. A part of that
// header, of no use without it.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/dynamic_operator.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/object.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// What a by-value copy of a container may cost.
struct fetch_options {
    std::size_t max_items = 100'000; ///< Of all containers together; a map's entry counts as one.
    unsigned depth =
        1; ///< How many levels of containers are copied; what is deeper stays a reference.
    /// What the object is taken for, where its type does not tell.
    enum class shape : std::uint8_t { by_type, sequence, map } as = shape::by_type;
};

namespace detail {

class plan;

/// A request, and what is to be done with its outcome. Without `then` the outcome is the plan's.
struct plan_step {
    object target;
    dynamic_request request;
    function<plan(result<value>)> then;
};

/// What an operation needs: its outcome, or a request first.
class plan {
public:
    plan(value outcome) // NOLINT(google-explicit-constructor)
        : state_(std::in_place_index<0>, std::move(outcome)) {}
    plan(result<value> outcome) // NOLINT(google-explicit-constructor)
        : state_(std::in_place_index<0>, std::move(outcome)) {}
    plan(error failure) // NOLINT(google-explicit-constructor)
        : state_(std::in_place_index<0>, std::move(failure)) {}
    plan(plan_step step) // NOLINT(google-explicit-constructor)
        : state_(std::in_place_index<1>, std::move(step)) {}

    [[nodiscard]] plan_step* next() noexcept { return std::get_if<1>(&state_); }
    /// REQUIRES: no step is left.
    [[nodiscard]] result<value>& outcome() noexcept { return std::get<0>(state_); }

private:
    std::variant<result<value>, plan_step> state_;
};

/// Waits for each request in turn. The timeout is that of all together. `options` null: the defaults.
[[nodiscard]] result<value> carry_out(plan what, const call_options* options);
/// The same without waiting. Dropping the future gives up the request that is on its way, and makes no more.
[[nodiscard]] future<value> carry_out_later(plan what, const call_options* options);

/// The object of a step whose outcome is the plan's, where it is at a peer that takes operations as they are; else null.
[[nodiscard]] remote_object* sole_target(plan& what) noexcept;
/// Sends the request to it; `pending` is completed by the session, which holds a reference to it.
void send_step(remote_object& target, plan_step& step, const method_descriptor& name,
               const call_options* options, pending_call* pending);

// What the operations of a value or reference are. `changeable` is where a plain value lies that may be changed.
[[nodiscard]] plan ask(const value& target, dynamic_request request, value* changeable = nullptr);
/// The same for what is true or not, in whichever way that is answered.
[[nodiscard]] plan ask_whether(const value& target, dynamic_request request);
[[nodiscard]] plan ask_has(const value& target, std::string_view attribute);
[[nodiscard]] plan ask_truth(const value& target);
[[nodiscard]] plan ask_compare(const value& left, comparison how, const value& right);
[[nodiscard]] plan ask_binary(const value& left, const binary_operator& how, const value& right);
[[nodiscard]] plan ask_in_place(const value& left, const binary_operator& how, const value& right);
[[nodiscard]] plan ask_fetch(const value& target, const fetch_options& options);

/// The object that a value refers to; null for any other value.
[[nodiscard]] object object_of(const value& from);
/// What it is, in the words of whoever has it: "builtins.list", "Calculator"; of a plain value, its kind.
[[nodiscard]] std::string type_name_of(const value& of);

} // namespace detail
} // namespace beckon
