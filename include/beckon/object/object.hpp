// A reference without a static interface.
#pragma once

#include <string_view>
#include <utility>

#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "beckon/object/object_core.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/ref.hpp"

namespace beckon {

/// A handle to an object whose interface the program learns at run time, if at all.
///
/// Thread-safety: distinct objects safe.
class object {
public:
    using beckon_converted = void; ///< Becomes a value without being asked.

    object() noexcept = default;
    explicit object(intrusive_ptr<object_core> core) noexcept : core_(std::move(core)) {}
    template <typename Interface>
    object(const ref<Interface>&
               typed) noexcept // NOLINT(google-explicit-constructor): every reference is an object
        : core_(typed.core()) {}

    explicit operator bool() const noexcept { return static_cast<bool>(core_); }
    [[nodiscard]] const intrusive_ptr<object_core>& core() const noexcept { return core_; }
    [[nodiscard]] std::string_view interface_name() const noexcept {
        return core_ ? core_->interface_name() : std::string_view{};
    }
    friend bool operator==(const object&, const object&) noexcept = default;

private:
    intrusive_ptr<object_core> core_;
};

namespace native {
template <>
struct codec<object> {
    static constexpr std::size_t min_size = 1;
    static void write(writer& out, const object& value) { out.put_reference(value.core().get()); }
    static void read(reader& in, object& value) {
        const intrusive_ptr<referent> found = in.get_reference({});
        value = object(intrusive_ptr<object_core>(static_cast<object_core*>(found.get())));
    }
};
} // namespace native

} // namespace beckon
