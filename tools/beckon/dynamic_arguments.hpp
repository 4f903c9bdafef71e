// What beckon call gives to peers without schemas: values as their JSON says, listeners, streams.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/object.hpp"
#include "call.hpp"
#include "dynamic_peer.hpp"
#include "event_listener.hpp"
#include "input_stream.hpp"

namespace command {

class dynamic_arguments {
public:
    explicit dynamic_arguments(std::shared_ptr<const dynamic_peer> peer) : peer_(std::move(peer)) {}

    /// The request of a step. Throws a failure for an argument that stands twice.
    [[nodiscard]] beckon::dynamic_request request_of(const call_step& step,
                                                     const std::string& method);
    /// What was wrong with a line of standard input explains a failure better than what the peer makes of it.
    void blame_input() const;
    /// Until the peer has let go of @events.
    void wait_for_events(const call_job& job);

private:
    [[nodiscard]] beckon::value content_of(const call_argument& given, const std::string& method);

    const std::shared_ptr<const dynamic_peer> peer_;
    event_listener listener_;
    input_stream input_;
};

/// What the next step is asked of: the result of the one before, which must be an object.
[[nodiscard]] beckon::object next_target(const beckon::value& result, std::string_view of,
                                         std::string_view method);

/// Makes the calls of a line, each at the result of the one before and the first at `target`; gives the last one's result. `make` gets
/// the target, the method's path from there, and the step.
template <typename Make>
[[nodiscard]] beckon::value call_in_turn(const call_line& line, beckon::object target,
                                         const Make& make) {
    beckon::value outcome;
    const call_step* before = nullptr;
    for (const call_step& step : line.steps) {
        std::string path = step.method;
        if (before != nullptr) {
            target = next_target(outcome, "the result of " + before->method, path);
        } else if (!line.object.empty()) {
            path = line.object + '.' + path;
        }
        outcome = make(target, path, step);
        before = &step;
    }
    return outcome;
}

} // namespace command
