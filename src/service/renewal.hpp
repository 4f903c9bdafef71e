// What a handle of a conversation holds where that begins again when it has ended.
#pragma once

#include "beckon/session/session.hpp"

namespace beckon {

/// Thread-safety: all functions, from any thread.
class renewal {
public:
    renewal() = default;
    renewal(const renewal&) = delete;
    renewal& operator=(const renewal&) = delete;
    virtual ~renewal() = default;

    /// The latest conversation; it may be over.
    [[nodiscard]] virtual intrusive_ptr<session> now() const = 0;
    /// No further one begins, and this one goes on.
    virtual void rest() = 0;
    /// No further one begins, and this one ends.
    virtual void end() = 0;
    [[nodiscard]] virtual bool is_over() const = 0;
    virtual bool await_end(nanoseconds at_most) const = 0;
};

} // namespace beckon
