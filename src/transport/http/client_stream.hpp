// The client's end: each message is sent as a POST, and the body of its response is the answer. One request is under way at a
// time; what is written meanwhile waits here. A connection that the server has ended between two requests is made anew, by
// a thread of its own, since that waits.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "beckon/session/message_pace.hpp"
#include "beckon/transport/http/http.hpp"
#include "io/descriptor.hpp"
#include "io/readiness.hpp"
#include "transport/http/body.hpp"

namespace beckon::transport::http {

/// Of messages that wait to be sent.
inline constexpr std::size_t most_waiting_bytes = 16u << 20;

class client_stream final : public io::byte_stream {
public:
    /// `asks`: the request's head up to the length of its body. Errors: io_error without descriptors.
    [[nodiscard]] static result<std::unique_ptr<io::byte_stream>>
    create(std::unique_ptr<io::byte_stream> below, dialer dials, const io::connect_options& options,
           std::string asks);
    ~client_stream() override;

    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept override;
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept override;
    [[nodiscard]] int read_descriptor() const noexcept override { return readiness_.descriptor(); }
    /// Not writable while too much waits.
    [[nodiscard]] int write_descriptor() const noexcept override { return room_.get(); }
    io::message_mode keep_messages() noexcept override { return io::message_mode::answered; }
    void shutdown_write() noexcept override {}
    void close() noexcept override;
    [[nodiscard]] std::string peer_name() const override { return peer_; }
    [[nodiscard]] bool is_local() const noexcept override { return is_local_; }
    [[nodiscard]] std::string exit_description() const override;
    [[nodiscard]] std::optional<io::peer_identity> identity() const override { return identity_; }

private:
    /// A connection that is being made. Outlives the stream where that goes first.
    struct dialling {
        std::mutex mutex;
        std::optional<result<std::unique_ptr<io::byte_stream>>> made;
        io::descriptor ready; ///< Readable once it is made, or is not.
    };

    client_stream(std::unique_ptr<io::byte_stream> below, dialer dials,
                  const io::connect_options& options, std::string asks, io::readiness ready,
                  io::descriptor room, io::descriptor timer, std::shared_ptr<dialling> anew);

    [[nodiscard]] io::io_result give_up() noexcept;
    [[nodiscard]] io::io_result send(std::span<const byte_view> gathered);
    [[nodiscard]] io::io_result receive(std::span<std::byte> into);
    // REQUIRES: mutex_ is held.
    void go_on();
    [[nodiscard]] bool take_step();
    void begin_request();
    void dial();
    [[nodiscard]] bool take_connection();
    void take_response(bool at_end);
    void give_answer();
    void flush() noexcept;
    void drop_connection() noexcept;
    void fail_with(error reason);
    void look_at_time();
    void set_timer() noexcept;
    void watch() noexcept;

    dialer dials_;
    io::connect_options options_;
    const std::string asks_;
    const io::descriptor room_;
    const io::descriptor timer_;
    const std::shared_ptr<dialling> anew_;
    const std::string peer_;
    const bool is_local_;
    const std::optional<io::peer_identity> identity_;

    mutable std::mutex mutex_;
    std::unique_ptr<io::byte_stream> below_; ///< Null while there is none.
    bool dials_now_ = false;
    buffer waiting_; ///< Messages with their sizes before them, the last one perhaps in part.
    buffer out_;
    std::size_t sent_ = 0;
    bool asked_ = false; ///< A response is awaited.
    buffer raw_;
    std::optional<std::string>
        status_; ///< "404 Not Found", once the head of the response is there.
    bool is_json_ = false;
    bool keeps_ = true;
    body_reader body_;
    std::size_t response_bytes_ = 0; ///< That have come, of the one that is awaited.
    message_pace pace_;
    time_point due_ = never; ///< When it is looked at.
    buffer held_;            ///< Answers for the protocol, from held_at_ on.
    std::size_t held_at_ = 0;
    std::optional<error> failure_;
    int broken_ = 0; ///< Why this side cannot go on; an errno value.
    bool closed_ = false;
    io::readiness readiness_;
    bool has_more_ = false; ///< To do, though no descriptor tells.
    bool is_full_ = false;
};

} // namespace beckon::transport::http
