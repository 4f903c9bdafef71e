// The lines of a recording, as they are written (docs/wire/recording.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "session/teller.hpp"

namespace beckon {

inline constexpr int recording_version = 1;

[[nodiscard]] std::string first_recorded_line();

/// What all further lines begin with.
struct recorded_place {
    std::uint64_t conversation = 0;
    double at = 0; ///< Seconds since the recording began.
};

[[nodiscard]] std::string begin_line(recorded_place place, std::string_view endpoint,
                                     bool keeps_messages);
/// `by`: who ended it, or in what it failed.
[[nodiscard]] std::string end_line(recorded_place place, std::string_view by);
/// A message with its exact bytes: as JSON where it is such a text in the protocol's usual framing, which `tells` knows; as
/// text where it is readable; else as digits.
[[nodiscard]] std::string message_line(recorded_place place, speaker who, const told_message& said,
                                       const teller& tells);
/// Bytes of which nobody knows where messages end.
[[nodiscard]] std::string raw_line(recorded_place place, speaker who, byte_view content);

} // namespace beckon
