#include "protocol/pyrpc/exchange.hpp"

#include <type_traits>

namespace beckon::pyrpc {

namespace {

template <typename Number>
void put(std::byte*& to, Number number) noexcept {
    const auto bits = static_cast<std::make_unsigned_t<Number>>(number);
    for (std::size_t i = 0; i < sizeof bits; ++i)
        *to++ = static_cast<std::byte>(bits >> (8 * i) & 0xff);
}

template <typename Number>
[[nodiscard]] Number take(const std::byte*& from) noexcept {
    std::make_unsigned_t<Number> bits = 0;
    for (std::size_t i = 0; i < sizeof bits; ++i)
        bits =
            static_cast<decltype(bits)>(bits | std::to_integer<decltype(bits)>(*from++) << (8 * i));
    return static_cast<Number>(bits);
}

} // namespace

std::size_t begin_order(buffer& out, const order& of) {
    std::byte* to = out.grow(size_bytes + order_bytes) + size_bytes;
    put(to, static_cast<std::uint8_t>(of.kind));
    put(to, of.number);
    for (const nanoseconds each : {of.delay, of.connect, of.send, of.reply})
        put(to, std::int64_t{each.count()});
    return out.size() - size_bytes - order_bytes;
}

std::size_t begin_outcome(buffer& out, const outcome& of) {
    std::byte* to = out.grow(size_bytes + outcome_bytes) + size_bytes;
    put(to, static_cast<std::uint8_t>(of.kind));
    put(to, of.number);
    put(to, std::int64_t{of.at.time_since_epoch().count()});
    return out.size() - size_bytes - outcome_bytes;
}

std::size_t begin_answer(buffer& out) {
    static_cast<void>(out.grow(size_bytes));
    return out.size() - size_bytes;
}

void end_record(buffer& out, std::size_t begins_at) noexcept {
    std::byte* to = out.data() + begins_at;
    put(to, static_cast<std::uint32_t>(out.size() - begins_at - size_bytes));
}

std::optional<std::size_t> size_at(byte_view in) noexcept {
    if (in.size() < size_bytes) return {};
    const std::byte* from = in.data();
    return take<std::uint32_t>(from);
}

order order_at(byte_view in) noexcept {
    const std::byte* from = in.data();
    order made;
    made.kind = static_cast<order_kind>(take<std::uint8_t>(from));
    made.number = take<std::uint32_t>(from);
    for (nanoseconds* const each : {&made.delay, &made.connect, &made.send, &made.reply})
        *each = nanoseconds(take<std::int64_t>(from));
    return made;
}

outcome outcome_at(byte_view in) noexcept {
    const std::byte* from = in.data();
    outcome made;
    const auto kind = take<std::uint8_t>(from);
    made.kind = kind <= static_cast<std::uint8_t>(outcome_kind::bounced)
                    ? static_cast<outcome_kind>(kind)
                    : outcome_kind::bounced;
    made.number = take<std::uint32_t>(from);
    made.at = time_point(nanoseconds(take<std::int64_t>(from)));
    return made;
}

} // namespace beckon::pyrpc
