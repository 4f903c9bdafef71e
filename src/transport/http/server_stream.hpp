// The server's end of one HTTP connection: gives the bodies of requests as messages, one at a time, and takes the answers.
//
// All that is shared is guarded by `mutex_`; nothing waits while it is held. The descriptor is an epoll set: of the stream
// below while input is wanted, of a timer, and of one that is always ready while there is something that no system call
// tells.
#pragma once

#include <mutex>
#include <string>

#include "beckon/base/log.hpp"
#include "beckon/io/byte_stream.hpp"
#include "io/descriptor.hpp"
#include "transport/http/body.hpp"

namespace beckon::transport::http {

/// What all connections of a listener share.
struct server_rules {
    std::string path = "/";
    beckon::http::origin_policy cors{};
    nanoseconds idle = std::chrono::seconds(60); ///< 0: for ever
    nanoseconds step = std::chrono::seconds(5);  ///< For a head, and for each 4 KiB of a body.
    std::size_t max_message_bytes = 16u << 20;
    log_sink* log = &null_log();
    io::descriptor always_ready{};
};

class server_stream final : public io::byte_stream {
public:
    /// Errors: io_error without descriptors.
    [[nodiscard]] static result<std::unique_ptr<io::byte_stream>>
    create(std::shared_ptr<const server_rules> rules, std::unique_ptr<io::byte_stream> below);
    ~server_stream() override;

    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept override;
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept override;
    [[nodiscard]] int read_descriptor() const noexcept override { return readiness_.get(); }
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
                  io::descriptor readiness, io::descriptor timer);

    // REQUIRES: mutex_ is held.
    [[nodiscard]] bool go_on();
    void begin_request(const head& request);
    [[nodiscard]] std::string why_not(const head& request, const body_plan& plan, unsigned& status,
                                      std::string& more) const;
    void give_content();
    void respond(unsigned status, std::string_view more, std::string_view text);
    [[nodiscard]] bool put(byte_view view, std::size_t& taken);
    void answered();
    [[nodiscard]] bool flush() noexcept;
    void enter(stage next) noexcept;
    void look_at_time();
    void watch() noexcept;
    void set_timer(nanoseconds from_now) noexcept;

    const std::shared_ptr<const server_rules> rules_;
    const std::unique_ptr<io::byte_stream> below_;
    const io::descriptor readiness_;
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

    buffer out_;
    std::size_t sent_ = 0;
    std::size_t owed_ = 0; ///< Bytes of the caller's in `out_`, hence not taken.
    std::byte size_[4] = {};
    std::size_t size_bytes_ = 0;
    std::size_t left_ = 0; ///< Of the answer.
    bool ends_ = false;    ///< Nothing more is to be said once `out_` has left.
    bool told_below_ = false;
    int lost_ = 0;

    time_point due_ = never;
    bool watches_below_ = false;
    bool shows_pending_ = false;
    bool closed_ = false;
    std::string ended_how_;
};

} // namespace beckon::transport::http
