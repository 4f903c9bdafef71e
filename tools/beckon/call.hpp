// One run of `beckon call`, by a peer whose protocol has schemas and by one whose has none.
#pragma once

#include <optional>

#include "beckon/object/call.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/service/connect.hpp"
#include "call_line.hpp"

namespace command {

/// What is to be called, and how.
struct call_job {
    call_line line;
    beckon::call_options options;                  ///< Of each call.
    std::optional<beckon::nanoseconds> connecting; ///< For how long; nothing: the default.
    std::optional<beckon::nanoseconds>
        listen_for; ///< With @events; nothing: until the peer lets go.
    std::optional<beckon::schema::document> schema; ///< That the user gave.
};

// Each makes the calls, prints what comes of them, and waits for events where it was asked to. Throws a failure.

/// By a peer that says which interfaces its objects have: arguments are made to fit them.
void call_by_schema(beckon::connected session, const call_job& job);
/// By a peer whose objects are asked for what they are.
void call_dynamically(beckon::connected session, const call_job& job);
/// By a peer that cannot be asked anything but to call a method by its name.
void call_by_name(beckon::connected session, const call_job& job);

} // namespace command
