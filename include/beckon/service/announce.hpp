// Being found on the network, and finding: quickrpc's announcer (naming/announcer/announcer.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/service/context.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// Where seekers ask unless they are told otherwise. All concerned must use one port.
inline constexpr std::uint16_t announcing_port = 7300;

struct announce_options {
    std::uint16_t port =
        announcing_port; ///< UDP, on all interfaces, beside other programs that have it too. 0: any free one.
    /// Whether a seeker's filter is meant for us; runs on a thread of the library. Null: an empty text is, a text that stands in
    /// the description's somewhere, and whatever is equal to the description.
    std::function<bool(const value& filter)> accepts{};
};

/// Answers whoever seeks, until it is closed, or who made it has stopped.
///
/// Thread-safety: all functions, from any thread.
class announcement {
public:
    announcement() = default;
    announcement(const announcement&) = delete;
    announcement& operator=(const announcement&) = delete;
    virtual ~announcement() = default;

    /// What is announced from now on. Throws unsupported, for null and what else terse lines cannot carry; limit_exceeded
    /// beyond one datagram.
    virtual void describe(const value& description) = 0;
    [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
    /// Idempotent.
    virtual void close() noexcept = 0;
};

/// What somebody announced. Nobody has proven it.
struct discovered {
    std::string host; ///< The address that it came from.
    value description;
};

struct discover_options {
    std::uint16_t port = announcing_port;
    value filter =
        value(""); ///< Who is meant, in the announcers' eyes; an empty text is everybody.
    std::string to = "255.255.255.255"; ///< Where to ask: a broadcast address, or one host's.
    nanoseconds timeout = std::chrono::seconds(1); ///< How long to wait for answers.
};

/// Asks everybody on the network, and gathers the answers, each one once. Blocks for the whole `timeout`. Throws
/// invalid_argument, unsupported, limit_exceeded; io_error, where nothing can be sent there.
[[nodiscard]] std::vector<discovered> discover(const discover_options& options = {});
[[nodiscard]] result<std::vector<discovered>> try_discover(const discover_options& options = {});

} // namespace beckon
