#include "io/greeting_stream.hpp"

#include <algorithm>

#include "beckon/io/wait.hpp"

namespace beckon::io {

namespace {

result<void> greet_within(greeting_stream& connection, nanoseconds within,
                          const greeting_words& words) {
    const time_point until =
        within.count() == 0 ? never : deadline_after(steady_clock_source().now(), within);
    for (;;) {
        bool ready = true;
        switch (connection.advance()) {
        case greeting::done: return {};
        case greeting::failed: return *connection.failure();
        case greeting::wants_input:
            ready = wait_readable(connection.below().read_descriptor(), until).ready;
            break;
        case greeting::wants_room:
            ready = wait_writable(connection.below().write_descriptor(), until).ready;
            break;
        }
        if (ready || steady_clock_source().now() < until) continue;
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
    return greet_within(connection, within, words)
        .note(concat("greeting ", connection.peer_name()));
}

} // namespace beckon::io
