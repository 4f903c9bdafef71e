// The two ends of a stream that crosses a session, as the codec, the session and the object layer see them.
#pragma once

#include <cstdint>
#include <optional>

#include "beckon/base/error.hpp"
#include "beckon/value/referent.hpp"

namespace beckon {
class peer;
class pending_call;
class value;
} // namespace beckon

namespace beckon::native {

class reader;
class writer;

/// The session's side of a stream that this process produces.
class stream_outlet : public ref_counted {
public:
    /// Whether an item may be sent now.
    [[nodiscard]] virtual bool has_credit() const noexcept = 0;
    /// Begins an item: locks the session. Null where nobody listens any more (not locked then).
    [[nodiscard]] virtual writer* begin_item() = 0;
    /// Ends it and unlocks. An item that cannot be written ends the stream with that error; false then.
    virtual bool end_item() = 0;
    /// Whether items go as values: then send_value takes the place of begin_item and end_item.
    [[nodiscard]] virtual bool takes_values() const noexcept = 0;
    /// Sends an item. False where nobody listens any more, and where it cannot be written, which ends the stream.
    virtual bool send_value(const value& item) = 0;
    /// Ends the stream.
    virtual void end(std::optional<error> failure) = 0;
};

/// What produces the items of a stream.
class stream_producer : public referent {
public:
    [[nodiscard]] std::string_view interface_name() const noexcept override { return {}; }
    /// Produces as long as there is credit; called when there is some again. Without the session's lock, on a library
    /// thread.
    virtual void produce(intrusive_ptr<stream_outlet> outlet) = 0;
    /// Nobody wants more. Under the session's lock: it is only noted. True where give_up() has to follow.
    [[nodiscard]] virtual bool stop() noexcept = 0;
    /// Gives up the item that is waited for, if there is one. Without the lock, on a library thread.
    virtual void give_up() noexcept = 0;
};

/// The session's side of a stream that the peer produces.
class stream_inlet : public ref_counted {
public:
    /// The session that the items come through; waiting for them drives it.
    [[nodiscard]] virtual intrusive_ptr<peer> session() = 0;
    /// Items of so many wire bytes were taken: the peer may send as many more.
    virtual void taken(std::uint32_t wire_bytes) = 0;
    /// No more items are wanted. The inlet is not to be used any more.
    virtual void stop() noexcept = 0;
};

/// What takes the items of a stream. Its functions run under the session's lock; they give the record to be
/// completed without it, or null.
class stream_sink : public referent {
public:
    [[nodiscard]] std::string_view interface_name() const noexcept override { return {}; }
    virtual void bind(intrusive_ptr<stream_inlet> inlet) noexcept = 0;
    [[nodiscard]] virtual pending_call* on_item(reader& in, std::uint32_t wire_bytes) = 0;
    /// The same of a dynamic protocol.
    [[nodiscard]] virtual pending_call* on_value(value item, std::uint32_t wire_bytes) = 0;
    [[nodiscard]] virtual pending_call* on_end(std::optional<error> failure) = 0;
};

} // namespace beckon::native
