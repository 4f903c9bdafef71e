// The caller's half of what carries calls: a session, seen from stubs. Abstract over protocols.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/codec/native/reader.hpp"
#include "beckon/codec/native/writer.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/object_core.hpp"
#include "beckon/object/waitable.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

class peer;
class remote_object;

/// A call on its way: the record that the session keeps until the reply, owned by the caller (on the stack of a
/// synchronous call, inside a future's state).
class pending_call : public waitable {
public:
    /// Takes the result off a native reply. Runs under the session's lock, on the thread that reads.
    virtual void on_reply(native::reader& in) noexcept = 0;
    /// Takes the result of a dynamic protocol. Runs under the session's lock.
    virtual void on_value(value result) noexcept = 0;
    virtual void on_failure(error failure) noexcept = 0;
    /// Runs after one of the above, without the lock, and once; must end in finish().
    virtual void complete() noexcept { finish(); }
    /// Reads and drops a result that came after the call was given up, so that references in it are released.
    class discard_function {
    public:
        using by_type = void (*)(native::reader& in);
        using by_schema = void (*)(native::reader& in, const schema::type& type,
                                   const ref_counted& owner);

        discard_function(by_type reads = nullptr) noexcept // NOLINT(google-explicit-constructor)
            : by_type_(reads) {}
        /// `owner` is what the type is part of; it is kept alive.
        discard_function(by_schema reads, const schema::type& type,
                         intrusive_ptr<const ref_counted> owner) noexcept
            : by_schema_(reads), type_(&type), owner_(std::move(owner)) {}

        void operator()(native::reader& in) const {
            if (by_type_ != nullptr) return by_type_(in);
            if (by_schema_ != nullptr) by_schema_(in, *type_, *owner_);
        }

    private:
        by_type by_type_ = nullptr;
        by_schema by_schema_ = nullptr;
        const schema::type* type_ = nullptr;
        intrusive_ptr<const ref_counted> owner_;
    };
    [[nodiscard]] virtual discard_function discarder() const noexcept = 0;

    // Kept by the session, under its lock.
    std::uint32_t promise_id = 0; ///< Set before begin_call to ask for one; then the number given.
    std::uint32_t wire_bytes = 0; ///< Counted against the peer's window until the reply.
    pending_call* next_completed = nullptr;
    remote_object* target = nullptr; ///< For error texts, while the session keeps the record.
    const method_descriptor* method = nullptr;
    enum class state : std::uint8_t { idle, in_table, parked, answered } where = state::idle;
    bool wants_promise = false;

protected:
    ~pending_call() = default;
};

struct call_request {
    remote_object* target = nullptr;
    const method_descriptor* method = nullptr;
    std::uint16_t method_index = 0;
    const call_options* options = nullptr; ///< Null: the defaults.
    bool synchronous = false; ///< The caller waits for the result at once, and thereby sends.
};

/// A session as stubs see it.
///
/// Thread-safety: all functions from any thread, but begin_call locks and end_call unlocks.
class peer : public ref_counted {
public:
    /// What owns a session frees it where nobody holds it. Who is about to tell so must hold it until that is told, so
    /// the last hold is passed on in place of being dropped.
    void release() const noexcept {
        if (!release_unless_only()) const_cast<peer*>(this)->on_only_hold();
    }
    /// Starts a static call: locks, and gives the writer for the arguments. Null where the protocol is dynamic
    /// (not locked then: use call_dynamic) or where the call has failed already (`pending` is completed).
    /// `pending` is null for a one-way call.
    [[nodiscard]] virtual native::writer* begin_call(const call_request& request,
                                                     pending_call* pending) = 0;
    /// Ends it: unlocks; the message leaves with the turn. A writer that failed completes `pending` instead.
    virtual void end_call() = 0;
    /// Whether calls go as values.
    [[nodiscard]] virtual bool is_dynamic() const noexcept = 0;
    /// Makes a call of a dynamic protocol: an operation on `call.target`. The call's method, which error texts name,
    /// may be null.
    virtual void call_dynamic(const call_request& call, dynamic_request request,
                              pending_call* pending) = 0;
    /// Waits until `waiting` is done, driving the session meanwhile. A pending call whose deadline passes
    /// is abandoned and completed with a timeout.
    virtual void wait(waitable& waiting, time_point deadline) = 0;
    /// Nobody waits for the calls made so far, yet they are to leave now.
    virtual void send_now() noexcept = 0;
    /// Gives up a pending call: the peer is told, the record is not touched any more. False where it is answered
    /// already, or is being so at this moment.
    virtual bool cancel(pending_call& pending) = 0;
    /// Finds or makes the object that stands for the result of a call not yet answered.
    [[nodiscard]] virtual intrusive_ptr<remote_object>
    promised_object(pending_call& pending, const interface_descriptor* interface) = 0;
    /// A remote object has no holders any more. Never locks, never waits.
    virtual void released(remote_object& object) noexcept = 0;
    /// What the peer says that an object is, in its own words ("builtins.list"); empty where it says nothing.
    [[nodiscard]] virtual std::string type_name(const remote_object& object) = 0;
    /// Whether the peer takes lists, maps and the like as objects, which it reads piece by piece. Else they go by content.
    [[nodiscard]] virtual bool takes_lent_containers() const noexcept { return true; }
    /// The other side, for messages: "tcp://127.0.0.1:7000".
    [[nodiscard]] virtual std::string endpoint_name() const = 0;

protected:
    /// The hold that is let go is the only one. Takes it over.
    virtual void on_only_hold() noexcept { ref_counted::release(); }
};

/// An object of the peer.
class remote_object final : public object_core {
public:
    remote_object(intrusive_ptr<peer> session, std::uint32_t id,
                  const interface_descriptor* interface) noexcept
        : object_core(place::remote, interface), session_(std::move(session)), id_(id) {}

    [[nodiscard]] peer& session() const noexcept { return *session_; }
    [[nodiscard]] std::uint32_t id() const noexcept { return id_; }
    /// The published name it was got by, for messages; may be empty.
    [[nodiscard]] const std::string& label() const noexcept { return label_; }
    void set_label(std::string label) { label_ = std::move(label); }
    /// Says what the object is, where nobody has said it yet. A descriptor made at run time is kept alive.
    void set_interface(const interface_descriptor* interface) noexcept {
        if (interface != nullptr) learn_interface(*interface);
    }

    // Kept by the session, under its lock.
    std::uint32_t received = 0; ///< How often the peer sent it: the count that a release carries.
    std::uint32_t calls = 0;    ///< Made to it and not yet answered: their records point here.
    bool dropped = false;       ///< Has no holders any more, and waits for those calls.
    remote_object* next_released = nullptr;
    bool is_root = false;

private:
    void on_last_release() noexcept override { session_->released(*this); }

    intrusive_ptr<peer> session_;
    std::uint32_t id_;
    std::string label_;
};

} // namespace beckon
