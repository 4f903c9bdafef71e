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

} // namespace command
