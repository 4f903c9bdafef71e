#include "protocol/rpyc/message.hpp"

#include "beckon/base/assert.hpp"

namespace beckon::rpyc {

namespace {

constexpr std::size_t binding_bytes = 16;
constexpr std::byte three_tuple{0x12}; // the tag that each message of v5 begins with

constexpr bool is_kind(std::int64_t number) noexcept { return number >= 1 && number <= 3; }

std::uint64_t get_u64(byte_view from) noexcept {
    std::uint64_t number = 0;
    for (const std::byte each : from.first(8))
        number = number << 8 | std::to_integer<std::uint64_t>(each);
    return number;
}

void put_u64(buffer& out, std::uint64_t number) {
    std::byte* const to = out.grow(8);
    for (unsigned i = 0; i < 8; ++i) to[i] = static_cast<std::byte>(number >> (56 - 8 * i) & 0xff);
}

/// How many bytes stand before the first one that is brine.
std::size_t bytes_before_brine(layout laid_out) noexcept {
    return (laid_out.bind_threads ? binding_bytes : 0) + (laid_out.dialect == dialect::v6 ? 1 : 0);
}

error unknown_kind(std::int64_t number) {
    return fail(errc::protocol_error, "peer sent a message of type ", number,
                "; expected 1 (request), 2 (reply) or 3 (exception)");
}

/// Reads up to the body; `in` stands at the first byte of brine.
result<void> read_head(envelope& into, byte_view brine, dialect spoken) {
    brine::reader& in = into.body;
    if (spoken == dialect::v5) {
        in.get_tuple_of(3);
        const std::int64_t number = in.get_integer();
        if (in.failed()) return in.take_failure();
        if (!is_kind(number)) return unknown_kind(number);
        into.kind = static_cast<message_kind>(number);
    } else {
        in.get_tuple_of(2);
    }
    in.enter();
    const std::size_t begin = in.offset();
    in.skip();
    if (in.failed()) return in.take_failure();
    into.sequence = brine.subspan(begin, in.offset() - begin);
    return {};
}

std::optional<std::int64_t> number_of(byte_view sequence, const limits& limits) {
    brine::reader in(sequence, limits);
    if (in.peek() != brine::item::integer) return std::nullopt;
    const std::int64_t number = in.get_integer();
    if (in.failed()) return std::nullopt;
    return number;
}

/// All that stands before the sequence.
void put_start(buffer& out, layout laid_out, message_kind kind, thread_binding threads) {
    if (laid_out.bind_threads) {
        put_u64(out, threads.sender);
        put_u64(out, threads.target);
    }
    if (laid_out.dialect == dialect::v6) {
        *out.grow(1) = static_cast<std::byte>(kind);
        brine::put_tuple(out, 2);
    } else {
        brine::put_tuple(out, 3);
        brine::put_integer(out, static_cast<std::int64_t>(kind));
    }
}

} // namespace

std::optional<dialect> dialect_of(byte_view message, bool bind_threads) noexcept {
    const std::size_t at = bind_threads ? binding_bytes : 0;
    if (message.size() <= at) return std::nullopt;
    if (message[at] == three_tuple) return dialect::v5;
    if (is_kind(std::to_integer<std::int64_t>(message[at]))) return dialect::v6;
    return std::nullopt;
}

result<envelope> read_envelope(byte_view message, layout laid_out, const limits& limits) {
    const std::size_t before = bytes_before_brine(laid_out);
    if (message.size() <= before) {
        return fail(errc::protocol_error, "peer sent a message of ", message.size(),
                    " bytes; expected more than ", before);
    }
    const byte_view brine = message.subspan(before);
    envelope made{{}, {}, {}, {}, brine::reader(brine, limits)};
    if (laid_out.bind_threads) {
        made.threads = {get_u64(message), get_u64(message.subspan(8))};
    }
    if (laid_out.dialect == dialect::v6) {
        const auto number = std::to_integer<std::int64_t>(message[before - 1]);
        if (!is_kind(number)) return unknown_kind(number);
        made.kind = static_cast<message_kind>(number);
    }
    BECKON_TRY(read_head(made, brine, laid_out.dialect));
    if (made.kind != message_kind::request) made.number = number_of(made.sequence, limits);
    return made;
}

bool is_brine(byte_view message, layout laid_out, const limits& limits) {
    const std::size_t before = bytes_before_brine(laid_out);
    if (message.size() <= before) return false;
    brine::reader in(message.subspan(before), limits);
    in.skip();
    return !in.failed();
}

result<std::int64_t> read_handler(brine::reader& body) {
    body.get_tuple_of(2);
    body.enter();
    const std::int64_t number = body.get_integer();
    if (body.failed()) return body.take_failure();
    return number;
}

void put_envelope(buffer& out, layout laid_out, message_kind kind, byte_view sequence,
                  thread_binding threads) {
    BECKON_ASSERT(!sequence.empty(), "a message has a sequence");
    put_start(out, laid_out, kind, threads);
    out.append(sequence);
}

void put_request(buffer& out, layout laid_out, std::int64_t number, handler asked,
                 thread_binding threads) {
    put_start(out, laid_out, message_kind::request, threads);
    brine::put_integer(out, number);
    brine::put_tuple(out, 2);
    brine::put_integer(out, static_cast<std::int64_t>(asked));
}

} // namespace beckon::rpyc
