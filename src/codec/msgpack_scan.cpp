#include "beckon/codec/msgpack_scan.hpp"

#include "codec/msgpack_format.hpp"

namespace beckon::msgpack {

result<bool> scanner::look(byte_view input, std::size_t most_bytes) {
    if (failure_) return *failure_;
    const std::uint64_t end = input.size();
    // Not in the members meanwhile: the compiler cannot know that the input does not hold them.
    std::uint64_t at = at_;
    std::uint64_t items_left = items_left_;
    while (items_left != 0 && at < end) {
        const auto first = std::to_integer<std::uint8_t>(input[at]);
        const detail::format& found = detail::formats[first];
        if (end - at < found.head_bytes) break;
        std::uint64_t length = found.length;
        if (found.length_bytes != 0)
            length = detail::load_big_endian(&input[at + 1], found.length_bytes);
        // No sum can pass 2^64: what is announced stays below 2^33 for each byte, and bytes below the limit.
        switch (found.kind) {
        case item::array: items_left += length; break;
        case item::map: items_left += 2 * length; break;
        case item::text:
        case item::byte_string:
        case item::extension: at += length; break;
        case item::unknown:
            at_ = at;
            failure_ =
                fail(errc::parse_error, "msgpack: found 0xc1 at byte ", at, "; expected a value");
            return *failure_;
        default: break;
        }
        at += found.head_bytes;
        --items_left;
        if (at + items_left > most_bytes) break;
    }
    at_ = at;
    items_left_ = items_left;
    if (at_ + items_left_ > most_bytes) {
        failure_ = fail(errc::limit_exceeded, "msgpack: a value of at least ", at_ + items_left_,
                        " bytes is announced; limit is ", most_bytes, " bytes (max_message_bytes)");
        return *failure_;
    }
    return items_left_ == 0 && at_ <= end;
}

} // namespace beckon::msgpack
