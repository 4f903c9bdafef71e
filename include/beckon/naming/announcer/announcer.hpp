// quickrpc's announcer: services that are found by asking everybody on the network.
//
// A seeker broadcasts the line `seek filter:"my"` to a port that everybody concerned knows; who has something that fits answers
// `advertise description:"my-service 1.0"`. Filters and descriptions are values of any kind, without a meaning of their own.
// The original broadcasts its answers too, against its documentation: here the one who asked is answered, and both are
// understood. Nobody proves who he is: what is found is a hint where to look.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/log.hpp"
#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/io/event_loop.hpp"
#include "beckon/value/value.hpp"

namespace beckon::naming::announcer {

/// Where Beckon's command and servers seek and announce unless they are told otherwise; the original has no port of its own.
inline constexpr std::uint16_t default_port = 7300;
/// Longest line that is sent or read: one datagram that no network cuts.
inline constexpr std::size_t max_line_bytes = 1'200;
/// Lines of one datagram that are looked at.
inline constexpr std::size_t max_lines = 8;

struct announcer_options {
    std::uint16_t port = default_port; ///< 0: any free one.
    value description = value("");
    /// Whether a seeker's filter is meant for us. Runs on the loop's thread. Null: an empty text is, and a text that stands in
    /// the description's text somewhere; so is whatever is equal to the description.
    std::function<bool(const value& filter)> accepts{};
    /// Answers in a second, to all seekers together: who forges addresses shall not use us against others.
    std::size_t max_answers_per_second = 64;
    log_sink* log = &null_log(); ///< Outlives the announcer.
};

/// Answers seekers on an event loop. What is not for it, such as others' answers, it passes over.
///
/// Thread-safety: `close`, `describe` and the destructor from any thread.
/// Lifetime: the loop outlives it.
class announcer {
public:
    /// Errors: io_error; unsupported, limit_exceeded, for a description that fits in no line.
    [[nodiscard]] static result<std::unique_ptr<announcer>>
    start(io::event_loop& loop, const announcer_options& options = {});
    ~announcer(); ///< close()
    announcer(const announcer&) = delete;
    announcer& operator=(const announcer&) = delete;

    /// What is announced from now on. Errors: unsupported, limit_exceeded; then it stays as it was.
    [[nodiscard]] result<void> describe(const value& description);
    /// The real port.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Answers nobody any more. Idempotent. Never blocks.
    void close() noexcept;

private:
    class core;
    announcer(intrusive_ptr<core> inside, std::uint16_t port) noexcept;
    intrusive_ptr<core> core_;
    std::uint16_t port_;
};

/// What somebody announced.
struct found {
    std::string host; ///< The address that it came from.
    value description;
};

struct seek_options {
    std::uint16_t port = default_port;
    value filter = value("");
    std::string to = "255.255.255.255"; ///< Where to ask: a broadcast address, or one host's.
    nanoseconds timeout = std::chrono::seconds(1);
    std::size_t max_found = 1'024;
    log_sink* log = &null_log();
};

/// Asks, and gathers the answers that come within `timeout`, each one once, in the order in which they came. It asks from the
/// port itself, where the original's answers are heard, and from another one, at which nobody else on this machine listens.
/// Blocks the calling thread.
///
/// Errors: invalid_argument for the address; unsupported, limit_exceeded for the filter; io_error.
[[nodiscard]] result<std::vector<found>> seek(const seek_options& options = {});

} // namespace beckon::naming::announcer
