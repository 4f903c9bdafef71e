// One recorded conversation, played to a server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "beckon/io/byte_stream.hpp"
#include "beckon/service/recording.hpp"
#include "service/bridge/recording_file.hpp"
#include "service/bridge/replay_comparison.hpp"
#include "service/bridge/replay_expectations.hpp"
#include "service/bridge/told_recording.hpp"
#include "session/teller.hpp"

namespace beckon {

/// How the conversation with the other server is held.
struct replay_stream {
    std::unique_ptr<io::byte_stream> stream;
    std::unique_ptr<teller> tells{}; ///< Null where all is raw.
    bool keeps_messages = false;
    bool shows_end =
        true; ///< Else each call has a connection of its own, and their ends are not seen.
};

/// Plays it; what differs is added to the report.
void play(const recorded_conversation& from, const told_recording& told, replay_stream with,
          const std::vector<std::regex>& ignored, nanoseconds timeout, replay_report& into);

} // namespace beckon
