// Whole brine values, without recursion. Values are collected on one stack; at the end of a tuple its part of the
// stack moves, as it is, into memory of the right size.
#include <vector>

#include "beckon/codec/brine_reader.hpp"
#include "codec/brine_tags.hpp"
#include "codec/value_stack.hpp"
#include "value/node.hpp"

namespace beckon::brine {

using beckon::detail::form;
using beckon::detail::value_access;

/// Reads one value, into a value or over it.
class reader::tree {
public:
    tree(reader& in, bool keeps) noexcept : in_(in), keeps_(keeps) {}

    value read() {
        while (read_item() && close_ended()) {
        }
        while (!open_.empty()) { // only after a failure
            open_.pop_back();
            in_.leave();
        }
        if (in_.failed()) return {};
        return std::move(root_);
    }

private:
    struct container {
        std::size_t begin; // in the stack of values
        std::size_t left;  // items to come
        beckon::detail::form form;
    };

    static constexpr std::size_t max_short_digits = 18; // with or without a sign they fit 64 bits

    // REQUIRES: a sign perhaps and digits, as the reader has seen to. from_chars would look for both again, and for what
    // does not fit.
    static std::int64_t short_integer(std::string_view written) noexcept {
        const bool negative = written.front() == '-';
        std::int64_t number = 0;
        for (const char digit : written.substr(negative ? 1 : 0))
            number = number * 10 + (digit - '0');
        return negative ? -number : number;
    }

    // Whether to go on.
    bool read_item() {
        const std::uint8_t tag = in_.begin_item("a value");
        if (in_.failed()) return false;
        if (tag >= tag::least_immediate && tag <= tag::most_immediate) {
            return keep(value(tag - tag::immediate_zero));
        }
        switch (tag) {
        case tag::none: return keep(value());
        case tag::true_: return keep(value(true));
        case tag::false_: return keep(value(false));
        case tag::not_implemented: return keep_constant(not_implemented_type);
        case tag::ellipsis: return keep_constant(ellipsis_type);
        case tag::text: return keep_text(form::small_string, form::string, in_.text());
        case tag::empty_bytes:
        case tag::bytes_1:
        case tag::bytes_1 + 1:
        case tag::bytes_1 + 2:
        case tag::bytes_4:
        case tag::bytes_short:
        case tag::bytes_long:
            return keep_text(form::small_bytes, form::bytes, as_text(in_.byte_string(tag)));
        case tag::empty_tuple:
        case tag::tuple_1:
        case tag::tuple_1 + 1:
        case tag::tuple_1 + 2:
        case tag::tuple_4:
        case tag::tuple_short:
        case tag::tuple_long: return open(form::tuple, in_.tuple(tag));
        case tag::integer_short:
        case tag::integer_long: return keep_integer(in_.digits(tag));
        case tag::floating: return keep_float(in_.take_number(8, "a float"));
        case tag::slice: return open_slice();
        case tag::frozen_set: return open(form::frozen_set, head("the tuple of a frozenset"));
        case tag::complex: return keep_complex();
        default: in_.found_tag(in_.offset() - 1, tag, "a value"); return false;
        }
    }

    // The tuple inside a slice or frozenset, which is no value of its own.
    std::size_t head(std::string_view expected) {
        if (in_.at_ == in_.end_) return in_.begin_item(expected);
        const std::uint8_t tag = in_.tag_at(in_.offset());
        if (tag == tag::empty_tuple || (tag >= tag::tuple_1 && tag <= tag::tuple_long)) {
            ++in_.at_;
            return in_.tuple(tag);
        }
        in_.found_tag(in_.offset(), tag, expected);
        return 0;
    }

    bool open_slice() {
        const std::size_t at = in_.offset();
        const std::size_t count = head("the tuple of a slice");
        if (in_.failed()) return false;
        if (count == 3) return open(form::slice, 3);
        in_.fail(beckon::fail(errc::protocol_error, "peer sent a slice of ", count,
                              " items at byte ", at, "; expected 3"));
        return false;
    }

    bool open(form form, std::size_t count) {
        if (in_.failed() || !in_.enter()) return false;
        // The index of a larger set takes at most four slots of 8 bytes a key.
        const std::size_t each =
            sizeof(value) + (form == form::frozen_set && count > beckon::detail::max_unindexed_keys
                                 ? 4 * sizeof(std::uint64_t)
                                 : 0);
        if (!charge(sizeof(beckon::detail::array_node) + count * each)) {
            in_.leave();
            return false;
        }
        // One more, which close_ended takes away.
        open_.push_back({values_.size(), count + 1, form});
        return true;
    }

    // Counts a whole value in what holds it, and closes what ends with it. Whether more is to come.
    bool close_ended() {
        while (!open_.empty()) {
            container& top = open_.back();
            if (--top.left != 0) return true;
            const container ended = top;
            open_.pop_back();
            in_.leave();
            close(ended);
        }
        return false;
    }

    void close(const container& top) {
        if (!keeps_) return;
        const std::size_t count = values_.size() - top.begin;
        value* const first = values_.from(top.begin);
        values_.forget(top.begin);
        value made = top.form == form::frozen_set
                         ? beckon::detail::make_set_value(top.form, first, count)
                         : beckon::detail::make_array_value(top.form, first, count);
        keep(std::move(made));
    }

    // Nothing is spent on what is only read over.
    bool charge(std::size_t memory) { return in_.charge(keeps_ ? memory : 0, 0); }
    bool keep(value&& made) {
        if (!keeps_) return true;
        // A value on its own needs no stack, which would cost an allocation.
        if (open_.empty()) {
            root_ = std::move(made);
        } else {
            values_.push(std::move(made));
        }
        return true;
    }
    bool keep_float(std::uint64_t bits) {
        return !in_.failed() && keep(value_access::make_scalar(form::float64, bits));
    }
    bool keep_complex() {
        const double real = in_.take_float();
        const double imaginary = in_.take_float();
        if (!charge(sizeof(beckon::detail::array_node) + 2 * sizeof(value))) return false;
        return !keeps_ || keep(value::complex(real, imaginary));
    }
    bool keep_constant(std::int64_t type) {
        if (!charge(sizeof(beckon::detail::array_node) + 2 * sizeof(value))) return false;
        return !keeps_ || keep(value::extension(type, byte_view()));
    }
    bool keep_text(form small, form large, std::string_view content) {
        const bool is_small = content.size() <= beckon::detail::max_small_text;
        const std::size_t memory =
            is_small ? 0 : sizeof(beckon::detail::text_node) + content.size();
        if (!charge(memory)) return false;
        return !keeps_ || keep(beckon::detail::make_text(small, large, content));
    }
    bool keep_integer(std::string_view written) {
        if (in_.failed()) return false;
        if (!keeps_) return true;
        if (written.size() <= max_short_digits) {
            return keep(value(short_integer(written)));
        }
        if (written.size() > max_written_digits + 1) {
            // Python's peers cannot make them, and turning digits into a number takes quadratic time.
            in_.fail(beckon::fail(errc::limit_exceeded, "peer sent an integer of ", written.size(),
                                  " digits at byte ", in_.offset() - written.size(),
                                  "; the most is ", max_written_digits));
            return false;
        }
        if (!charge(sizeof(beckon::detail::text_node) + written.size() / 2)) return false;
        auto made = value::integer(written);
        if (made) return keep(*std::move(made));
        in_.fail(beckon::fail(made.error().code(), "peer sent an ", made.error().message(),
                              ", at byte ", in_.offset() - written.size()));
        return false;
    }

    reader& in_;
    const bool keeps_;
    value root_;
    beckon::detail::value_stack values_;
    std::vector<container> open_;
};

value reader::get_value() { return tree(*this, true).read(); }

void reader::skip() { static_cast<void>(tree(*this, false).read()); }

result<value> read(byte_view in, const limits& limits, std::size_t* used) {
    reader from(in, limits);
    value made = from.get_value();
    if (from.failed()) return from.take_failure();
    if (used != nullptr) *used = from.offset();
    return made;
}

} // namespace beckon::brine
