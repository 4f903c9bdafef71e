// A recording as it is read from its file (docs/wire/recording.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "session/teller.hpp"

namespace beckon {

struct recorded_message {
    std::size_t line = 0;
    speaker who = speaker::client;
    std::string text{}; ///< As people read it; means nothing.
    bytes content{};
    /// In place of the content: what the protocol puts its frame around.
    std::optional<std::string> json{};
    bool is_raw = false; ///< Nobody knows where messages end.
    std::optional<std::uint32_t> exchange{};
};

struct recorded_conversation {
    std::uint64_t number = 0;
    std::size_t line = 0; ///< Where it begins.
    std::string endpoint{};
    bool keeps_messages = false; ///< As the transport had them.
    std::vector<recorded_message> messages{};
    std::string
        ended_by{}; ///< "client", "server", or what failed; empty: the recording ended before.
    std::size_t end_line = 0;
};

struct recording {
    std::vector<recorded_conversation> conversations{}; ///< In the order in which they began.
    bool is_cut_short = false; ///< The last line is not whole, and left out.
};

/// Reads the whole text of a recording.
///
/// Errors: parse_error, "line 14: ...".
[[nodiscard]] result<recording> parse_recording(std::string_view text);
/// The same of a file. Errors: not_found, io_error too.
[[nodiscard]] result<recording> read_recording(const std::string& file);

} // namespace beckon
