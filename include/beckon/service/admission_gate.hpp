// What a server asks before it lets a call through to an object that only so many may use at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "beckon/base/result.hpp"
#include "beckon/session/authorization.hpp"

namespace beckon {

class publications;
class runtime;

/// See admission/admission.hpp, which makes one.
///
/// Thread-safety: all functions, from any thread.
class admission_gate {
public:
    virtual ~admission_gate() = default;
    /// A server begins: its peers find the desk among what it publishes.
    virtual void open(std::shared_ptr<beckon::runtime> runs, publications& published) = 0;
    /// Whether a call may be made. Runs where the call arrives, and waits for nothing.
    [[nodiscard]] virtual result<void> check(const access_question& asked) = 0;
    /// A conversation takes no more calls, since its server drains: who waits by it is told.
    virtual void rests(std::uint64_t conversation) = 0;
    /// A conversation is over.
    virtual void gone(std::uint64_t conversation) = 0;
};

} // namespace beckon
