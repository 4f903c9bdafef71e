// The callee's half: an object that lives here, and a call that came in for it. Abstract over protocols.
#pragma once

#include <cstdint>
#include <utility>

#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/native/reader.hpp"
#include "beckon/codec/native/writer.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/object_core.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

class object_turn;

/// How calls of one object may overlap.
enum class policy : std::uint8_t {
    session, ///< The default: calls of one session start in order, one at a time.
    serial, ///< One at a time whatever session they come from, in order; besides those of other objects.
    concurrent, ///< Any number at a time, from one session too.
    inline_,    ///< As concurrent, on the thread that reads: the handlers promise never to block.
};

/// Where a handler's outcome goes. One reply per call: end_reply, reject or (for one-way calls) neither.
class reply_sink {
public:
    virtual void lock() noexcept = 0;
    virtual void unlock() noexcept = 0;
    /// REQUIRES: locked. The writer for a native result; null where the reply goes as a value.
    [[nodiscard]] virtual native::writer* begin_reply() = 0;
    /// REQUIRES: locked, begin_reply came before.
    virtual void end_reply() = 0;
    /// REQUIRES: locked. Replies with a value (dynamic protocols, dynamic servants).
    virtual void reply_value(value result) = 0;
    /// REQUIRES: locked. Replies with an error.
    virtual void reject(error failure) = 0;

protected:
    ~reply_sink() = default;
};

/// Outlives the turn in which the call came: for coroutines and handlers that return futures.
class deferred_reply : public ref_counted, public reply_sink {
public:
    /// Runs the rest of the handler, which may block, where handlers run; at once, or soon. Without locks.
    virtual void resume(function<void()> rest) { rest(); }
    call_context context;
};

/// A call that came in. Made by the session for the time of `servant::dispatch`.
class incoming_call : public reply_sink {
public:
    /// The session's lock is dropped and the handler is about to run on this thread. Makes `context` current.
    virtual void enter_handler() noexcept = 0;
    /// The handler has ended; locks again.
    virtual void leave_handler() noexcept = 0;
    /// Takes the call out of this turn. REQUIRES: locked.
    [[nodiscard]] virtual intrusive_ptr<deferred_reply> defer() = 0;

    call_context context;
    std::uint16_t method = 0;
    native::reader* arguments = nullptr; ///< A native call's; null where they came as values.
    value* values = nullptr;             ///< A list (by position) or a map (by name).
    /// The operation of a dynamic protocol, whatever it is; null for a native call.
    dynamic_request* request = nullptr;

protected:
    ~incoming_call() = default;
};

/// An object that lives here, seen from sessions.
class servant : public object_core {
public:
    /// Runs one call: takes the arguments, calls the handler, replies. Entered and left with the session's
    /// lock held; the handler itself runs without it. Never throws.
    virtual void dispatch(incoming_call& call) noexcept = 0;
    /// The same for an operation of a dynamic protocol, `call.request`. Objects with an interface do as it says: their
    /// methods can be called and named, nothing else of them can be reached.
    virtual void perform(incoming_call& call) noexcept;
    /// Who performs such an operation, in its turn and by its policy. An object that only stands for another, as a method
    /// taken on its own does, rewrites the request and gives the other.
    [[nodiscard]] virtual intrusive_ptr<servant> acting(dynamic_request& request) noexcept {
        static_cast<void>(request);
        return intrusive_ptr<servant>(this);
    }
    /// What the object is to a dynamic language, apart from its interface.
    enum class nature : std::uint8_t { object, method, function, list, map, set, iterator };
    [[nodiscard]] virtual nature what() const noexcept { return nature::object; }

    [[nodiscard]] policy execution() const noexcept { return static_cast<policy>(policy_); }
    /// REQUIRES: nobody calls the object yet.
    void set_execution(policy execution);
    /// What a caller must hold while the handler runs: null but for policy::serial.
    [[nodiscard]] object_turn* turn() const noexcept {
        return is_serial() ? serial_turn() : nullptr;
    }

    /// The typed functions of a C++ implementation, by method number, for calls inside this process; see skeleton.hpp.
    [[nodiscard]] const void* direct() const noexcept {
        return is_serial() ? serial_direct() : direct_;
    }
    [[nodiscard]] void* target() const noexcept { return target_; }

protected:
    servant(const interface_descriptor* interface, void* target, const void* direct) noexcept;
    ~servant() override;

private:
    // A turn costs objects without one nothing: it stands between this and the functions.
    struct serial_part;
    [[nodiscard]] bool is_serial() const noexcept {
        return policy_ == static_cast<std::uint8_t>(policy::serial);
    }
    [[nodiscard]] object_turn* serial_turn() const noexcept;
    [[nodiscard]] const void* serial_direct() const noexcept;

    void* const target_;
    const void* direct_; ///< For policy::serial: a serial_part.
};

} // namespace beckon
