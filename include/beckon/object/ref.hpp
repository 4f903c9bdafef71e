// References to objects, and the stubs through which their methods are called.
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "beckon/object/descriptor_of.hpp"
#include "beckon/object/direct.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/reference_value.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/object/stub.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon {

/// A handle to an object with interface I, here or elsewhere; the holder cannot tell unless it asks.
///
///   double five = calculator->add(2, 3);                       // waits; throws what the handler threw
///   future<double> later = calculator.async()->add(2, 3);
///   calculator.with(timeout(50ms))->add(2, 3);
///
/// Copies refer to the same object; two references compare equal where they refer to one object.
/// Errors: a call through a null reference throws invalid_argument.
/// Thread-safety: distinct references safe; calls from any thread.
template <typename Interface>
class ref {
public:
    using interface_type = Interface;
    using beckon_converted = void; ///< Becomes a value without being asked.

    ref() noexcept = default;
    ref(std::nullptr_t) noexcept {} // NOLINT(google-explicit-constructor)
    explicit ref(intrusive_ptr<object_core> core) noexcept : core_(std::move(core)) {}

    /// Synchronous calls.
    auto operator->() const {
        return detail::arrow<detail::sync_stub<Interface>>(core_.get(), nullptr);
    }
    /// Calls that give a future at once.
    [[nodiscard]] auto async() const {
        return detail::arrow<detail::async_stub<Interface>>(core_.get(), nullptr);
    }
    /// The same with options: `with(timeout(50ms))->f()`, `with(...).async()->f()`.
    [[nodiscard]] detail::optioned<Interface> with(call_options options) const {
        return {core_, std::move(options)};
    }

    explicit operator bool() const noexcept { return static_cast<bool>(core_); }
    /// Whether the object lives in this process.
    [[nodiscard]] bool is_local() const noexcept { return core_ && core_->is_local(); }
    [[nodiscard]] const intrusive_ptr<object_core>& core() const noexcept { return core_; }
    friend bool operator==(const ref&, const ref&) noexcept = default;

private:
    intrusive_ptr<object_core> core_;
};

namespace detail {

/// Checks that what came is an object of the interface; a remote object is told that it is.
[[nodiscard]] intrusive_ptr<object_core> as_interface(native::reader& in,
                                                      intrusive_ptr<referent> found,
                                                      const interface_descriptor& interface);

template <typename Interface>
[[nodiscard]] ref<Interface> as_interface(native::reader& in, intrusive_ptr<referent> found) {
    return ref<Interface>(as_interface(in, std::move(found), descriptor_of<Interface>()));
}

} // namespace detail

namespace native {

template <typename Interface>
struct codec<ref<Interface>> {
    static constexpr std::size_t min_size = 1;
    static void write(writer& out, const ref<Interface>& value) {
        out.put_reference(value.core().get());
    }
    static void read(reader& in, ref<Interface>& value) {
        value = beckon::detail::as_interface<Interface>(
            in, in.get_reference(reflection::of<Interface>::name));
    }
};

} // namespace native

namespace detail {

/// An object whose every method fails.
template <typename Interface>
[[nodiscard]] intrusive_ptr<object_core> make_failed(error why);

/// Calls on the result of a call that has not returned: they travel at once, a chain costs one round trip.
template <typename Interface>
class pipelined<ref<Interface>> {
public:
    auto operator->() const {
        auto core = promised();
        return held_arrow<sync_stub<Interface>>(std::move(core));
    }
    [[nodiscard]] auto async() const {
        auto core = promised();
        return held_arrow<async_stub<Interface>>(std::move(core));
    }
    /// A reference to the object to come. Calls through it fail as the call did, should it fail.
    [[nodiscard]] ref<Interface> promised_ref() const { return ref<Interface>(promised()); }

private:
    [[nodiscard]] intrusive_ptr<object_core> promised() const {
        const auto& self = static_cast<const future<ref<Interface>>&>(*this);
        const auto& state = self.shared();
        BECKON_ASSERT(static_cast<bool>(state), "future has no result to call");
        if (!state->done() && state->source && state->promise_id != 0) {
            intrusive_ptr<remote_object> object =
                state->source->promised_object(*state, &descriptor_of<Interface>());
            if (object) return object; // else the reply has come this very moment
        }
        wait_for_result(state->source.get(), *state, never);
        result<ref<Interface>>& outcome = state->outcome();
        // Calls fail as the call did, whether its failure has come already or not.
        if (!outcome) return make_failed<Interface>(outcome.error());
        if (!*outcome)
            return make_failed<Interface>(
                fail(errc::unknown_object, "the result of the call is no object"));
        return outcome->core();
    }
};

} // namespace detail
} // namespace beckon

#include "beckon/object/skeleton.hpp"
