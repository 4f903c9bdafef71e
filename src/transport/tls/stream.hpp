// One TLS connection over any byte stream.
//
// Who locks what: `mutex_` guards the SSL object and what is to leave. Bytes are written below with the mutex held, since
// that never waits; they are read below without it, by the one reader. The stream tells input that OpenSSL holds already
// by a descriptor of its own: see io::readiness.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "beckon/base/result.hpp"
#include "io/greeting_stream.hpp"
#include "io/readiness.hpp"
#include "transport/tls/judge.hpp"
#include "transport/tls/wire.hpp"

namespace beckon::transport::tls {

/// Bytes that a peer may send before its handshake is done.
inline constexpr std::size_t most_handshake_bytes = 64u << 10;
/// The first message of a client may be so long.
inline constexpr std::size_t most_hello_bytes = 16u << 10;
/// Keys are renewed after so many bytes in one direction (TLS 1.3), long before AES-GCM wears out.
inline constexpr std::uint64_t renew_keys_after = std::uint64_t(64) << 30;

using handshake = io::greeting;
inline constexpr io::greeting_words greeting_words{"TLS", "tls", "BKN-TLS-HANDSHAKE"};

/// First `advance` until the handshake is done, by one thread; then it is a byte stream.
class stream final : public io::greeting_stream {
public:
    /// Errors: io_error without descriptors or memory; invalid_argument for the name to expect.
    [[nodiscard]] static result<std::unique_ptr<stream>>
    create(std::shared_ptr<const side> own, std::unique_ptr<io::byte_stream> below,
           std::uint64_t renew_after = renew_keys_after);
    ~stream() override;

    [[nodiscard]] handshake advance() noexcept override;
    [[nodiscard]] const std::optional<error>& failure() const noexcept override { return failure_; }
    [[nodiscard]] io::byte_stream& below() noexcept override { return *below_; }
    [[nodiscard]] bool has_heard() const noexcept override { return heard_ != 0; }

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
    bool separate_views() noexcept override { return apart_ = true; }
    void shutdown_write() noexcept override;
    void close() noexcept override;
    [[nodiscard]] std::string peer_name() const override { return peer_; }
    [[nodiscard]] bool is_local() const noexcept override { return below_->is_local(); }
    [[nodiscard]] io::reader_state peer_reads() const noexcept override {
        return below_->peer_reads();
    }
    [[nodiscard]] std::string exit_description() const override;
    [[nodiscard]] bool was_refused() const override;
    [[nodiscard]] std::optional<io::peer_identity> identity() const override { return identity_; }
    [[nodiscard]] std::string agreed_protocol() const override;

private:
    stream(std::shared_ptr<const side> own, std::unique_ptr<io::byte_stream> below,
           io::readiness ready, std::uint64_t renew_after);

    // REQUIRES: mutex_ is held.
    enum class flushed { all, blocked, failed };
    flushed flush() noexcept;
    void settle_output();
    void end_writing();
    [[nodiscard]] bool has_input() const noexcept;
    [[nodiscard]] std::size_t decrypt(std::span<std::byte> into);
    [[nodiscard]] std::size_t encrypt(std::span<const byte_view> views, std::size_t skip);
    [[nodiscard]] bool encrypt_one(byte_view plain);
    void fail_with(error reason);
    [[nodiscard]] handshake go_on();
    [[nodiscard]] handshake finish();
    [[nodiscard]] bool look_at_first(byte_view came);
    bool refuse_first(byte_view first);

    [[nodiscard]] io::io_result send(std::span<const byte_view> gathered);
    [[nodiscard]] io::io_result receive(std::span<std::byte> into, const nanoseconds* at_most);
    [[nodiscard]] io::io_result give_up() noexcept;
    [[nodiscard]] io::io_result outcome(std::size_t got) noexcept;
    void keep_rest();

    const std::shared_ptr<const side> side_;
    const std::unique_ptr<io::byte_stream> below_;
    const std::string peer_;
    const std::uint64_t renew_after_;

    mutable std::mutex mutex_;
    wire wire_;
    ssl_ptr ssl_; ///< Holds the BIO that holds the wire's address.
    judgement judgement_;
    std::optional<error> failure_; ///< Why the stream is beyond repair.
    std::string ended_how_;        ///< See exit_description.
    std::optional<io::peer_identity> identity_;
    bool apart_ = false; ///< See separate_views.
    std::size_t owed_ =
        0; ///< Bytes of the caller's that are encrypted but not gone, hence not taken.
    std::uint64_t renewed_ = 0; ///< Bytes encrypted since the keys were new.
    int lost_ = 0;              ///< Why nothing can be written below any more; an errno value.
    bool established_ = false;  ///< The handshake is done.
    bool write_ended_ = false;
    bool told_below_ = false; ///< That no more bytes follow.
    std::atomic<bool> closed_{false};

    // The reader's own.
    io::readiness readiness_;
    bytes held_; ///< What `wire_.in` is a view of, where it is not empty between two reads.
    bool read_ended_ = false; ///< The peer has said that no more follows.
    std::size_t heard_ = 0;   ///< Bytes of the handshake.
    std::array<std::byte, 16> first_{};
};

} // namespace beckon::transport::tls
