// Whole MessagePack values, without recursion. Values are collected on one stack; at the end of a container its part of
// the stack moves, as it is, into memory of the right size.
#include <algorithm>

#include "beckon/base/utf8.hpp"
#include "codec/container_stack.hpp"
#include "codec/msgpack_head.hpp"
#include "codec/value_stack.hpp"
#include "value/node.hpp"

namespace beckon::msgpack {

using beckon::detail::form;
using beckon::detail::node_arena;
using beckon::detail::value_access;

class reader::tree {
public:
    explicit tree(reader& in) noexcept
        : in_(in),
          // Maps with short keys become a few times as much memory.
          arena_(std::min(in.left(), node_arena::max_chunk_bytes) * 3) {}

    value read() {
        while (read_items() && read_item() && close_ended()) {
        }
        in_.depth_ -= open_.size(); // only after a failure
        if (in_.failed()) return {};
        return std::move(*values_.from(0));
    }

private:
    struct container {
        std::size_t begin = 0;          // in the stack of values
        std::uint64_t left_outside = 0; // as left_, of what holds it
        bool is_map = false;
    };

    // Items as nearly all are, one after the other, with the place in a register; stops before one that is not, or cannot
    // be, and after the last. Whether that is to be read: false where the value is complete.
    bool read_items() {
        using detail::load_big_endian;
        const std::byte* at = in_.at_;
        const std::byte* const end = in_.end_;
        std::size_t nodes = in_.nodes_left_;
        std::uint64_t items_left = left_;
        bool ended = false;
        while (!ended && at != end && nodes != 0) {
            const auto first = std::to_integer<std::uint8_t>(*at);
            const auto left = static_cast<std::size_t>(end - at) - 1;
            if (first < 0x80 || first >= 0xe0) {
                put_scalar(form::int64, static_cast<std::uint64_t>(static_cast<std::int64_t>(
                                            static_cast<std::int8_t>(first))));
                ++at;
            } else if (first >= 0xa0 && first < 0xc0) {
                const std::size_t size = first & 0x1fu;
                if (!put_short_text(at + 1, left, size) && !put_text(at + 1, left, size)) break;
                at += 1 + size;
            } else if (first >= 0xcc && first <= 0xd3 && left >= 8) {
                // All forms alike: which one it is, nobody can foresee.
                const unsigned size = 1u << (first & 3u);
                const unsigned surplus = 64 - 8 * size;
                const std::uint64_t bits = load_big_endian<8>(at + 1);
                const auto extended =
                    static_cast<std::uint64_t>(static_cast<std::int64_t>(bits) >> surplus);
                const std::uint64_t number = first >= 0xd0 ? extended : bits >> surplus;
                const bool is_large = first == 0xcf && number > INT64_MAX;
                put_scalar(is_large ? form::uint64 : form::int64, number);
                at += 1 + size;
            } else if (first == 0xcb && left >= 8) {
                put_scalar(form::float64, load_big_endian<8>(at + 1));
                at += 9;
            } else if (first < 0xa0) { // a map or an array
                const bool is_map = first < 0x90;
                const std::size_t count = is_map ? 2 * (first & 0x0fu) : first & 0x0fu;
                const std::size_t memory =
                    sizeof(beckon::detail::array_node) + count * sizeof(value);
                if (count > left || in_.depth_ >= in_.options_->max_depth ||
                    memory > in_.memory_left_)
                    break;
                in_.memory_left_ -= memory;
                ++in_.depth_;
                open_.push({values_.size(), items_left, is_map});
                items_left = count + 1;
                ++at;
            } else if (first == 0xd9 && left != 0) {
                const auto size = std::to_integer<std::size_t>(at[1]);
                if (!put_text(at + 2, left - 1, size)) break;
                at += 2 + size;
            } else if (first == 0xc0) {
                put_scalar(form::null, 0);
                ++at;
            } else if (first == 0xc2 || first == 0xc3) {
                put_scalar(form::boolean, first & 1u);
                ++at;
            } else {
                break;
            }
            --nodes;
            if (--items_left != 0) continue;
            left_ = 1;
            ended = !close_ended();
            items_left = left_;
        }
        if (in_.failed()) return false; // by a handle
        left_ = items_left;
        in_.at_ = at;
        in_.nodes_left_ = nodes;
        return !ended;
    }

    void put_scalar(form of, std::uint64_t bits) {
        values_.push(value_access::make_scalar(of, bits));
    }

    // Text that a value holds itself. False where that is not ASCII alone, or not wholly there.
    bool put_short_text(const std::byte* text, std::size_t left, std::size_t size) {
#if defined(__SSE2__)
        if (size > beckon::detail::max_small_text || size > left) return false;
        __m128i block;
        if (left >= 16) {
            block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
        } else {
            block = _mm_setzero_si128();
            std::memcpy(&block, text, size);
        }
        const auto high = static_cast<unsigned>(_mm_movemask_epi8(block));
        if ((high & ((1u << size) - 1)) != 0) return false;
        value_access::make_small_from_block(values_.add(), form::small_string, block,
                                            static_cast<int>(size));
        return true;
#else
        if (size > beckon::detail::max_small_text || size > left) return false;
        const std::string_view read(reinterpret_cast<const char*>(text), size);
        if (!is_utf8(read)) return false;
        values_.push(value_access::make_small(form::small_string, read.data(), size));
        return true;
#endif
    }

    // False where it is not UTF-8, not wholly there, or too much.
    bool put_text(const std::byte* text, std::size_t left, std::size_t size) {
        const std::size_t memory = sizeof(beckon::detail::text_node) + size;
        if (size > left || memory > in_.memory_left_) return false;
        const std::string_view read(reinterpret_cast<const char*>(text), size);
        if (!is_utf8(read)) return false;
        if (size > beckon::detail::max_small_text) in_.memory_left_ -= memory;
        values_.push(beckon::detail::make_text(form::small_string, form::string, read, &arena_));
        return true;
    }

    // One item of any kind. Whether to go on.
    bool read_item() {
        const head begun = in_.begin_item("a value");
        switch (begun.kind) {
        case item::nil: values_.push(value()); return true;
        case item::boolean: values_.push(value(begun.first == 0xc3)); return true;
        case item::integer: {
            const number got = in_.integer_of(begun);
            values_.push(value_access::make_scalar(
                !got.negative && got.magnitude > INT64_MAX ? form::uint64 : form::int64,
                got.magnitude));
            return true;
        }
        case item::floating:
            values_.push(value_access::make_scalar(
                begun.first == 0xca ? form::float32 : form::float64,
                detail::load_big_endian(begun.bytes + 1, begun.size - 1u)));
            return true;
        case item::text: return read_text(begun.at, begun.length);
        case item::byte_string:
            return keep_text(form::small_bytes, form::bytes,
                             as_text(in_.take(begun.length, "bytes")));
        case item::array: return open(begun.length, begun.length, false);
        case item::map: return open(2 * begun.length, begun.length, true);
        case item::extension: return read_extension(begun);
        case item::end:
        case item::unknown: break;
        }
        return false;
    }

    bool read_text(std::size_t begun_at, std::uint64_t size) {
        const std::string_view text = as_text(in_.take(size, "text"));
        if (in_.failed()) return false;
        const std::size_t bad = utf8_error_offset(text);
        if (bad == text.size()) return keep_text(form::small_string, form::string, text);
        if (in_.options_->bad_text == bad_text::as_bytes)
            return keep_text(form::small_bytes, form::bytes, text);
        in_.fail(beckon::fail(errc::parse_error, "msgpack: text of ", text.size(),
                              " bytes at byte ", begun_at, " is not utf-8 from byte ", bad,
                              " of it on"));
        return false;
    }

    bool keep_text(form small, form large, std::string_view content) {
        if (in_.failed()) return false;
        if (content.size() > beckon::detail::max_small_text &&
            !in_.charge(sizeof(beckon::detail::text_node) + content.size(), 0))
            return false;
        values_.push(beckon::detail::make_text(small, large, content, &arena_));
        return true;
    }

    bool open(std::uint64_t items, std::uint64_t keys, bool is_map) {
        if (items > in_.left()) {
            in_.cut_short(items - in_.left(), is_map ? "a map" : "an array");
            return false;
        }
        if (!in_.enter()) return false;
        const auto count = static_cast<std::size_t>(items);
        // The index of a larger map takes at most four slots of 8 bytes a key.
        const std::size_t index =
            is_map && keys > beckon::detail::max_unindexed_keys ? count * 16 : 0;
        if (!in_.charge(sizeof(beckon::detail::array_node) + count * sizeof(value) + index, 0)) {
            in_.leave();
            return false;
        }
        open_.push({values_.size(), left_, is_map});
        left_ = items + 1; // one more, which close_ended takes away
        return true;
    }

    // Counts a whole value in what holds it, and closes what ends with it. Whether more is to come.
    bool close_ended() {
        while (--left_ == 0) {
            if (open_.empty()) return false;
            const container ended = open_.top();
            open_.pop();
            in_.leave();
            left_ = ended.left_outside;
            if (!close(ended)) return false;
        }
        return true;
    }

    bool close(const container& ended) {
        const std::size_t count = values_.size() - ended.begin;
        value* const first = values_.from(ended.begin);
        values_.forget(ended.begin);
        if (!ended.is_map) {
            values_.push(beckon::detail::make_array_value(form::list, first, count, &arena_));
            return true;
        }
        std::size_t duplicates = 0;
        values_.push(beckon::detail::make_map_value(first, count, duplicates, &arena_));
        return count != 2 || replace_handle();
    }

    bool read_extension(const head& begun) {
        const byte_view content = in_.take(begun.length, "an extension");
        if (in_.failed()) return false;
        const std::int64_t type = begun.extension_type();
        if (type == timestamp_type) {
            datetime moment;
            const detail::timestamp found = detail::read_timestamp(content, moment);
            if (found == detail::timestamp::good) {
                values_.push(value(moment));
                return true;
            }
            if (found == detail::timestamp::none) {
                in_.fail(beckon::fail(errc::parse_error, "msgpack: timestamp of ", content.size(),
                                      " bytes at byte ", begun.at,
                                      " is none; expected 4, 8 or 12 bytes and at most ",
                                      "999999999 nanoseconds"));
                return false;
            }
        }
        if (!in_.charge(sizeof(beckon::detail::array_node) + 2 * sizeof(value) +
                            sizeof(beckon::detail::text_node) + content.size(),
                        0))
            return false;
        values_.push(value::extension(type, content));
        return replace_handle();
    }

    // Lets the session look at the last value, where it might stand for a handle.
    bool replace_handle() {
        if (in_.options_->handles == nullptr) return true;
        const auto done = in_.options_->handles->read(*values_.from(values_.size() - 1));
        if (!done) in_.fail(done.error());
        return static_cast<bool>(done);
    }

    reader& in_;
    node_arena arena_;
    beckon::detail::value_stack values_;
    beckon::detail::container_stack<container> open_;
    std::uint64_t left_ = 1; // values to come in the innermost container, or the one that is read
};

value reader::get_value() { return tree(*this).read(); }

result<value> read(byte_view in, const read_options& options, std::size_t* used) {
    reader from(in, options);
    value made = from.get_value();
    if (used != nullptr) {
        *used = from.offset();
    } else {
        from.finish();
    }
    if (from.failed()) return from.take_failure();
    return made;
}

} // namespace beckon::msgpack
