// What a program is told of the conversations that its published objects take part in.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "beckon/object/object_core.hpp"

namespace beckon {

class connected;

/// Told once each, on a thread of the library, where they may block and call the peer; each may be null.
///
/// `on_connect` runs when the peer is known, after its greeting where the protocol has one, and before the first of its
/// calls is served. How an RPyC peer speaks is seen by its first request only, so it is known by that, unless the
/// endpoint says `?dialect=6` or 5. While it waits for a call of its own, calls that are consequences of that are served; where the
/// protocol does not tell which those are, as RPyC's does not, all that come. When it throws, the conversation ends.
///
/// `on_disconnect` runs when the conversation is over, for whoever's on_connect has returned, and never beside it. Calls
/// through the handle then fail; its names are still there.
///
/// The order: all objects of the conversation's own are made first, in the order in which their makers were
/// published; then on_connect is told to the server's listeners, then to the published objects, each in their order.
/// on_disconnect comes in the opposite order.
struct conversation_events {
    std::function<void(const connected&)> on_connect{};
    std::function<void(const connected&)> on_disconnect{};

    explicit operator bool() const noexcept { return on_connect || on_disconnect; }
};

/// An object that one conversation has for itself, and what it is told.
struct made_service {
    intrusive_ptr<object_core> object;
    conversation_events told{};
};

/// Makes it when a conversation begins.
using service_maker = std::function<made_service(const connected&)>;

/// The implementation's own functions `on_connect(const connected&)` and `on_disconnect(const connected&)`, where it has
/// them.
template <typename T>
[[nodiscard]] conversation_events events_of(const std::shared_ptr<T>& implementation) {
    conversation_events events;
    if constexpr (requires(T & one, const connected& peer) { one.on_connect(peer); }) {
        events.on_connect = [implementation](const connected& peer) {
            implementation->on_connect(peer);
        };
    }
    if constexpr (requires(T & one, const connected& peer) { one.on_disconnect(peer); }) {
        events.on_disconnect = [implementation](const connected& peer) {
            implementation->on_disconnect(peer);
        };
    }
    return events;
}

} // namespace beckon
