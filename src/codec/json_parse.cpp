// JSON text to values, in one pass and without recursion. Values are collected on one stack; at the end of an array
// or object its part of the stack moves, as it is, into memory of the right size.
#include <algorithm>
#include <limits>

#include "beckon/codec/json.hpp"
#include "codec/container_stack.hpp"
#include "codec/json_number.hpp"
#include "codec/json_scan.hpp"
#include "codec/json_tree.hpp"
#include "codec/value_stack.hpp"
#include "value/node.hpp"

namespace beckon::json {

namespace {

using beckon::detail::form;
using beckon::detail::node_arena;
using beckon::detail::value_access;
using beckon::detail::value_stack;

class parser {
public:
    parser(std::string_view text, const char* at, const parse_options& options,
           detail::budget& left, std::optional<error>& failure)
        : text_(text), options_(options), end_(text.data() + text.size()), left_(left),
          failure_(failure), strings_(text, options.lone_surrogates),
          // Text of objects with short strings becomes two to three times as much memory.
          arena_(std::min(static_cast<std::size_t>(end_ - at), node_arena::max_chunk_bytes) * 3) {}

    const char* run(const char* at, value& out) {
        const char* const stop = read_all(at);
        if (stop != nullptr) out = std::move(*values_.from(0));
        return stop;
    }

private:
    struct container {
        std::size_t begin; // in the stack of values
        bool is_object;
    };

    // All that follow give the place where they stopped, or null pointer after a failure. The place is kept in a
    // local variable throughout, so that it stays in a register.

    const char* read_all(const char* at) {
        const char* const end = end_;
        for (;;) {
            if (at == end || static_cast<unsigned char>(*at) <= ' ') {
                at = detail::skip_space(at, end);
                if (at == end) return expected(at, "a value");
            }
            if (left_.nodes == 0) {
                return limit(at, concat("more than ", options_.max_nodes, " values (max_nodes)"));
            }
            --left_.nodes;
            switch (*at) {
            case '"':
                at = read_string(at + 1);
                if (at == nullptr) return nullptr;
                break;
            case '{':
                if (!open(at, true)) return nullptr;
                at = detail::skip_space(at + 1, end);
                if (at == end || *at != '}') {
                    at = read_key(at);
                    if (at == nullptr) return nullptr;
                    continue;
                }
                if (!close(at)) return nullptr;
                ++at;
                break;
            case '[':
                if (!open(at, false)) return nullptr;
                at = detail::skip_space(at + 1, end);
                if (at == end || *at != ']') continue;
                if (!close(at)) return nullptr;
                ++at;
                break;
            case '-':
            case '0':
            case '1':
            case '2':
            case '3':
            case '4':
            case '5':
            case '6':
            case '7':
            case '8':
            case '9':
                at = read_number(at);
                if (at == nullptr) return nullptr;
                break;
            case 't':
            case 'f':
            case 'n':
            case 'N':
            case 'I':
                at = read_word(at);
                if (at == nullptr) return nullptr;
                break;
            default: return expected(at, "a value");
            }
            // A value is complete: on to the next, closing what ends here.
            for (;;) {
                if (open_.empty()) return at;
                at = detail::skip_space(at, end);
                if (at == end) {
                    return expected(at, open_.top().is_object ? "',' or '}'" : "',' or ']'");
                }
                if (*at == ',') {
                    ++at;
                    if (!open_.top().is_object) break;
                    at = read_key(detail::skip_space(at, end));
                    if (at == nullptr) return nullptr;
                    break;
                }
                if (*at != (open_.top().is_object ? '}' : ']')) {
                    return expected(at, open_.top().is_object ? "',' or '}'" : "',' or ']'");
                }
                if (!close(at)) return nullptr;
                ++at;
            }
        }
    }

    bool open(const char* at, bool is_object) {
        if (open_.size() >= left_.depth) {
            limit(at, concat("nested more than ", options_.max_depth, " deep (max_depth)"));
            return false;
        }
        open_.push({values_.size(), is_object});
        return true;
    }

    bool close(const char* at) {
        const container top = open_.top();
        open_.pop();
        const std::size_t count = values_.size() - top.begin;
        // The index of a larger map takes at most four slots of 8 bytes a key.
        const std::size_t index =
            top.is_object && count / 2 > beckon::detail::max_unindexed_keys ? count * 16 : 0;
        if (!charge(at, sizeof(beckon::detail::array_node) + count * sizeof(value) + index)) {
            return false;
        }
        value* const first = values_.from(top.begin);
        values_.forget(top.begin);
        if (!top.is_object) {
            value made = beckon::detail::make_array_value(form::list, first, count, &arena_);
            values_.push(std::move(made));
            return true;
        }
        std::size_t duplicates = 0;
        value made = beckon::detail::make_map_value(first, count, duplicates, &arena_);
        values_.push(std::move(made));
        if (duplicates != 0 && options_.duplicate_keys == duplicate_keys::refuse) {
            failure_ = detail::wrong(text_, at, "found a key twice in the object that ends");
            return false;
        }
        return true;
    }

    const char* read_key(const char* at) {
        if (at == end_ || *at != '"') return expected(at, "a key in quotes");
        at = read_string(at + 1);
        if (at == nullptr) return nullptr;
        if (at == end_ || *at != ':') {
            at = detail::skip_space(at, end_);
            if (at == end_ || *at != ':') return expected(at, "':' after a key");
        }
        return at + 1;
    }

    // Behind the opening quote.
    const char* read_string(const char* at) {
#if defined(__SSE2__)
        // Most strings are short and plain: they become values within the machine's registers.
        if (end_ - at >= 16) {
            const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
            const unsigned special = detail::special_bytes(block);
            const auto high = static_cast<unsigned>(_mm_movemask_epi8(block));
            const int size = std::countr_zero(special | 0x8000u);
            if (at[size] == '"' && (high & ((1u << size) - 1)) == 0 &&
                size <= static_cast<int>(beckon::detail::max_small_text)) {
                value_access::make_small_from_block(values_.add(), form::small_string, block, size);
                return at + size + 1;
            }
        }
#endif
        return read_longer_string(at);
    }

    const char* read_longer_string(const char* at) {
        std::string_view content;
        if (!strings_.read(at, content)) {
            failure_ = std::move(strings_).take_failure();
            return nullptr;
        }
        if (content.size() > beckon::detail::max_small_text &&
            !charge(at, sizeof(beckon::detail::text_node) + content.size())) {
            return nullptr;
        }
        values_.push(beckon::detail::make_text(form::small_string, form::string, content, &arena_));
        return at;
    }

    const char* read_number(const char* at) {
        const char* const begin = at;
        const detail::number read = detail::read_number(at, end_);
        if (read.form <= detail::number_form::real) [[likely]] {
            constexpr form forms[] = {form::int64, form::uint64, form::float64};
            values_.push(
                value_access::make_scalar(forms[static_cast<std::size_t>(read.form)], read.bits));
            return at;
        }
        switch (read.form) {
        case detail::number_form::big: return read_big(begin, at);
        case detail::number_form::too_large:
            if (options_.non_finite) return push_infinity(begin, at);
            failure_ = detail::wrong(text_, begin, "found a number beyond the range of float64");
            return nullptr;
        default: break;
        }
        if (options_.non_finite && at != end_ && *begin == '-' &&
            rest(begin + 1).starts_with("Infinity"))
            return push_infinity(begin, begin + 9);
        const bool after_zero = at != begin && at != end_ && detail::is_digit(*at);
        return expected(at, after_zero ? "no digit after a leading zero" : "a digit");
    }

    const char* push_infinity(const char* begin, const char* stop) {
        constexpr double most = std::numeric_limits<double>::infinity();
        values_.push(value(*begin == '-' ? -most : most));
        return stop;
    }
    [[nodiscard]] std::string_view rest(const char* at) const noexcept {
        return {at, static_cast<std::size_t>(end_ - at)};
    }

    const char* read_big(const char* begin, const char* at) {
        const std::string_view digits(begin, static_cast<std::size_t>(at - begin));
        const std::size_t count = digits.size() - (digits.starts_with('-') ? 1 : 0);
        if (count > max_digits) {
            failure_ = detail::wrong(
                text_, begin,
                concat("integer of ", count, " digits; limit is ", max_digits, " digits"),
                errc::limit_exceeded);
            return nullptr;
        }
        if (!charge(begin, sizeof(beckon::detail::text_node) + digits.size() / 2)) return nullptr;
        auto made = value::integer(digits);
        if (!made) {
            failure_ = detail::wrong(text_, begin, made.error().message(), made.error().code());
            return nullptr;
        }
        values_.push(*std::move(made));
        return at;
    }

    const char* read_word(const char* at) {
        const std::string_view here = rest(at);
        if (here.starts_with("true")) {
            values_.push(value(true));
            return at + 4;
        }
        if (here.starts_with("false")) {
            values_.push(value(false));
            return at + 5;
        }
        if (here.starts_with("null")) {
            values_.push(value());
            return at + 4;
        }
        if (options_.non_finite && here.starts_with("NaN")) {
            values_.push(value(std::numeric_limits<double>::quiet_NaN()));
            return at + 3;
        }
        if (options_.non_finite && here.starts_with("Infinity")) return push_infinity(at, at + 8);
        return expected(at, "a value");
    }

    // Before memory is spent.
    bool charge(const char* at, std::size_t bytes) {
        if (bytes > left_.bytes) {
            limit(at, concat("more than ", left_.decoded_limit,
                             " bytes of memory (min_decoded_bytes, decoded_bytes_factor)"));
            return false;
        }
        left_.bytes -= bytes;
        return true;
    }

    const char* expected(const char* at, std::string_view what) {
        failure_ = detail::unexpected(text_, at, what);
        return nullptr;
    }
    const char* limit(const char* at, std::string_view what) {
        failure_ = detail::wrong(text_, at, what, errc::limit_exceeded);
        return nullptr;
    }

    std::string_view text_;
    const parse_options& options_;
    const char* end_;
    detail::budget& left_;
    std::optional<error>& failure_;
    detail::string_reader strings_;
    node_arena arena_;
    value_stack values_;
    beckon::detail::container_stack<container> open_;
};

} // namespace

const char* detail::read_tree(std::string_view text, const char* at, const parse_options& options,
                              budget& left, value& out, std::optional<error>& failure) {
    return parser(text, at, options, left, failure).run(at, out);
}

detail::budget::budget(std::size_t text_bytes, const parse_options& options)
    : nodes(options.max_nodes), depth(options.max_depth) {
    const std::size_t factor = options.decoded_bytes_factor;
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    const std::size_t scaled =
        factor != 0 && text_bytes > most / factor ? most : text_bytes * factor;
    decoded_limit = std::max(options.min_decoded_bytes, scaled);
    bytes = decoded_limit;
}

std::optional<error> detail::check_size(std::string_view text, const parse_options& options) {
    if (text.size() <= options.max_bytes) return std::nullopt;
    return fail(errc::limit_exceeded, "json text of ", text.size(), " bytes; limit is ",
                options.max_bytes, " bytes (max_bytes)");
}

result<value> parse(std::string_view text, const parse_options& options) {
    if (auto too_large = detail::check_size(text, options)) return *std::move(too_large);
    detail::budget left(text.size(), options);
    std::optional<error> failure;
    value made;
    const char* const stop = detail::read_tree(text, text.data(), options, left, made, failure);
    if (stop == nullptr) return *std::move(failure);
    const char* const end = text.data() + text.size();
    const char* const rest = detail::skip_space(stop, end);
    if (rest != end) return detail::unexpected(text, rest, "the end of the text");
    return made;
}

} // namespace beckon::json
