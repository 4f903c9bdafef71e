// Frames: a length of four bytes, most significant first, and a pickle. Requests and replies as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "beckon/base/limits.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/codec/pickle.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/protocol/pyrpc/pyrpc.hpp"
#include "beckon/value/value.hpp"

namespace beckon::pyrpc {

inline constexpr std::size_t header_bytes = 4;
inline constexpr std::size_t default_message_bytes = 64u << 20;

/// The length in a frame's header. REQUIRES: `frame` has header_bytes.
[[nodiscard]] std::size_t length_at(byte_view frame) noexcept;
/// A header to be given its length by `end_frame`; where it begins.
[[nodiscard]] std::size_t begin_frame(buffer& out);
void end_frame(buffer& out, std::size_t begins_at) noexcept;

/// What the limits of a session say for pickles.
[[nodiscard]] pickle::read_options reading(const limits& allowed);

/// What a request asks for.
struct request {
    enum class kind_of_request : std::uint8_t {
        call,
        put, ///< A call whose caller comes back for the outcome.
        get, ///< Asks for that.
    };
    kind_of_request what = kind_of_request::call;
    dynamic_request call{};
    value id{};                       ///< Of put and get.
    std::optional<double> due_time{}; ///< Of put: when the caller loses interest.
};

/// Why something is no request, and what a peer is told of it.
struct bad_request {
    std::string type; ///< "builtins.TypeError"; "protocol_error" for what pyrpc calls so.
    std::string text;
};

/// What a pickle asks for. `takes_jobs`: as a server with `nonblocking` reads it.
[[nodiscard]] std::optional<bad_request> read_request(value from, bool takes_jobs, request& into);

/// The item of whatever Python can iterate over; nothing where it cannot.
[[nodiscard]] std::optional<std::vector<value>> iterated(const value& from);
/// The failure to write a message, told of a part of it: "[0][5]: ..." of the part "[0]" is "[5]: ...".
[[nodiscard]] error of_part(error failure, std::string_view part);

/// "int64", "tuple of 2 items".
[[nodiscard]] std::string shape_of(const value& what);

} // namespace beckon::pyrpc
