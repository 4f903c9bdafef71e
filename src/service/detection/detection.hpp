// Reads from a connection until it is known which of an address's offers it is for.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "beckon/base/function.hpp"
#include "beckon/io/event_loop.hpp"
#include "service/detection/chooser.hpp"
#include "service/detection/offers.hpp"

namespace beckon::detection {

struct detection_limits {
    nanoseconds
        begun_within{}; ///< From the first byte on. One that says nothing may do so for ever.
    std::size_t max_bytes = 0;
};

struct detected {
    std::unique_ptr<io::byte_stream>
        stream{};          ///< With what was read of it; null: it left and had said nothing.
    std::size_t which = 0; ///< Of the offers.
};

/// Gives the connection and what it is for, or says why it is for nothing. It does not wait. What a server would say first
/// waits: nothing is written.
///
/// Thread-safety: all functions, from any thread.
class detection final : public io::watcher {
public:
    /// Called once, without locks, unless `stop` comes first.
    using outcome = function<void(result<detected>)>;

    detection(std::unique_ptr<io::byte_stream> stream, std::shared_ptr<const offers> among,
              detection_limits allowed, io::event_loop& loop, outcome then);

    void start();
    /// Drops the connection.
    void stop() noexcept;
    void on_ready(bool readable, bool writable) noexcept override;

private:
    /// Nothing where there is more to come.
    [[nodiscard]] std::optional<result<detected>> look();
    /// Whether they are messages of the transport's that somebody keeps. Nothing where that is not known yet.
    [[nodiscard]] std::optional<bool> has_messages();
    [[nodiscard]] std::optional<result<detected>> take_more();
    [[nodiscard]] result<detected> conclude(chooser::state found);
    [[nodiscard]] result<detected> conclude_messages();
    [[nodiscard]] std::optional<result<detected>> watch();
    [[nodiscard]] error unknown(std::string_view how) const;
    [[nodiscard]] error refused(error why, errc told_as, std::string_view told) noexcept;
    void on_time() noexcept;
    void go_on() noexcept;
    void finish(result<detected> how) noexcept;

    const std::shared_ptr<const offers> among_;
    const detection_limits allowed_;
    io::event_loop& loop_;
    std::mutex mutex_;
    std::unique_ptr<io::byte_stream> stream_; ///< Null once it is over.
    outcome then_;
    chooser chooser_;
    std::size_t keeps_messages_;     ///< Which of the candidates; their number: none.
    errc told_as_ = errc::cancelled; ///< Why it ends, and
    std::string_view told_; ///< what of that its peer is told; none: it is not the peer's doing.
    bool has_begun_ = false;
    bool has_bytes_ = false; ///< Known to be no messages.
    io::watch_id watch_{};
    io::timer_id timer_{};
};

} // namespace beckon::detection
