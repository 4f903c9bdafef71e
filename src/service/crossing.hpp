// What a bridge makes of the connections of a server, as that server sees it.
#pragma once

#include <memory>

#include "beckon/base/function.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/service/directory.hpp"

namespace beckon {

class protocol;
struct arrival;

/// What a conversation of a bridge shows its peer, in place of what is published: the peer on the bridge's other side.
class far_shore {
public:
    virtual ~far_shore() = default;
    [[nodiscard]] virtual intrusive_ptr<servant> show(const protocol& spoken) = 0;
    /// Whose listeners are told of the conversation.
    [[nodiscard]] virtual const std::shared_ptr<publications>& told() const noexcept = 0;
};

/// A bridge.
class crossing {
public:
    virtual ~crossing() = default;
    /// Takes a connection whose protocol is known. Gives it back with `across` set, soon and on another thread, to become a
    /// conversation; or passes on what comes by it, without `go_on`, and says when that is over. One of the two is called,
    /// once.
    virtual void cross(arrival come, function<void(arrival)> go_on, function<void()> over) = 0;
};

} // namespace beckon
