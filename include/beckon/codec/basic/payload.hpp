// Arguments and results that are written where they go and read where they came: a large one is copied once, not for each
// layer that passes it on.
#pragma once

#include <string_view>
#include <utility>

#include "beckon/base/bytes.hpp"
#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/referent.hpp"
#include "beckon/value/value.hpp"

namespace beckon::basic {

/// What stands for bytes in a call of "#N" and in its result. It is nobody's reference: to be used on this side alone.
class payload : public referent {
public:
    [[nodiscard]] std::string_view interface_name() const noexcept final { return {}; }
};

/// Bytes that are still to be written. The session's lock is held meanwhile.
class unwritten : public payload {
public:
    /// Appends them.
    ///
    /// Errors: what the values do not fit fails with; what has been appended by then is dropped.
    [[nodiscard]] virtual result<void> write(buffer& out) noexcept = 0;
};

/// A call's arguments, and the place where its result goes.
class question : public unwritten {
public:
    /// The answer's bytes, which are gone afterwards; the call then has null for its result. The session's lock is held.
    [[nodiscard]] virtual result<void> read(byte_view answer) noexcept = 0;
};

/// Bytes that came, where they came: in the input for as long as the handler that was called at once runs, and in a copy for
/// whoever holds them longer.
class received final : public payload {
public:
    explicit received(byte_view content) noexcept : content_(content) {}

    [[nodiscard]] byte_view view() const noexcept { return content_; }
    /// The input goes. REQUIRES: locked, so that nobody looks.
    void keep_own() {
        kept_.append(content_);
        content_ = kept_.view();
    }

private:
    byte_view content_;
    buffer kept_;
};

/// Null where the value is something else.
template <typename Payload>
[[nodiscard]] Payload* payload_in(const value& from) noexcept {
    if (!from.is(value_kind::reference)) return nullptr;
    return dynamic_cast<Payload*>(from.object());
}

} // namespace beckon::basic
