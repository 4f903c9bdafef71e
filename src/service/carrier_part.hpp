// The parts that a carrier's expression is made of, and what they need of whoever serves their connections.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/event_loop.hpp"
#include "beckon/io/transport_expression.hpp"
#include "beckon/service/carrier.hpp"
#include "beckon/service/context.hpp"
#include "beckon/session/message_security.hpp"
#include "service/crossing.hpp"

namespace beckon {

namespace detection {
struct offers;
}

/// A connection on its way to a conversation.
struct arrival {
    std::unique_ptr<io::byte_stream> stream{};
    io::endpoint where{};
    message_security_maker security{}; ///< Of what came to us: protects its messages.
    std::shared_ptr<void> shared{};    ///< The same: see shared_at.
    /// What it may be for, where its first bytes are to tell that; null: it is for `where`.
    std::shared_ptr<const detection::offers> among{};
    bool judged_later =
        false;          ///< It may be for TLS and its like, behind which an authenticator is asked.
    std::string name{}; ///< What its peer is to be called; empty: by where it comes from.
    std::string text{}; ///< The endpoint that was dialled; empty: it came to us.
    const void* owner = nullptr;         ///< The part that it came by.
    std::shared_ptr<far_shore> across{}; ///< Of a bridge's connections, once they have crossed.
    std::shared_ptr<void> lease{};       ///< Let go once it is over, or was refused.
};

/// What parts give their connections to. Thread-safety: all functions, from any thread.
class part_host {
public:
    part_host() = default;
    part_host(const part_host&) = delete;
    part_host& operator=(const part_host&) = delete;
    virtual ~part_host() = default;

    /// Whether anything can speak there: errors that are known before anything is opened.
    [[nodiscard]] virtual result<void> check(const io::endpoint& where) const = 0;
    /// Something that connects there, on a thread of its own where it may take long. It outlives the host.
    struct dialler {
        bool may_block = false;
        function<result<std::unique_ptr<io::byte_stream>>()> dial;
    };
    [[nodiscard]] virtual dialler dial(const io::endpoint& where,
                                       const std::string& text) const = 0;
    /// Listens, and gives the real endpoint. `broken` is called once if it cannot go on.
    [[nodiscard]] virtual result<io::endpoint> open(const io::endpoint& where, const void* owner,
                                                    function<void(error)> broken) = 0;
    /// Makes a conversation of it, or drops it. Never waits.
    virtual void take(arrival come) = 0;
    /// Closes what a part listens at, and ends its conversations.
    virtual void close_owned(const void* owner, const error& reason) = 0;
    /// The loop for timers, and where its ends are told.
    [[nodiscard]] virtual io::event_loop& loop() const = 0;
    [[nodiscard]] virtual log_sink& log() const = 0;
};

/// One part. Made by `make_part`.
///
/// Thread-safety: all functions, from any thread, but for one `start` after another `stop` or end at a time. None is called
/// with a lock of its host's or another part's held.
class carrier_part : public std::enable_shared_from_this<carrier_part> {
public:
    using failures = std::vector<carrier_failure>;
    using started =
        function<void(failures)>; ///< Once for each start; nothing failed where it is empty.
    using ended = function<void(
        error)>; ///< At most once for each start that succeeded, and not after `stop`.

    carrier_part(std::weak_ptr<part_host> host, std::string name)
        : host_(std::move(host)), name_(std::move(name)) {}
    carrier_part(const carrier_part&) = delete;
    carrier_part& operator=(const carrier_part&) = delete;
    virtual ~carrier_part() = default;

    /// REQUIRES: it does not run. `done` may be called before this returns.
    virtual void start(started done, ended over) = 0;
    /// Idempotent, never waits. A start that is under way fails for that reason.
    virtual void stop(const error& reason) = 0;
    /// Nothing new is to begin, and what there is goes on.
    virtual void rest() {}
    /// Its expression, with real ports where it runs.
    [[nodiscard]] virtual std::string text() const { return name_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

protected:
    const std::weak_ptr<part_host> host_;

private:
    const std::string name_;
};

/// The life of a part: who is to be told, once each.
class part_run {
public:
    /// Numbers the run that begins.
    [[nodiscard]] std::uint64_t begin(carrier_part::started done, carrier_part::ended over);
    /// Each says whether it was still that run's turn, and does nothing otherwise.
    bool succeed(std::uint64_t run);
    bool fail(std::uint64_t run, carrier_part::failures all);
    /// What has not begun yet has failed.
    bool end(std::uint64_t run, const std::string& name, const error& reason);
    bool stop(const std::string& name, const error& reason);
    [[nodiscard]] bool is(std::uint64_t run) const;
    [[nodiscard]] bool is_running() const;

private:
    enum class phase : std::uint8_t { idle, starting, running };
    mutable std::mutex mutex_;
    std::uint64_t run_ = 0;
    phase phase_ = phase::idle;
    carrier_part::started done_;
    carrier_part::ended over_;
};

/// Makes the parts of an expression. `endpoints`: what is done at those that do not say.
///
/// Errors: those of part_host::check; unsupported.
[[nodiscard]] result<std::shared_ptr<carrier_part>>
make_part(const std::shared_ptr<part_host>& host, const io::transport_expression& of,
          io::leaf_use endpoints);

/// All that failed, in one error.
[[nodiscard]] error join_failures(std::string_view name, const carrier_part::failures& all);

} // namespace beckon
