// One WebSocket over any byte stream.
//
// Who locks what: `mutex_` guards the frames and what is to leave. Bytes are written below with the mutex held, since that
// never waits; they are read below without it, by the one reader. The descriptor tells of the stream's below, of a timer
// for pings and for messages that do not go on, and of content that is here already: see io::readiness.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "beckon/session/message_pace.hpp"
#include "io/descriptor.hpp"
#include "io/greeting_stream.hpp"
#include "io/parting_words.hpp"
#include "io/readiness.hpp"
#include "transport/ws/side.hpp"

namespace beckon::transport::ws {

inline constexpr io::greeting_words greeting_words{"WebSocket", "ws", "BKN-WS-HANDSHAKE"};

class stream final : public io::greeting_stream, public io::parting_words {
public:
    /// Errors: io_error without descriptors.
    [[nodiscard]] static result<std::unique_ptr<stream>>
    create(std::shared_ptr<const side> own, std::unique_ptr<io::byte_stream> below);
    ~stream() override;

    [[nodiscard]] io::greeting advance() noexcept override;
    [[nodiscard]] const std::optional<error>& failure() const noexcept override { return failure_; }
    [[nodiscard]] io::byte_stream& below() noexcept override { return *below_; }
    [[nodiscard]] bool has_heard() const noexcept override { return heard_; }

    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept override;
    [[nodiscard]] io::io_result read_waiting(std::span<std::byte> into,
                                             nanoseconds at_most) noexcept override;
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept override;
    [[nodiscard]] int read_descriptor() const noexcept override { return readiness_.descriptor(); }
    [[nodiscard]] bool has_waiting_input() const noexcept override {
        return below_->has_waiting_input();
    }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return below_->write_descriptor();
    }
    void acknowledge_at_once() noexcept override { below_->acknowledge_at_once(); }
    io::message_mode keep_messages() noexcept override;
    [[nodiscard]] io::first_content begins_with() noexcept override;
    void shutdown_write() noexcept override;
    void end_because(errc why, std::string_view text) noexcept override;
    void close() noexcept override;
    [[nodiscard]] std::string peer_name() const override { return peer_; }
    [[nodiscard]] bool is_local() const noexcept override { return below_->is_local(); }
    [[nodiscard]] std::string exit_description() const override;
    [[nodiscard]] std::optional<io::peer_identity> identity() const override {
        return below_->identity();
    }
    [[nodiscard]] std::string agreed_protocol() const override { return subprotocol_; }

private:
    stream(std::shared_ptr<const side> own, std::unique_ptr<io::byte_stream> below,
           io::readiness ready, io::descriptor timer);

    // REQUIRES: mutex_ is held.
    enum class flushed { all, blocked, failed };
    flushed flush() noexcept;
    void settle_output();
    void end_writing(std::uint16_t code = close_code::normal, std::string_view reason = {});
    void fail_with(error reason);
    [[nodiscard]] io::greeting go_on();
    [[nodiscard]] std::optional<io::greeting> read_head();
    void ask();

    [[nodiscard]] io::io_result send(std::span<const byte_view> gathered);
    [[nodiscard]] io::io_result receive(std::span<std::byte> into, const nanoseconds* at_most);
    [[nodiscard]] io::io_result give_up() noexcept;
    [[nodiscard]] std::size_t take(byte_view came, std::span<std::byte> into);
    [[nodiscard]] io::first_content look_for_first();
    [[nodiscard]] std::optional<io::first_content> look_at_first();
    [[nodiscard]] io::io_result outcome(std::size_t got) noexcept;
    [[nodiscard]] bool is_over() const noexcept;
    void look_at_time();
    void watch_beginning();
    void look_at_beginning(time_point now);
    void look_at_silence(time_point now);
    void set_timer() noexcept;

    const std::shared_ptr<const side> side_;
    const std::unique_ptr<io::byte_stream> below_;
    const io::descriptor timer_;
    const std::string peer_;

    mutable std::mutex mutex_;
    frames frames_;
    std::size_t sent_ = 0; ///< Of what the frames have to say.
    std::size_t owed_ = 0; ///< Bytes of the caller's that are framed but not gone, hence not taken.
    std::optional<error> failure_; ///< Why the stream is beyond repair.
    std::string ended_how_;        ///< See exit_description.
    int lost_ = 0;                 ///< Why nothing can be written below any more; an errno value.
    bool write_ended_ = false;
    bool established_ = false; ///< The handshake is done.
    std::string key_;          ///< Of a client.
    std::string subprotocol_;
    std::atomic<bool> closed_{false};

    // The reader's own.
    bytes head_; ///< The handshake's, as it comes; then what came behind it.
    bool heard_ = false;
    io::readiness readiness_;
    time_point heard_at_{};
    time_point silence_due_ = never; ///< When the peer's silence is looked at.
    unsigned pings_ = 0;             ///< Unanswered ones.
    message_pace pace_;              ///< Of a message that is gathered.
    time_point pace_due_ = never;
    std::uint64_t gathered_whole_ = 0; ///< At the last look.
    std::uint64_t begun_ = 0;          ///< The frame that is to go on.
    time_point begun_due_ = never;     ///< When it is looked at.
    time_point due_ = never;           ///< What the timer is set to.
};

} // namespace beckon::transport::ws
