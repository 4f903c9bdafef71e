// Values to MessagePack, without recursion: containers in progress wait in a list.
#include <bit>
#include <optional>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/msgpack.hpp"
#include "beckon/value/iso8601.hpp"
#include "codec/container_stack.hpp"
#include "codec/msgpack_format.hpp"
#include "value/node.hpp"

namespace beckon::msgpack {

namespace {

using beckon::detail::value_access;

constexpr std::size_t most_bytes = 0xffff'ffff; // what a length of four bytes can say

template <unsigned Bytes>
void put_head(buffer& out, unsigned first, std::uint64_t number = 0) {
    std::byte* const to = out.grow(1 + Bytes);
    to[0] = static_cast<std::byte>(first);
    for (unsigned i = 0; i < Bytes; ++i) // compilers make one swap and a store of it
        to[1 + i] = static_cast<std::byte>(number >> (8 * (Bytes - 1 - i)) & 0xff);
}

struct container {
    const value* begin;
    const value* next;
    const value* end;
    bool is_map; // key and value in turn; of a record, names and contents
};

class writer {
public:
    writer(buffer& out, const write_options& options) : out_(out), options_(options) {}

    result<void> run(const value& root) {
        const std::size_t before = out_.size();
        bool written = write_value(root);
        while (written && !open_.empty()) {
            container& top = open_.top();
            if (top.next == top.end) {
                open_.pop();
            } else {
                written = write_value(*top.next++);
            }
        }
        if (written) return {};
        out_.truncate(before);
        const std::string where = path();
        if (where.empty()) return *std::move(failure_);
        return error(failure_->code(), concat(where, ": ", failure_->message()));
    }

private:
    // What most values are is written without a word about failures.
    bool write_value(const value& from) {
        using beckon::detail::form;
        switch (value_access::form_of(from)) {
        case form::null: put_nil(out_); return true;
        case form::boolean: put_boolean(out_, value_access::body(from) != 0); return true;
        case form::int64:
            put_integer(out_, static_cast<std::int64_t>(value_access::body(from)));
            return true;
        case form::uint64: put_unsigned(out_, value_access::body(from)); return true;
        // Floats as their bits: so a signalling NaN stays one.
        case form::float64: put_head<8>(out_, 0xcb, value_access::body(from)); return true;
        case form::float32: put_head<4>(out_, 0xca, value_access::body(from)); return true;
        case form::small_string:
#if defined(__SSE2__)
            if (put_small_string(from)) return true;
#endif
            return keep(write_text(value_access::text(from)));
        case form::string: return keep(write_text(value_access::text(from)));
        case form::list:
        case form::tuple:
        case form::set:
        case form::frozen_set: return keep(open(value_access::items(from), false));
        case form::map: return keep(open(value_access::items(from), true));
        default: return keep(write_other(from));
        }
    }

    bool keep(result<void> done) {
        if (done) return true;
        failure_.emplace(std::move(done).error());
        return false;
    }

#if defined(__SSE2__)
    // False where it is not ASCII alone.
    bool put_small_string(const value& from) {
        // The text lies behind the two header bytes, and zeros behind it.
        const __m128i text =
            _mm_srli_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&from)), 2);
        if (_mm_movemask_epi8(text) != 0) return false;
        const unsigned size = value_access::note(from);
        std::byte* const to = out_.grow(17);
        to[0] = static_cast<std::byte>(0xa0 + size);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 1), text);
        out_.truncate(out_.size() - 16 + size);
        return true;
    }
#endif

    result<void> write_other(const value& from) {
        switch (from.kind()) {
        case value_kind::bytes:
            if (from.size() > most_bytes) return too_long("bytes", from.size());
            put_bytes(out_, from.bytes(), options_.compat_old_spec);
            return {};
        case value_kind::date: return write_text(to_iso8601(from.date()));
        case value_kind::time: return write_text(to_iso8601(from.time()));
        case value_kind::duration: return write_text(to_iso8601(from.duration()));
        case value_kind::datetime: put_timestamp(out_, from.datetime()); return {};
        case value_kind::enumeration: return write_text(from.name());
        case value_kind::record: return open_record(from);
        case value_kind::variant: return open_variant(from);
        case value_kind::extension: return write_extension(from);
        case value_kind::integer:
            return fail(errc::unsupported, "integer of ", from.big_magnitude().size(),
                        " bytes has no form in msgpack; it carries -2^63 to 2^64-1");
        case value_kind::reference:
        case value_kind::stream:
            if (options_.handles != nullptr) return options_.handles->write(out_, from);
            [[fallthrough]];
        default: return fail(errc::unsupported, from.type_name(), " has no form in msgpack");
        }
    }

    result<void> open(std::span<const value> items, bool is_map) {
        if (open_.size() >= options_.max_depth) {
            return fail(errc::limit_exceeded, "value nests more than ", options_.max_depth,
                        " deep");
        }
        is_map ? put_map(out_, items.size() / 2) : put_array(out_, items.size());
        open_.push({items.data(), items.data(), items.data() + items.size(), is_map});
        return {};
    }

    result<void> open_record(const value& from) {
        const auto fields = from.fields();
        static_assert(sizeof(record_field) == 2 * sizeof(value));
        return open({fields.empty() ? nullptr : &fields[0].name, 2 * fields.size()}, true);
    }

    result<void> open_variant(const value& from) {
        const std::int64_t index = value_access::case_index(from);
        if (index < 0) return open(value_access::items(from), false);
        BECKON_TRY(open(value_access::items(from), false));
        put_integer(out_, index);
        ++open_.top().next; // the name
        return {};
    }

    result<void> write_text(std::string_view text) {
        const std::size_t bad = utf8_error_offset(text);
        if (bad != text.size()) {
            return fail(errc::invalid_argument, "string of ", text.size(),
                        " bytes is not utf-8 at byte ", bad);
        }
        if (text.size() > most_bytes) return too_long("string", text.size());
        put_text(out_, text, options_.compat_old_spec);
        return {};
    }

    result<void> write_extension(const value& from) {
        const std::int64_t type = from.number();
        const byte_view content = from.content().bytes();
        if (type < -128 || type > 127) {
            return fail(errc::unsupported, "extension ", type,
                        " has no form in msgpack; its types are -128 to 127");
        }
        datetime moment;
        if (type == timestamp_type &&
            detail::read_timestamp(content, moment) == detail::timestamp::none) {
            return fail(errc::invalid_argument, "extension -1 of ", content.size(),
                        " bytes is no timestamp");
        }
        if (content.size() > most_bytes) return too_long("extension", content.size());
        put_extension(out_, static_cast<std::int8_t>(type), content);
        return {};
    }

    static error too_long(std::string_view what, std::size_t size) {
        return fail(errc::limit_exceeded, what, " of ", size, " bytes; limit of msgpack is ",
                    most_bytes, " bytes");
    }

    // Where the writer stands: "[1].name".
    [[nodiscard]] std::string path() const {
        std::string out;
        for (std::size_t i = 0; i < open_.size(); ++i) {
            const container& each = open_[i];
            if (each.next == each.begin) continue;
            const auto at = static_cast<std::size_t>(each.next - each.begin) - 1;
            if (!each.is_map) {
                out += concat('[', at, ']');
            } else if (const value& key = each.begin[at / 2 * 2]; key.is(value_kind::string)) {
                out += concat(out.empty() ? "" : ".", key.to_text(40));
            } else {
                out += concat('[', key.to_text(40), ']');
            }
        }
        constexpr std::size_t most = 200;
        if (out.size() > most) out = concat(std::string_view(out).substr(0, most), "...");
        return out;
    }

    buffer& out_;
    const write_options& options_;
    beckon::detail::container_stack<container> open_;
    std::optional<error> failure_;
};

} // namespace

void put_unsigned(buffer& out, std::uint64_t number) {
    if (number < 0x80) {
        *out.grow(1) = static_cast<std::byte>(number);
    } else if (number <= 0xff) {
        put_head<1>(out, 0xcc, number);
    } else if (number <= 0xffff) {
        put_head<2>(out, 0xcd, number);
    } else if (number <= 0xffff'ffff) {
        put_head<4>(out, 0xce, number);
    } else {
        put_head<8>(out, 0xcf, number);
    }
}

void put_integer(buffer& out, std::int64_t number) {
    const auto bits = static_cast<std::uint64_t>(number);
    if (number >= 0) return put_unsigned(out, bits);
    if (number >= -32) {
        *out.grow(1) = static_cast<std::byte>(bits & 0xff);
    } else if (number >= INT8_MIN) {
        put_head<1>(out, 0xd0, bits);
    } else if (number >= INT16_MIN) {
        put_head<2>(out, 0xd1, bits);
    } else if (number >= INT32_MIN) {
        put_head<4>(out, 0xd2, bits);
    } else {
        put_head<8>(out, 0xd3, bits);
    }
}

void put_float64(buffer& out, double number) {
    put_head<8>(out, 0xcb, std::bit_cast<std::uint64_t>(number));
}

void put_float32(buffer& out, float number) {
    put_head<4>(out, 0xca, std::bit_cast<std::uint32_t>(number));
}

void put_array(buffer& out, std::size_t count) {
    BECKON_ASSERT(count <= most_bytes, "an array has less than 2^32 items");
    if (count < 16) return put_head<0>(out, static_cast<unsigned>(0x90 + count));
    if (count <= 0xffff) return put_head<2>(out, 0xdc, count);
    put_head<4>(out, 0xdd, count);
}

void put_map(buffer& out, std::size_t count) {
    BECKON_ASSERT(count <= most_bytes, "a map has less than 2^32 pairs");
    if (count < 16) return put_head<0>(out, static_cast<unsigned>(0x80 + count));
    if (count <= 0xffff) return put_head<2>(out, 0xde, count);
    put_head<4>(out, 0xdf, count);
}

void put_text(buffer& out, std::string_view text, bool compat_old_spec) {
    put_text_head(out, text.size(), compat_old_spec);
    out.append(as_bytes(text));
}

void put_text_head(buffer& out, std::size_t size, bool compat_old_spec) {
    BECKON_ASSERT(size <= most_bytes, "text has less than 2^32 bytes");
    if (size < 32) {
        put_head<0>(out, static_cast<unsigned>(0xa0 + size));
    } else if (size <= 0xff && !compat_old_spec) {
        put_head<1>(out, 0xd9, size);
    } else if (size <= 0xffff) {
        put_head<2>(out, 0xda, size);
    } else {
        put_head<4>(out, 0xdb, size);
    }
}

void put_bytes(buffer& out, byte_view content, bool compat_old_spec) {
    if (compat_old_spec) return put_text(out, as_text(content), true);
    const std::size_t size = content.size();
    BECKON_ASSERT(size <= most_bytes, "bytes are less than 2^32");
    if (size <= 0xff) {
        put_head<1>(out, 0xc4, size);
    } else if (size <= 0xffff) {
        put_head<2>(out, 0xc5, size);
    } else {
        put_head<4>(out, 0xc6, size);
    }
    out.append(content);
}

void put_extension(buffer& out, std::int8_t type, byte_view content) {
    const std::size_t size = content.size();
    BECKON_ASSERT(size <= most_bytes, "an extension has less than 2^32 bytes");
    if (std::has_single_bit(size) && size <= 16) {
        put_head<0>(out, 0xd4 + static_cast<unsigned>(std::countr_zero(size)));
    } else if (size <= 0xff) {
        put_head<1>(out, 0xc7, size);
    } else if (size <= 0xffff) {
        put_head<2>(out, 0xc8, size);
    } else {
        put_head<4>(out, 0xc9, size);
    }
    *out.grow(1) = static_cast<std::byte>(type);
    out.append(content);
}

result<void> write(buffer& out, const value& from, const write_options& options) {
    return writer(out, options).run(from);
}

} // namespace beckon::msgpack
