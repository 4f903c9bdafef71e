// Points in time as MessagePack's extension -1.
#include "beckon/codec/msgpack.hpp"
#include "codec/msgpack_format.hpp"

namespace beckon::msgpack {

namespace {
constexpr std::int64_t day_seconds = 86'400;
constexpr std::uint64_t second_nanoseconds = 1'000'000'000;
constexpr unsigned short_seconds_bits = 34; // of the form with 8 bytes
} // namespace

detail::timestamp detail::read_timestamp(byte_view content, datetime& into) noexcept {
    std::uint64_t nanoseconds = 0;
    std::int64_t seconds = 0;
    switch (content.size()) {
    case 4: seconds = static_cast<std::int64_t>(load_big_endian(content.data(), 4)); break;
    case 8: {
        const std::uint64_t both = load_big_endian(content.data(), 8);
        nanoseconds = both >> short_seconds_bits;
        seconds = static_cast<std::int64_t>(both & ((std::uint64_t{1} << short_seconds_bits) - 1));
        break;
    }
    case 12:
        nanoseconds = load_big_endian(content.data(), 4);
        seconds = static_cast<std::int64_t>(load_big_endian(content.data() + 4, 8));
        break;
    default: return timestamp::none;
    }
    if (nanoseconds >= second_nanoseconds) return timestamp::none;
    std::int64_t days = seconds / day_seconds;
    std::int64_t within = seconds % day_seconds;
    if (within < 0) {
        within += day_seconds;
        --days;
    }
    if (days < INT32_MIN || days > INT32_MAX) return timestamp::beyond;
    into.date.days = static_cast<std::int32_t>(days);
    into.time.nanoseconds = static_cast<std::uint64_t>(within) * second_nanoseconds + nanoseconds;
    return timestamp::good;
}

void put_timestamp(buffer& out, datetime moment) {
    const std::int64_t seconds =
        moment.date.days * day_seconds +
        static_cast<std::int64_t>(moment.time.nanoseconds / second_nanoseconds);
    const std::uint64_t nanoseconds = moment.time.nanoseconds % second_nanoseconds;
    std::byte content[12];
    std::size_t size = 0;
    const auto bits = static_cast<std::uint64_t>(seconds);
    if (seconds >= 0 && bits >> 32 == 0 && nanoseconds == 0) {
        detail::store_big_endian(content, bits, 4);
        size = 4;
    } else if (seconds >= 0 && bits >> short_seconds_bits == 0) {
        detail::store_big_endian(content, nanoseconds << short_seconds_bits | bits, 8);
        size = 8;
    } else {
        detail::store_big_endian(content, nanoseconds, 4);
        detail::store_big_endian(content + 4, bits, 8);
        size = 12;
    }
    put_extension(out, static_cast<std::int8_t>(timestamp_type), {content, size});
}

} // namespace beckon::msgpack
