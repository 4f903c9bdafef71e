#include "io/greeting_stream.hpp"

#include <algorithm>

#include "beckon/io/wait.hpp"
#include "io/readiness.hpp"

namespace beckon::io {

namespace {

result<void> greet_within(greeting_stream& connection, nanoseconds within,
                          const greeting_words& words, const ready_flag* given_up) {
    const int other = given_up != nullptr ? given_up->descriptor() : -1;
    const time_point until =
        within.count() == 0 ? never : deadline_after(steady_clock_source().now(), within);
    for (;;) {
        wait_outcome came{.ready = true};
        switch (connection.advance()) {
        case greeting::done: return {};
        case greeting::failed: return *connection.failure();
        case greeting::wants_input:
            came = wait_readable(connection.below().read_descriptor(), until, other);
            break;
        case greeting::wants_room:
            came = wait_writable(connection.below().write_descriptor(), until, other);
            break;
        }
        if (came.other_ready) {
            return fail(errc::cancelled, "nobody waits any more for the end of the ", words.name,
                        " handshake");
        }
        if (came.ready || steady_clock_source().now() < until) continue;
        const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(within).count();
        if (connection.has_heard()) {
            return fail(errc::timeout, "peer did not end the ", words.name, " handshake within ",
                        waited, " ms");
        }
        return fail(errc::timeout, "peer did not answer ", words.name, " within ", waited,
                    " ms; it may not speak it");
    }
}

} // namespace

result<void> greet(greeting_stream& connection, time_point attempt_ends,
                   const connect_options& options, const greeting_words& words) {
    nanoseconds within = options.handshake_within;
    if (attempt_ends != never) {
        const nanoseconds left =
            std::max(attempt_ends - steady_clock_source().now(), nanoseconds(1));
        within = within.count() == 0 ? left : std::min(left, within);
    }
    return greet_within(connection, within, words, options.given_up.get())
        .note(concat("greeting ", connection.peer_name()));
}

} // namespace beckon::io
