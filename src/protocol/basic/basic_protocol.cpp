#include "protocol/basic/basic_protocol.hpp"

#include <algorithm>

#include "protocol/basic/numbers.hpp"

namespace beckon {

std::unique_ptr<protocol> make_basic_protocol(basic::options options) {
    if (options.plays == basic::role::server)
        return std::make_unique<basic::server_protocol>(options);
    return std::make_unique<basic::client_protocol>(options);
}

} // namespace beckon

namespace beckon::basic {

namespace {
constexpr std::size_t size_bytes = 4;

[[nodiscard]] std::size_t size_in(byte_view input) noexcept {
    std::size_t size = 0;
    for (std::size_t i = 0; i < size_bytes; ++i)
        size |= std::to_integer<std::size_t>(input[i]) << (8 * i);
    return size;
}
} // namespace

protocol_traits basic_protocol::common_traits() noexcept {
    protocol_traits traits;
    traits.dynamic = true;
    traits.greets = false;
    traits.has_pings = false;
    traits.has_credit = false;
    traits.tells_parents = false;
    traits.calls_follow_greeting = false;
    traits.tells_types = false;
    traits.numbers_answers = false;
    traits.addresses_by_name = true;
    traits.max_message_bytes = default_message_bytes;
    traits.default_timeout = std::chrono::seconds(20);
    return traits;
}

void basic_protocol::settle(session_events& events) {
    if (settled_) return;
    limits_ = events.limits();
    most_bytes_ = limits_.max_message_bytes;
    settled_ = true;
}

std::size_t basic_protocol::message_size(byte_view input) const noexcept {
    if (input.size() < size_bytes) return 0;
    const std::size_t size = size_in(input);
    // What cannot be read is offered as it is, to be refused.
    return size < head_bytes || size > most_bytes_ ? size_bytes : size;
}

result<consumed> basic_protocol::consume(byte_view input, session_events& events) {
    settle(events);
    std::size_t at = 0;
    while (input.size() - at >= size_bytes) {
        const byte_view left = input.subspan(at);
        const std::size_t size = size_in(left);
        if (size < head_bytes) {
            return out_of_step(
                fail(errc::protocol_error, "Reported message size too small: ", size), events);
        }
        if (size > most_bytes_) {
            return out_of_step(fail(errc::limit_exceeded, "peer announced a message of ", size,
                                    " bytes; limit is ", most_bytes_, " bytes (max_message_bytes)"),
                               events);
        }
        if (left.size() < size) break;
        at += size;
        const byte_view message = left.first(size);
        BECKON_ASSIGN(const verdict next,
                      take(std::to_integer<std::uint8_t>(message[size_bytes]),
                           message.subspan(head_bytes), input.subspan(at), events));
        if (next != verdict::go_on) return consumed{at, next};
    }
    return consumed{at, verdict::go_on};
}

} // namespace beckon::basic
