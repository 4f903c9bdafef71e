// The server's end of one HTTP connection: gives the bodies of requests as messages, one at a time, and takes the answers.
//
// All that is shared is guarded by `mutex_`; nothing waits while it is held. The descriptor tells of the stream below while
// input is wanted, or room for an answer of this transport's own, which nobody else waits to send; of a timer; and of what
// no system call tells: see io::readiness.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "beckon/base/log.hpp"
#include "beckon/io/byte_stream.hpp"
#include "io/descriptor.hpp"
#include "io/readiness.hpp"
#include "transport/http/body.hpp"

namespace beckon::transport::http {

/// What all connections of a listener share.
struct server_rules {
    std::string path = "/";
    beckon::http::origin_policy cors{};
    nanoseconds idle = std::chrono::seconds(60); ///< 0: for ever
    nanoseconds head_within = std::chrono::seconds(5);
    nanoseconds message_within = std::chrono::seconds(5); ///< See io::listen_options: of a body.
    std::size_t min_message_progress = 4096;
    /// From the last answer to the end of a client that does not end the connection itself.
    nanoseconds drains_for = std::chrono::seconds(1);
    std::size_t max_message_bytes = 16u << 20;
    log_sink* log = &null_log();
    mutable std::atomic<std::uint64_t> refused{0}; ///< Requests, for the log.
};

class server_stream final : public io::byte_stream {
public:
    /// Errors: io_error without descriptors.
    [[nodiscard]] static result<std::unique_ptr<io::byte_stream>>
    create(std::shared_ptr<const server_rules> rules, std::unique_ptr<io::byte_stream> below);
    ~server_stream() override;

    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept override;
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept override;
    [[nodiscard]] int read_descriptor() const noexcept override { return readiness_.descriptor(); }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return below_->write_descriptor();
    }
    io::message_mode keep_messages() noexcept override { return io::message_mode::answered; }
    void acknowledge_at_once() noexcept override { below_->acknowledge_at_once(); }
    void shutdown_write() noexcept override;
    void close() noexcept override;
    [[nodiscard]] std::string peer_name() const override { return peer_; }
    [[nodiscard]] bool is_local() const noexcept override { return below_->is_local(); }
    [[nodiscard]] std::string exit_description() const override;
    [[nodiscard]] std::optional<io::peer_identity> identity() const override {
        return below_->identity();
    }

private:
    enum class stage : std::uint8_t {
        idle,      ///< Nothing of a request has come.
        head,      ///< A part of its head.
        body,      ///< Its head.
        answering, ///< The protocol has it.
        draining, ///< The last answer has left; what still comes is dropped, so that the answer is not.
        over,
    };

    server_stream(std::shared_ptr<const server_rules> rules, std::unique_ptr<io::byte_stream> below,
                  io::readiness ready, io::descriptor timer);

    [[nodiscard]] io::io_result give_up() noexcept;
    // REQUIRES: mutex_ is held.
    [[nodiscard]] io::io_result take(std::span<std::byte> into);
    [[nodiscard]] io::io_result send(std::span<const byte_view> gathered);
    [[nodiscard]] bool go_on();
    [[nodiscard]] bool owes_own() const noexcept;
    void flush_own();
    void begin_request(const head& request);
    [[nodiscard]] std::string why_not(const head& request, const body_plan& plan, unsigned& status,
                                      std::string& more) const;
    void give_content();
    void respond(unsigned status, std::string_view more, std::string_view text,
                 bool has_body = true);
    [[nodiscard]] bool put(byte_view view, std::size_t& taken);
    void answered();
    [[nodiscard]] bool flush() noexcept;
    void enter(stage next) noexcept;
    void look_at_time();
    void look_at_client();
    void watch() noexcept;
    void set_timer(nanoseconds from_now) noexcept;

    const std::shared_ptr<const server_rules> rules_;
    const std::unique_ptr<io::byte_stream> below_;
    const io::descriptor timer_;
    const std::string peer_;

    mutable std::mutex mutex_;
    stage stage_ = stage::idle;
    buffer raw_; ///< What has come and was not looked at.
    body_reader body_;
    std::size_t body_before_ = 0; ///< At the last look at the time.
    buffer held_;                 ///< A message for the protocol, from held_at_ on.
    std::size_t held_at_ = 0;
    std::string cors_;  ///< Lines of the response that let the page read it.
    bool keeps_ = true; ///< The connection stays after the answer.
    bool is_old_ = false;
    bool skipped_line_ = false; ///< An empty one, since the last request.

    buffer out_;
    std::size_t sent_ = 0;
    std::size_t owed_ = 0; ///< Bytes of the caller's in `out_`, hence not taken.
    std::byte size_[4] = {};
    std::size_t size_bytes_ = 0;
    std::size_t left_ = 0; ///< Of the answer.
    bool ends_ = false;    ///< Nothing more is to be said once `out_` has left.
    bool told_below_ = false;
    int lost_ = 0;
    int broken_ = 0; ///< Why this side cannot go on; an errno value.

    io::readiness readiness_;
    time_point due_ = never;
    nanoseconds looks_after_{0}; ///< At who waits for an answer.
    unsigned renewals_ = 0;      ///< Of the time that the last answer has to leave.
    /// What is here was not all looked at: others get their turn, or nobody has told of it.
    bool has_more_ = below_->has_waiting_input();
    bool closed_ = false;
    std::string ended_how_;
    std::vector<std::string> refusals_; ///< To be logged when nothing is locked.
};

} // namespace beckon::transport::http
