// A connection before its protocol begins: for authenticators that decide by where it comes from, or exchange bytes of
// their own.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"

namespace beckon {

namespace io {
class byte_stream;
}

/// What both sides of a connection have before the first message: names, and bytes. Each function waits for the peer at
/// most until the time for the whole handshake is over (`limits::handshake_within`).
///
/// Errors: thrown, as the types of exception.hpp: timeout_error; disconnected_error; limit_exceeded_error.
/// Thread-safety: none; it lives as long as the function that it was given to runs.
class raw_connection {
public:
    raw_connection(io::byte_stream& stream, time_point deadline) noexcept
        : stream_(stream), deadline_(deadline) {}
    raw_connection(const raw_connection&) = delete;
    raw_connection& operator=(const raw_connection&) = delete;

    /// "tcp://10.0.0.7:40213".
    [[nodiscard]] std::string peer_name() const;
    /// Whether the peer is certainly on this machine.
    [[nodiscard]] bool is_local() const;
    /// Whatever else its transport knows.
    [[nodiscard]] const io::byte_stream& stream() const noexcept { return stream_; }

    /// Exactly so many bytes; what follows them is the protocol's.
    [[nodiscard]] bytes read(std::size_t count);
    /// The text up to the next line feed, without that.
    [[nodiscard]] std::string read_line(std::size_t at_most = 1024);
    void write(byte_view content);
    void write(std::string_view text) { write(as_bytes(text)); }

private:
    io::byte_stream& stream_;
    const time_point deadline_;
};

/// Says who connects, as handlers know it from then on (this_call::caller_name), or refuses by an error or an exception:
/// then the connection is closed without a word. An empty name leaves it to the protocol's greeting.
///
/// Runs for each connection on a thread of its own, `max_connection_handshakes` at once; of these at most a quarter from one
/// address of another machine, and further ones from there are refused meanwhile.
using connection_authenticator = std::function<result<std::string>(raw_connection&)>;

/// What a client does with a connection before the protocol begins; an error or an exception ends the attempt.
using connection_handshake = std::function<result<void>(raw_connection&)>;

inline constexpr std::size_t max_connection_handshakes = 64;

} // namespace beckon
