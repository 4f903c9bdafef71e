// A bidirectional, non-blocking stream of bytes: what every connected transport looks like from above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/error.hpp"
#include "beckon/base/time.hpp"

namespace beckon::io {

enum class io_status : std::uint8_t {
    ok,          ///< `size` bytes were moved; fewer than asked for is normal.
    would_block, ///< Nothing can be moved now; poll the descriptor.
    end,         ///< Reading: the peer finished its side, or we closed ours. Never for writing.
    failed,      ///< The stream is beyond repair; `os_error` says why.
};

/// What one read or write did.
struct io_result {
    io_status status = io_status::ok;
    std::size_t size = 0;
    int os_error = 0; ///< An errno value, or 0.
};

/// The failure of a read or write as an error: `disconnected` with the operating system's words.
///
/// Example: `to_error(result, "reading from", stream.peer_name())`.
[[nodiscard]] error to_error(const io_result& failed, std::string_view doing,
                             std::string_view peer);

/// Who a peer is, as far as a transport has proven it: by a certificate that was checked.
struct peer_identity {
    std::string
        user; ///< The subject's common name; without one the first of `names`, or the subject.
    std::string subject;     ///< "CN=alice,O=Example".
    std::string issuer;      ///< In the same form.
    std::string fingerprint; ///< SHA-256 of the certificate, in hexadecimal digits.
    std::vector<std::string>
        names; ///< Alternative names: "DNS:localhost", "IP:127.0.0.1", "email:a@b.c".
};

/// What a transport does that has messages of its own (a WebSocket message, an HTTP body, a datagram).
enum class message_mode : std::uint8_t {
    none,     ///< It has bytes alone.
    free,     ///< Either side sends messages when it likes.
    answered, ///< HTTP: each message of the client is answered with exactly one of the server, in order; an empty one says
              ///< nothing.
};

/// What a peer begins with where a transport has messages beside bytes; see byte_stream::first_content.
enum class first_content : std::uint8_t {
    nothing,  ///< It has said nothing yet.
    begun,    ///< It has begun to say something, and that tells nothing yet.
    bytes,    ///< Also of transports that have nothing else, and of a stream that has ended.
    messages, ///< For who asks to keep them.
};

/// Whom a stream is for, among those of a transport where anybody may talk with anybody (udp, bus).
enum class audience : std::uint8_t {
    peer,      ///< One peer, and what is for everybody goes to it too. All other transports.
    everybody, ///< All there are at once, whoever they are.
    aside, ///< One peer that hears what is for everybody by another stream, or is this side itself.
};

/// Whether a peer, which may have ended its output, reads what this side writes.
enum class reader_state : std::uint8_t {
    unknown, ///< The end of its output, if it comes, may be the end of both directions.
    gone,
    there, ///< When it goes, asking again tells.
    shown_by_writing, ///< Whether it has gone or reads on shows only when something is written (TCP): then asking tells.
};

/// Most views that one `write` sends; further ones wait for the next call.
inline constexpr std::size_t max_gathered = 64;

/// A connected stream.
///
/// Thread-safety: one thread may read while another writes; two may not do the same at once.
/// `close`, `shutdown_write`, the descriptors and the names are safe from any thread at any time.
/// Lifetime: the descriptors stay open, so that their numbers mean the same, until the destructor;
/// `close` ends the conversation at once but does not free the numbers. End every watch of the
/// descriptors before `close`.
class byte_stream {
public:
    byte_stream() = default;
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    virtual ~byte_stream() = default;

    /// Moves what has arrived, at most `into.size()` bytes. Never blocks.
    [[nodiscard]] virtual io_result read(std::span<std::byte> into) noexcept = 0;

    /// Like `read`, but waits for the first byte: in one system call where the transport allows it.
    /// Gives `would_block` when nothing came; that may be earlier than after `at_most`, never later
    /// by more than the clock's grain, so call it in a loop. `close` from another thread ends it on
    /// sockets and in memory; elsewhere at the latest when `at_most` has passed.
    [[nodiscard]] virtual io_result read_waiting(std::span<std::byte> into,
                                                 nanoseconds at_most) noexcept;

    /// Sends the views one after the other in one system call, as much as fits now (and at most
    /// `max_gathered` views that are not empty). Never blocks and never raises SIGPIPE. What was not taken comes first
    /// in the next call: a transport that encrypts may have begun with it.
    [[nodiscard]] virtual io_result write(std::span<const byte_view> gathered) noexcept = 0;

    /// Descriptor that polls readable when `read` would not give `would_block`.
    [[nodiscard]] virtual int read_descriptor() const noexcept = 0;
    /// Whether there is input that the descriptor does not tell of, since it was read before this stream was made. Whoever
    /// begins to watch the descriptor reads first where this says so; a read that gives `would_block` has taken all of it.
    [[nodiscard]] virtual bool has_waiting_input() const noexcept { return false; }
    /// Descriptor that polls writable when `write` would not give `would_block`. Often the same.
    [[nodiscard]] virtual int write_descriptor() const noexcept = 0;

    /// What arrives is to be acknowledged at once, rather than with the next output, where the transport has a choice.
    /// For peers that hold back a message until the one before it is acknowledged. Before the first read.
    virtual void acknowledge_at_once() noexcept {}

    /// For peers that must be able to receive each message by itself: from now on no two views of a `write` share a
    /// record. Says whether the transport has records at all. Before the first write.
    virtual bool separate_views() noexcept { return false; }

    /// For protocols that put one message of theirs into each of the transport's. Where it has messages, from now on
    /// what `read` gives is, for each that came, its size as four bytes, little-endian, and then its content; what is
    /// written has to be so too. Without this call the contents follow each other as in any stream. Before the first
    /// read and write.
    virtual message_mode keep_messages() noexcept { return message_mode::none; }

    /// Whether the peer speaks in messages that `keep_messages` is for (of WebSocket: text), or in those that are as good as
    /// bytes. Looks at what has come, which `read` gives all the same. Never blocks; before the first read.
    [[nodiscard]] virtual first_content begins_with() noexcept { return first_content::bytes; }

    /// Tells the peer that no more bytes follow; reading goes on. Idempotent, never blocks.
    virtual void shutdown_write() noexcept = 0;

    /// Ends both directions. Bytes already written still leave where the transport can do that.
    /// Afterwards `read` gives `end` and `write` fails with EPIPE. Idempotent, never blocks.
    virtual void close() noexcept = 0;

    /// Whether anybody reads what is written; where the peer's output has not ended, by that. Never blocks.
    [[nodiscard]] virtual reader_state peer_reads() const noexcept { return reader_state::unknown; }

    /// Who is at the other end, for messages: "tcp://127.0.0.1:40213", "exec:clangd (pid 123)".
    [[nodiscard]] virtual std::string peer_name() const = 0;

    /// Whether the peer is certainly on this machine: loopback, unix, pipe, child, memory.
    [[nodiscard]] virtual bool is_local() const noexcept = 0;

    /// What is known of how the peer ended, once it did: "exited with status 3". Empty where the
    /// transport cannot tell.
    [[nodiscard]] virtual std::string exit_description() const { return {}; }

    /// How large one of its messages may be at most, without its size; 0 where only the protocol's limit holds.
    [[nodiscard]] virtual std::size_t max_message_bytes() const noexcept { return 0; }

    [[nodiscard]] virtual audience reaches() const noexcept { return audience::peer; }

    /// Whether the stream failed because of who this side is to the peer: a certificate that it misses or does not take.
    [[nodiscard]] virtual bool was_refused() const { return false; }

    /// Who the peer is, where the transport has proof of it.
    [[nodiscard]] virtual std::optional<peer_identity> identity() const { return {}; }

    /// What both sides have agreed to speak (ALPN); empty where nothing was agreed.
    [[nodiscard]] virtual std::string agreed_protocol() const { return {}; }
};

} // namespace beckon::io
