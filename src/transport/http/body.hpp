// Bodies of HTTP/1.1 messages: how long one is, and how it is read, strictly (RFC 9112, sections 6 and 7).
#pragma once

#include <cstdint>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "codec/http_head.hpp"

namespace beckon::transport::http {

using beckon::http::head;

enum class body_kind : std::uint8_t {
    none,
    sized,
    chunked,
    to_the_end, ///< Of a response: until its sender ends the connection.
};

struct body_plan {
    body_kind kind = body_kind::none;
    std::uint64_t size = 0; ///< Of a sized one.
};

/// How a body's end is found. What two programs could understand differently is refused.
///
/// Errors: protocol_error: both lengths, several ones, one that is no number; unsupported: another coding than chunked.
[[nodiscard]] result<body_plan> plan_of_request(const head& request);
[[nodiscard]] result<body_plan> plan_of_response(const head& response);

/// Reads one body.
///
/// Thread-safety: none.
class body_reader {
public:
    /// Errors: limit_exceeded, before anything is read.
    [[nodiscard]] result<void> begin(const body_plan& plan, std::size_t most_bytes);
    /// Takes what belongs to the body off the front of `came`.
    ///
    /// Errors: protocol_error for a chunk that is none; limit_exceeded once there is too much.
    [[nodiscard]] result<void> take(byte_view& came);
    /// The connection has ended: whether that ends the body as well.
    [[nodiscard]] bool end_of_input() noexcept;
    [[nodiscard]] bool done() const noexcept { return done_; }
    [[nodiscard]] buffer& content() noexcept { return content_; }

private:
    [[nodiscard]] result<void> take_line(std::string_view line);
    [[nodiscard]] error too_long(std::uint64_t size) const;

    enum class awaits : std::uint8_t { size_line, content, end_of_chunk, trailer };

    body_plan plan_;
    std::size_t most_bytes_ = 0;
    buffer content_;
    std::string line_;
    std::size_t trailer_bytes_ = 0;
    std::uint64_t left_ = 0; ///< Of a sized body, or of a chunk.
    awaits next_ = awaits::size_line;
    bool done_ = true;
};

} // namespace beckon::transport::http
