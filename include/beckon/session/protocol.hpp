// What a protocol is to a session: the bytes of each message, and the rules for finding them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/codec/native/reader.hpp"
#include "beckon/codec/native/writer.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/descriptor.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/object_core.hpp"
#include "beckon/session/greeting.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// The head of a call, in either direction. Object and call numbers are the session's.
struct call_head {
    std::uint32_t call_id = 0;
    std::uint32_t object = 0; ///< In the callee's export table; 0 is what it shows first.
    /// Of object 0 in protocols that address by name: which of the published ones; empty for the root. Outgoing alone:
    /// a call that comes for "object.method" asks object 0 for a method of that name.
    std::string_view published{};
    std::uint16_t method = 0;
    /// Of a call that goes: what the caller takes the object for. Null where it does not know.
    const interface_descriptor* interface = nullptr;
    bool oneway = false;
    bool has_parent = false;
    std::uint32_t parent =
        0; ///< The call of the callee in whose handler the caller makes this one.
    std::uint32_t promise = 0; ///< The number that the result shall have; 0: none asked.
    nanoseconds time_left{0};  ///< 0: no deadline.
    std::uint32_t wire_bytes =
        0; ///< Of the whole message, as the peer counts them against its credit.
    const beckon::metadata* metadata = nullptr;
    /// Of a call that comes: whose message it is proven to be, as session_events::caller_named gave it; null: the
    /// session's.
    const caller_identity* caller = nullptr;
};

/// Whether the reader may go on with the input after an event.
enum class verdict : std::uint8_t {
    go_on,
    taken_over, ///< Another thread reads now: return at once and touch nothing.
    stop,       ///< The session is over.
};

/// What a protocol tells a session. REQUIRES: the session's lock is held; on_call drops and retakes it.
class session_events {
public:
    virtual result<void> on_greeting(const greeting& peer) = 0;
    /// The peer lets us wait: it is to be greeted again after so long.
    virtual void on_greeting_delayed(nanoseconds again_after) { static_cast<void>(again_after); }
    /// A native call. `message` is the whole message, `arguments` stands at the first one, `rest` is the input
    /// after it: what another thread goes on with should the handler block.
    virtual verdict on_call(const call_head& head, native::reader& arguments, byte_view message,
                            byte_view rest) = 0;
    /// A call whose head makes no sense but for its numbers: it is answered, and the session lives on.
    virtual void on_bad_call(const call_head& head, error failure) = 0;
    /// A native reply; the reader stands at the result.
    virtual void on_reply(std::uint32_t call_id, native::reader& result) = 0;
    /// A call of a dynamic protocol. What its references mean has been looked up already.
    virtual verdict on_value_call(const call_head& head, dynamic_request request,
                                  byte_view rest) = 0;
    virtual void on_value_reply(std::uint32_t call_id, value result) = 0;
    /// A failed call. `untaken`: the arguments were never read, so references in them were not received.
    virtual void on_error(std::uint32_t call_id, error failure, bool untaken) = 0;
    virtual void on_cancel(std::uint32_t call_id) = 0;
    virtual void on_release(std::uint32_t object, std::uint32_t count) = 0;
    virtual void on_stream_item(std::uint32_t stream, native::reader& item) = 0;
    /// The same of a dynamic protocol. `wire_bytes` are those of the item's message.
    virtual void on_value_stream_item(std::uint32_t stream, value item,
                                      std::uint32_t wire_bytes) = 0;
    virtual void on_stream_end(std::uint32_t stream, std::optional<error> failure) = 0;
    /// `more` is bytes, or items where protocol_traits::initial_stream_items says so.
    virtual void on_stream_credit(std::uint32_t stream, std::uint32_t more) = 0;
    virtual void on_stream_stop(std::uint32_t stream) = 0;
    virtual void on_ping(std::uint64_t number) = 0;
    virtual void on_pong(std::uint64_t number) = 0;
    /// The peer answered a ping with something else.
    virtual void on_ping_failed(std::uint64_t number, error failure) {
        static_cast<void>(number);
        static_cast<void>(failure);
    }
    /// The peer takes no new calls; those in flight go on.
    virtual void on_go_away(error reason) = 0;
    /// The peer sends nothing any more.
    virtual void on_bye() = 0;
    /// Something odd that does no harm; logged.
    virtual void on_oddity(std::string_view id, std::string_view text) = 0;

    /// What the protocol answers by itself: whole messages, written into the output between the two calls. They
    /// cost the peer nothing, so they are counted like pongs.
    [[nodiscard]] virtual buffer& begin_answer() noexcept = 0;
    virtual void end_answer() = 0;
    /// In place of it: nothing is sent, and what was lent is taken back.
    virtual void drop_answer() = 0;

    /// Somebody whose messages have been proven, for call_head::caller; the first of them is the session's from then on.
    /// Lives as long as the session. Null where there have been too many.
    [[nodiscard]] virtual const caller_identity* caller_named(std::string_view user) {
        static_cast<void>(user);
        return nullptr;
    }

    /// Who calls, where no message proves it: the session's. Lives as long as that.
    [[nodiscard]] virtual const caller_identity& caller() const noexcept;

    /// Whether this side has an object 0.
    [[nodiscard]] virtual bool shows_something() const noexcept = 0;
    /// What serves a call of that name there, where bytes alone do not say what they are: its interface does. May be null.
    [[nodiscard]] virtual intrusive_ptr<object_core> serving(std::string_view method) {
        static_cast<void>(method);
        return {};
    }
    [[nodiscard]] virtual const beckon::limits& limits() const noexcept = 0;
    [[nodiscard]] virtual reference_exchange& references() noexcept = 0;

protected:
    ~session_events() = default;
};

/// What a protocol's conversations are like.
struct protocol_traits {
    bool dynamic = false;  ///< Calls and replies go as values.
    bool greets = true;    ///< It begins with a greeting, which tells the peer's limits.
    bool has_pings = true; ///< An idle peer answers pings.
    /// A peer that reads its input answers pings, though an idle one may not read it.
    bool answers_pings = false;
    bool has_credit = true; ///< Callers keep to what the other side allows in flight.
    /// A call says in which call it was made. Else one that comes while a thread waits for a reply is taken for a
    /// consequence of what that thread called.
    bool tells_parents = true;
    /// A conversation outlasts a call. Else the next call begins another one.
    bool lasts = true;
    /// Calls may follow our greeting before the peer has answered it. Else they wait for that.
    bool calls_follow_greeting = true;
    /// Bytes say what values they are. Else an interface does, on both sides.
    bool tells_types = true;
    /// Answers say which calls they belong to. Else they come in the order of the calls, and a call that is given up ends
    /// the conversation: the peer cannot be told of it otherwise.
    bool numbers_answers = true;
    /// Its callees start each call when it comes, whatever else of the same peer runs: that may wait for it.
    bool starts_at_once = false;
    /// What the peer shows first is an object like others, and goes back to it as its own.
    bool passes_root = false;
    /// Containers may go as objects, which the peer reads piece by piece. Else they go by content.
    bool lends_containers = false;
    /// Objects are addressed by the names that they are published under, and are not looked up before.
    bool addresses_by_name = false;
    /// Arguments have names: calls of an interface's methods give them by those.
    bool names_arguments = false;
    /// What a stream's producer may send before its reader has said anything. Not 0: credit counts items, and a stream
    /// begins with the message that carries it; 0: credit counts bytes, and is granted first.
    std::uint32_t initial_stream_items = 0;
    /// Peers leave Nagle's algorithm on: each message of theirs that follows another waits for our acknowledgement.
    bool wants_acknowledgement = false;
    /// Peers miss a message that comes in one record with another, on transports that have records (TLS): they wait for
    /// the socket before each message.
    bool wants_own_records = false;
    /// Its peers may end their output and read on, as programs at the end of a pipe do: what they have called by then is
    /// answered. Else the end of their output is their end.
    bool answers_after_end = false;
    /// It puts one message of its own into each of the transport's, where that has messages: `use_messages` tells it.
    bool keeps_messages = false;
    // What `limits` leave to the protocol.
    std::size_t max_message_bytes = 16u << 20;
    std::chrono::milliseconds default_timeout{10'000};

    /// What tells objects apart that the peer publishes: where the root is one like others it is all there is, and names are
    /// only what this side calls it.
    [[nodiscard]] std::string_view key_of_published(std::string_view name) const noexcept {
        return passes_root ? std::string_view() : name;
    }
};

struct consumed {
    std::size_t bytes = 0;
    verdict next = verdict::go_on;
};

/// One conversation's protocol: a state machine without I/O. REQUIRES: the session's lock is held in every call.
class protocol {
public:
    virtual ~protocol() = default;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual protocol_traits traits() const noexcept { return {}; }
    /// Before anything else, where `keeps_messages` was asked for and the transport has messages: input and output are
    /// as byte_stream::keep_messages says. `answered`: see io::message_mode.
    virtual void use_messages(bool answered) { static_cast<void>(answered); }

    /// Takes whole messages off the input and tells `events` of each. An error is final: the stream is out of step.
    virtual result<consumed> consume(byte_view input, session_events& events) = 0;
    /// The same at the end of the peer's output: what is left may be a message without its end mark.
    virtual result<consumed> consume_last(byte_view input, session_events& events);
    /// How many bytes the message that the input begins with has in all, 0 where that is not known yet. The
    /// session reads large messages straight into a buffer of that size, growing it with what comes.
    [[nodiscard]] virtual std::size_t message_size(byte_view input) const noexcept = 0;

    virtual void write_greeting(buffer& out, const greeting& mine) = 0;
    /// Begin a message; what the caller writes next is its content; finish completes it.
    virtual void begin_call(native::writer& out, const call_head& head) = 0;
    virtual void begin_reply(native::writer& out, std::uint32_t call_id) = 0;
    virtual void begin_stream_item(native::writer& out, std::uint32_t stream) = 0;
    virtual void finish(native::writer& out) = 0;

    // Of dynamic protocols: whole messages. On an error nothing has been written, and what was lent is taken back.
    virtual result<void> write_value_call(buffer& out, const call_head& head,
                                          const dynamic_request& request,
                                          reference_exchange& references);
    virtual result<void> write_value_reply(buffer& out, std::uint32_t call_id, const value& result,
                                           reference_exchange& references);
    virtual result<void> write_value_stream_item(buffer& out, std::uint32_t stream,
                                                 const value& item, reference_exchange& references);
    /// A call that was written does not leave, and never will.
    virtual void call_dropped(std::uint32_t call_id) { static_cast<void>(call_id); }
    /// What a call that was written waits for, where the protocol holds it back itself: a note for who waited in vain.
    [[nodiscard]] virtual std::string why_held(std::uint32_t call_id) const {
        static_cast<void>(call_id);
        return {};
    }
    /// Whether the peer can be told that this call of it has failed. Else `write_error` writes nothing, and it is logged.
    [[nodiscard]] virtual bool tells_failure(std::uint32_t call_id) const {
        static_cast<void>(call_id);
        return true;
    }
    /// A call's message leaves now, behind those that were told of before; 0: one-way. Asked where answers have no numbers.
    virtual void call_sent(std::uint32_t call_id) { static_cast<void>(call_id); }
    /// After each answer, in such protocols: what waited for it may be written. Whether the conversation goes on.
    [[nodiscard]] virtual bool answered(buffer& out) {
        static_cast<void>(out);
        return true;
    }
    /// What the peer said that an object it lent is; empty where it says nothing of that kind.
    [[nodiscard]] virtual std::string type_name(std::uint32_t object) const;

    virtual void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                             bool untaken) = 0;
    virtual void write_cancel(buffer& out, std::uint32_t call_id) = 0;
    virtual void
    write_release(buffer& out,
                  std::span<const std::pair<std::uint32_t, std::uint32_t>> released) = 0;
    virtual void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) = 0;
    virtual void write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t more) = 0;
    virtual void write_stream_stop(buffer& out, std::uint32_t stream) = 0;
    virtual void write_ping(buffer& out, std::uint64_t number) = 0;
    virtual void write_pong(buffer& out, std::uint64_t number) = 0;
    virtual void write_go_away(buffer& out, const error& reason) = 0;
    /// Answers every call of the peer that is not answered yet: the conversation ends. Not where go-away tells of that.
    virtual void refuse_open_calls(buffer& out, const error& why) {
        static_cast<void>(out);
        static_cast<void>(why);
    }
    virtual void write_bye(buffer& out) = 0;
    /// Whether there are bytes that peers skip between messages: writing them shows whether anybody reads.
    [[nodiscard]] virtual bool has_filler() const noexcept { return false; }
    virtual void write_filler(buffer& out) { static_cast<void>(out); }
    /// The conversation is over, and nothing is read or written any more. Lets go of this side's objects: they may hold the
    /// conversation.
    virtual void let_go() noexcept {}
};

} // namespace beckon
