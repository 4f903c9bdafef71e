// Values to pickles of protocol 4, without frames and memo, and without recursion: containers in progress wait in a list.
#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include "beckon/codec/pickle.hpp"
#include "beckon/value/iso8601.hpp"
#include "codec/container_stack.hpp"
#include "codec/pickle_opcodes.hpp"
#include "codec/pickle_text.hpp"
#include "value/node.hpp"

namespace beckon::pickle {

namespace {

using beckon::detail::value_access;

constexpr std::size_t most_bytes = 0xffff'ffff; // what a length of four bytes can say

void put(buffer& out, std::uint8_t code) { *out.grow(1) = std::byte{code}; }

template <unsigned Bytes>
void put_number(buffer& out, std::uint8_t code, std::uint64_t number) {
    std::byte* const to = out.grow(1 + Bytes);
    to[0] = std::byte{code};
    for (unsigned i = 0; i < Bytes; ++i)
        to[1 + i] = static_cast<std::byte>(number >> (8 * i) & 0xff);
}

void put_float(buffer& out, std::uint64_t bits) {
    std::byte* const to = out.grow(9);
    to[0] = std::byte{op::float_8};
    for (unsigned i = 0; i < 8; ++i)
        to[1 + i] = static_cast<std::byte>(bits >> (56 - 8 * i) & 0xff);
}

void put_content(buffer& out, std::uint8_t shorter, std::uint8_t longer, byte_view content) {
    if (content.size() <= 0xff) {
        put_number<1>(out, shorter, content.size());
    } else {
        put_number<4>(out, longer, content.size());
    }
    out.append(content);
}

/// A text of ours, known to be short and right.
void put_name(buffer& out, std::string_view name) {
    put_content(out, op::text_1, op::text_4, as_bytes(name));
}

void put_global(buffer& out, std::string_view module, std::string_view name) {
    put_name(out, module);
    put_name(out, name);
    put(out, op::stack_global);
}

/// Two's complement of the fewest bytes, most significant first at `from`'s end.
void put_long(buffer& out, bytes&& little_endian) {
    if (little_endian.size() <= 0xff) {
        put_number<1>(out, op::long_1, little_endian.size());
    } else {
        put_number<4>(out, op::long_4, little_endian.size());
    }
    out.append(little_endian);
}

/// The fewest bytes, least significant first, of a magnitude with its sign.
bytes two_complement(bool is_negative, byte_view magnitude) {
    bytes made(magnitude.rbegin(), magnitude.rend());
    if (is_negative) {
        bool carries = true;
        for (std::byte& each : made) {
            each = ~each;
            if (!carries) continue;
            carries = each == std::byte{0xff};
            each = carries ? std::byte{0} : std::byte(std::to_integer<unsigned>(each) + 1);
        }
    }
    const bool has_sign = !made.empty() && (made.back() & std::byte{0x80}) != std::byte{0};
    if (has_sign != is_negative) made.push_back(is_negative ? std::byte{0xff} : std::byte{0});
    // -2^k needs no byte of signs before the one that says so already.
    const std::byte filler = is_negative ? std::byte{0xff} : std::byte{0};
    while (made.size() > 1 && made.back() == filler &&
           ((made[made.size() - 2] & std::byte{0x80}) != std::byte{0}) == is_negative)
        made.pop_back();
    return made;
}

void put_int64(buffer& out, std::int64_t number) {
    if (number >= 0 && number <= 0xff)
        return put_number<1>(out, op::integer_1, static_cast<std::uint64_t>(number));
    if (number >= 0 && number <= 0xffff)
        return put_number<2>(out, op::integer_2, static_cast<std::uint64_t>(number));
    if (number == static_cast<std::int32_t>(number))
        return put_number<4>(out, op::integer_4, static_cast<std::uint64_t>(number));
    std::size_t size = 8;
    while (size > 5 &&
           (number >> (8 * (size - 1) - 1) == 0 || number >> (8 * (size - 1) - 1) == -1))
        --size;
    std::byte* const to = out.grow(2 + size);
    to[0] = std::byte{op::long_1};
    to[1] = static_cast<std::byte>(size);
    for (std::size_t i = 0; i < size; ++i)
        to[2 + i] = static_cast<std::byte>(static_cast<std::uint64_t>(number) >> (8 * i) & 0xff);
}

/// Whether a Python peer can make the exception of its name and these arguments, and go on living.
bool travels_as_itself(std::string_view type, const value& arguments) {
    for (const std::string_view never :
         {"builtins.KeyboardInterrupt", "builtins.SystemExit", "builtins.GeneratorExit"}) {
        if (type == never) return false;
    }
    if (type == "builtins.UnicodeDecodeError" || type == "builtins.UnicodeEncodeError")
        return arguments.size() == 5;
    if (type == "builtins.UnicodeTranslateError") return arguments.size() == 4;
    if (type.ends_with("ExceptionGroup")) {
        const value& held = arguments[1];
        return arguments.size() == 2 && arguments[0].is(value_kind::string) &&
               held.is(value_kind::list) && !held.empty() &&
               std::all_of(held.begin(), held.end(),
                           [](const value& each) { return each.is(value_kind::exception); });
    }
    return is_known_exception(type);
}

struct container {
    const value* next;
    const value* end;
    std::uint8_t closing[3]; ///< What follows the last item; 0: nothing.
    const value* begin;
};

class writer {
public:
    explicit writer(buffer& out) : out_(out) {}

    result<void> run(const value& root) {
        const std::size_t before = out_.size();
        put(out_, op::protocol);
        put(out_, 4);
        bool written = write_value(root);
        while (written && !open_.empty()) {
            container& top = open_.top();
            if (top.next != top.end) {
                written = write_value(*top.next++);
                continue;
            }
            for (const std::uint8_t code : top.closing) {
                if (code != 0) put(out_, code);
            }
            open_.pop();
        }
        if (written) {
            put(out_, op::stop);
            return {};
        }
        out_.truncate(before);
        const std::string where = path();
        if (where.empty()) return *std::move(failure_);
        return error(failure_->code(), concat(where, ": ", failure_->message()));
    }

private:
    bool refuse(error failure) {
        failure_ = std::move(failure);
        return false;
    }

    bool write_value(const value& from) {
        switch (from.kind()) {
        case value_kind::null: put(out_, op::none); return true;
        case value_kind::boolean: put(out_, from.boolean() ? op::true_ : op::false_); return true;
        case value_kind::integer: return write_integer(from);
        case value_kind::floating:
            // A float64 as its bits: so a signalling NaN stays one.
            put_float(out_, from.is_float32() ? std::bit_cast<std::uint64_t>(from.float64())
                                              : value_access::body(from));
            return true;
        case value_kind::complex: return write_complex(from);
        case value_kind::string: return write_text(from.string());
        case value_kind::bytes: return write_bytes(from.bytes());
        case value_kind::date: return write_text(to_iso8601(from.date()));
        case value_kind::time: return write_text(to_iso8601(from.time()));
        case value_kind::datetime: return write_text(to_iso8601(from.datetime()));
        case value_kind::duration: return write_text(to_iso8601(from.duration()));
        case value_kind::enumeration: return write_text(from.name());
        case value_kind::tuple: return open_tuple(from.items());
        case value_kind::variant: return open_tuple(value_access::items(from));
        case value_kind::list: return open_filled(op::empty_list, from.items(), op::appends);
        case value_kind::set: return open_filled(op::empty_set, from.items(), op::add_items);
        case value_kind::frozen_set: put(out_, op::mark); return open(from.items(), op::frozen_set);
        case value_kind::map:
            return open_filled(op::empty_dict, value_access::items(from), op::set_items);
        case value_kind::record:
            return open_filled(op::empty_dict, value_access::items(from).subspan(1), op::set_items);
        case value_kind::exception: return write_exception(from);
        case value_kind::extension: return write_extension(from);
        default: return refuse(fail(errc::unsupported, from.type_name(), " has no form in pickle"));
        }
    }

    bool open(std::span<const value> items, std::uint8_t closing, std::uint8_t then = 0,
              std::uint8_t last = 0) {
        if (open_.size() >= usual_max_depth)
            return refuse(
                fail(errc::limit_exceeded, "value nests more than ", usual_max_depth, " deep"));
        open_.push(
            {items.data(), items.data() + items.size(), {closing, then, last}, items.data()});
        return true;
    }

    bool open_filled(std::uint8_t empty, std::span<const value> items, std::uint8_t closing) {
        put(out_, empty);
        if (items.empty()) return true;
        put(out_, op::mark);
        return open(items, closing);
    }

    bool open_tuple(std::span<const value> items) {
        if (items.empty()) {
            put(out_, op::empty_tuple);
            return true;
        }
        if (items.size() <= 3)
            return open(items, static_cast<std::uint8_t>(op::tuple_1 + items.size() - 1));
        put(out_, op::mark);
        return open(items, op::tuple);
    }

    bool write_integer(const value& from) {
        if (from.is_int64()) {
            put_int64(out_, from.int64());
            return true;
        }
        bytes magnitude;
        if (from.is_uint64()) {
            for (unsigned i = 0; i < 8; ++i)
                magnitude.push_back(static_cast<std::byte>(from.uint64() >> (56 - 8 * i) & 0xff));
        } else {
            magnitude.assign(from.big_magnitude().begin(), from.big_magnitude().end());
        }
        if (magnitude.size() > max_integer_bytes) {
            return refuse(fail(errc::limit_exceeded, "integer of ", magnitude.size(),
                               " bytes; the most is ", max_integer_bytes));
        }
        put_long(out_, two_complement(from.is_negative(), magnitude));
        return true;
    }

    bool write_complex(const value& from) {
        const auto [real, imaginary] = from.complex_parts();
        put_global(out_, "builtins", "complex");
        put_float(out_, std::bit_cast<std::uint64_t>(real));
        put_float(out_, std::bit_cast<std::uint64_t>(imaginary));
        put(out_, op::tuple_1 + 1);
        put(out_, op::reduce);
        return true;
    }

    bool write_text(std::string_view text) {
        const std::size_t bad = text_error_offset(text);
        if (bad != text.size()) {
            return refuse(fail(errc::invalid_argument, "string of ", text.size(),
                               " bytes is not utf-8 at byte ", bad));
        }
        if (!fits(text.size())) return false;
        put_content(out_, op::text_1, op::text_4, as_bytes(text));
        return true;
    }

    bool write_bytes(byte_view content) {
        if (!fits(content.size())) return false;
        put_content(out_, op::bytes_1, op::bytes_4, content);
        return true;
    }

    bool fits(std::size_t size) {
        if (size <= most_bytes) return true;
        return refuse(
            fail(errc::limit_exceeded, "content of ", size, " bytes; the most is ", most_bytes));
    }

    bool write_extension(const value& from) {
        if (is_uuid(from)) {
            put_global(out_, "uuid", "UUID");
            put(out_, op::empty_tuple);
            put(out_, op::new_object);
            put(out_, op::empty_dict);
            put(out_, op::mark);
            put_name(out_, "int");
            if (!write_integer(value::big_integer(false, from.content().bytes()))) return false;
            put(out_, op::set_items);
            put(out_, op::build);
            return true;
        }
        if (from.number() != byte_array_type)
            return refuse(
                fail(errc::unsupported, "extension ", from.number(), " has no form in pickle"));
        put_global(out_, "builtins", "bytearray");
        if (!write_bytes(from.content().bytes())) return false;
        put(out_, op::tuple_1);
        put(out_, op::reduce);
        return true;
    }

    // class, arguments, REDUCE, state, BUILD. What it consists of is kept until the end, since `exception` gives copies.
    bool write_exception(const value& from) {
        exception_parts parts = from.exception();
        std::vector<map_entry> state;
        const bool as_itself = travels_as_itself(parts.type, parts.arguments);
        if (as_itself) {
            const std::size_t dot = parts.type.rfind('.');
            put_global(out_, std::string_view(parts.type).substr(0, dot),
                       std::string_view(parts.type).substr(dot + 1));
        } else {
            put_global(out_, "builtins", "Exception");
            state.push_back({"className", parts.type});
        }
        for (const map_entry& each : parts.fields.entries()) {
            if (as_itself || each.key != value("className")) state.push_back(each);
        }
        if (!parts.fields.contains("traceback")) state.push_back({"traceback", parts.trace});
        // Arguments and state are written as a pair would be, with what makes an exception of them.
        return write_parts(std::move(parts.arguments), value::map(std::move(state)));
    }

    bool write_parts(value arguments, value state) {
        kept_.push_back(value::tuple({std::move(arguments), std::move(state)}));
        const std::span<const value> held = kept_.back().items();
        if (open_.size() + 2 >= usual_max_depth)
            return refuse(
                fail(errc::limit_exceeded, "value nests more than ", usual_max_depth, " deep"));
        // The last is written first.
        open_.push({&held[1], &held[1] + 1, {op::build, 0, 0}, &held[1]});
        open_.push({&held[0], &held[0] + 1, {op::reduce, 0, 0}, &held[0]});
        return true;
    }

    // Where the writer stands: "[1]["part"]".
    [[nodiscard]] std::string path() const {
        std::string out;
        for (std::size_t i = 0; i < open_.size(); ++i) {
            const container& each = open_[i];
            if (each.next == each.begin) continue;
            const std::ptrdiff_t at = each.next - each.begin - 1;
            if (each.closing[0] != op::set_items) {
                out += concat('[', at, ']');
            } else if (at % 2 != 0) {
                out += concat('[', each.begin[at - 1].to_text(64), ']');
            } else {
                out += concat("[key ", at / 2, ']');
            }
        }
        constexpr std::size_t most = 200;
        if (out.size() > most) out = concat(std::string_view(out).substr(0, most), "...");
        return out;
    }

    buffer& out_;
    beckon::detail::container_stack<container> open_;
    std::vector<value> kept_; ///< Parts of exceptions that are under way.
    std::optional<error> failure_;
};

constexpr std::size_t uuid_bytes = 16;

} // namespace

value uuid(std::span<const std::byte, 16> number) { return value::extension(uuid_type, number); }

bool is_uuid(const value& candidate) noexcept {
    return candidate.is(value_kind::extension) && candidate.number() == uuid_type &&
           candidate.content().bytes().size() == uuid_bytes;
}

std::string uuid_text(const value& of) {
    const std::string digits = to_hex(of.content().bytes());
    std::string made;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) made += '-';
        made += digits[i];
    }
    return made;
}

value byte_array(byte_view content) { return value::extension(byte_array_type, content); }

result<void> write(buffer& out, const value& from) { return writer(out).run(from); }

} // namespace beckon::pickle
