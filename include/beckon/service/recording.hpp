// Replaying a recorded conversation against a server, as a test: `beckon bridge --record` makes recordings
// (docs/guide/bridge.md, docs/wire/recording.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/service/context.hpp"

namespace beckon {

struct replay_options {
    std::shared_ptr<beckon::context> context{}; ///< Null: the standard one.
    /// Only this conversation of the recording; else all, one after another in the order in which they began.
    std::optional<std::uint64_t> conversation{};
    /// Regular expressions (ECMAScript): what they match in "path=value", such as "result.time=1732300000", may differ;
    /// values of more than 8 KiB are not searched.
    std::vector<std::string> ignore{};
    /// How long nothing may come, where something was recorded.
    nanoseconds timeout = std::chrono::seconds(10);
    /// Of the conversation, for protocols whose messages have an end only for who knows it: remcall.
    std::shared_ptr<const schema::document> schema{};
};

/// One thing that the server does otherwise than the recorded one.
struct replay_difference {
    enum class kind : std::uint8_t {
        differs, ///< It says something else.
        missing, ///< It does not say it.
        surplus, ///< It says something that was not recorded.
        ended,   ///< It ends the conversation, or does not, otherwise than recorded.
    };
    kind what = kind::differs;
    std::uint64_t conversation = 0;
    std::size_t line =
        0; ///< Of the recording; of something surplus the line that it came before, 0: behind all.
    std::string where{};    ///< In the message: "result.items[2]"; empty: all of it.
    std::string recorded{}; ///< As people read it.
    std::string actual{};

    /// "line 14: differs at result: recorded reply #7 3, actual reply #7 4".
    [[nodiscard]] std::string to_string() const;
};

[[nodiscard]] std::string_view to_string(replay_difference::kind what) noexcept;

struct replay_report {
    std::size_t conversations = 0;
    std::size_t sent = 0;      ///< Messages of the client.
    std::size_t compared = 0;  ///< Recorded messages of the server.
    bool is_cut_short = false; ///< The recording's last line is not whole, and was left out.
    std::vector<replay_difference> differences{};
};

/// Plays the client's side of a recording to the server at an endpoint. Each message is sent as soon as what the server had
/// said before it has come; numbers and references that each server chooses for itself are translated.
///
/// Errors: parse_error, "line 14: ...", not_found, io_error: the recording; invalid_argument: an option, or the endpoint's
/// protocol is another; those of connecting.
/// Thread-safety: from any thread; waits for the server.
[[nodiscard]] result<replay_report> try_replay(const std::string& file, std::string_view endpoint,
                                               const replay_options& options = {});
/// The same; throws the exceptions of exception.hpp.
[[nodiscard]] replay_report replay(const std::string& file, std::string_view endpoint,
                                   const replay_options& options = {});

} // namespace beckon
