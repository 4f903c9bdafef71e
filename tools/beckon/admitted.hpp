// A place at a server that lets only so many users in.
#pragma once

#include <functional>

#include "beckon/service/connect.hpp"

namespace command {

/// Holds a place, and closes the session in the end: where no conversation lasts, the server would keep it for a while.
class held_place {
public:
    /// Asks for a place and waits for it at most so long; tells on standard error at which place of the queue it stands.
    /// Throws what the peer says, in the end that no place was free.
    held_place(beckon::connected session, beckon::nanoseconds at_most);
    held_place(const held_place&) = delete;
    held_place& operator=(const held_place&) = delete;
    ~held_place() { session_.close(); }

private:
    const beckon::connected session_;
};

/// Of a peer whose protocol has no form for the desk, so that a call asks for a place: calls, and again for at most so long while
/// the answer is that it stands in the queue, which it tells on standard error.
void call_until_admitted(const std::function<void()>& call, beckon::nanoseconds at_most);

} // namespace command
