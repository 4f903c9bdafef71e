// What is asked before a call of a peer runs, made of the call.
#pragma once

#include <cstdint>

#include "beckon/object/servant.hpp"
#include "beckon/session/authorization.hpp"

namespace beckon {

/// A call that is about to run.
struct asked_call {
    const caller_identity& caller;
    const servant& target;
    const dynamic_request* request = nullptr; ///< Null for a native one.
    std::uint16_t method = 0;                 ///< Of a native one.
    bool shown_first = false;
};

/// An error refuses it.
[[nodiscard]] result<void> ask(const authorizer& decides, const asked_call& call);

} // namespace beckon
