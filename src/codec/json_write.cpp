// Values to JSON text, in one pass and without recursion: containers in progress wait in a list.
#include <cmath>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/value/base64.hpp"
#include "beckon/value/iso8601.hpp"
#include "codec/container_stack.hpp"
#include "codec/json_number.hpp"
#include "codec/json_scan.hpp"
#include "value/node.hpp"

namespace beckon::json {

namespace {

using beckon::detail::form;
using beckon::detail::value_access;

// How the values of a container are written: items of an array, members of an object, pairs of a map whose
// keys are no strings, such a pair, the content of a variant.
enum class layout : std::uint8_t { items, members, pairs, pair, variant };

struct container {
    const value* begin;
    const value* next;
    const value* end;
    json::layout layout;
};

class writer {
public:
    writer(buffer& out, const write_options& options) : out_(out), options_(options) {}

    result<void> run(const value& root) {
        const std::size_t before = out_.size();
        if (write_all(root)) return {};
        out_.truncate(before);
        const std::string where = path();
        return error(code_, where.empty() ? std::move(message_) : concat(where, ": ", message_));
    }

private:
    bool write_all(const value& root) {
        if (!write_value(root)) return false;
        while (!open_.empty()) {
            container& top = open_.top();
            if (top.next == top.end) {
                close();
                continue;
            }
            const value* const item = top.next;
            if (item != top.begin) {
                put(',');
                if (options_.spaced) put(' ');
            }
            switch (top.layout) {
            case layout::items:
            case layout::pair:
                ++top.next;
                new_line();
                if (!write_value(*item)) return false;
                break;
            case layout::members:
                top.next += 2;
                new_line();
                if (!write_key(item[0]) || !write_member(item[1])) return false;
                break;
            case layout::pairs:
                top.next += 2;
                new_line();
                if (!open({item, 2}, layout::pair)) return false;
                break;
            case layout::variant:
                ++top.next;
                if (!write_value(*item)) return false;
                break;
            }
        }
        return true;
    }

    bool write_key(const value& key) {
        if (key.is(value_kind::string)) return write_string(key);
        put('"'); // of a kind whose text needs no escapes
        const bool written = write_value(key);
        put('"');
        return written;
    }
    void put_colon() {
        put(':');
        if (options_.pretty || options_.spaced) put(' ');
    }
    bool write_member(const value& content) {
        put_colon();
        return write_value(content);
    }

    static bool has_braces(layout layout) {
        return layout == layout::members || layout == layout::variant;
    }

    bool open(std::span<const value> items, layout layout) {
        if (open_.size() >= options_.max_depth) {
            return fail(errc::limit_exceeded,
                        concat("value nests more than ", options_.max_depth, " deep (max_depth)"));
        }
        if (items.empty()) {
            put(has_braces(layout) ? std::string_view("{}") : std::string_view("[]"));
            return true;
        }
        put(has_braces(layout) ? '{' : '[');
        open_.push({items.data(), items.data(), items.data() + items.size(), layout});
        return true;
    }

    void close() {
        const bool braces = has_braces(open_.top().layout);
        open_.pop();
        new_line();
        put(braces ? '}' : ']');
    }

    bool write_value(const value& from) {
        switch (value_access::form_of(from)) {
        case form::null: put(std::string_view("null")); return true;
        case form::boolean:
            put(value_access::body(from) != 0 ? std::string_view("true")
                                              : std::string_view("false"));
            return true;
        case form::int64:
            put_number([&](char* at) {
                return detail::write_signed(static_cast<std::int64_t>(value_access::body(from)),
                                            at);
            });
            return true;
        case form::uint64:
            put_number(
                [&](char* at) { return detail::write_unsigned(value_access::body(from), at); });
            return true;
        case form::float64:
        case form::float32: return write_float(from);
        case form::small_string:
        case form::string: return write_string(from);
        case form::list:
        case form::tuple:
        case form::set:
        case form::frozen_set: return open(value_access::items(from), layout::items);
        case form::map: return write_map(from);
        case form::record: return open(value_access::items(from).subspan(1), layout::members);
        default: return write_other(from);
        }
    }

    bool write_map(const value& from) {
        const auto items = value_access::items(from);
        bool strings = true;
        for (std::size_t i = 0; i < items.size(); i += 2) {
            const form key = value_access::form_of(items[i]);
            strings = strings && (key == form::small_string || key == form::string ||
                                  (options_.text_keys && has_text(items[i])));
        }
        return open(items, strings ? layout::members : layout::pairs);
    }

    [[nodiscard]] static bool has_text(const value& key) noexcept {
        return key.is_null() || key.is(value_kind::boolean) || key.is(value_kind::integer) ||
               key.is(value_kind::floating);
    }

    bool write_float(const value& from) {
        const double number = from.float64();
        if (!std::isfinite(number)) {
            if (!options_.non_finite) return refuse(from.to_text());
            put(std::isnan(number) ? std::string_view("NaN")
                : number < 0       ? std::string_view("-Infinity")
                                   : std::string_view("Infinity"));
            return true;
        }
        if (options_.floats == float_form::python) {
            put_number([&](char* at) {
                return from.is_float32()
                           ? detail::write_python_float(static_cast<float>(number), at)
                           : detail::write_python_double(number, at);
            });
            return true;
        }
        put_number([&](char* at) {
            return from.is_float32() ? detail::write_float(static_cast<float>(number), at)
                                     : detail::write_double(number, at);
        });
        return true;
    }

    bool write_string(const value& from) {
#if defined(__SSE2__)
        if (!options_.ascii && value_access::form_of(from) == form::small_string) {
            // The text lies behind the two header bytes, and zeros behind it.
            const __m128i text =
                _mm_srli_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&from)), 2);
            const unsigned size = value_access::note(from);
            const unsigned inside = (1u << size) - 1;
            const auto high = static_cast<unsigned>(_mm_movemask_epi8(text));
            if ((detail::special_bytes(text) & inside) == 0 && high == 0) {
                auto* const to = reinterpret_cast<char*>(out_.grow(18));
                to[0] = '"';
                _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 1), text);
                to[1 + size] = '"';
                out_.truncate(out_.size() - 16 + size);
                return true;
            }
        }
#endif
        return write_text(value_access::text(from));
    }

    bool write_text(std::string_view text) {
        if (options_.ascii) return write_ascii(text);
        put('"');
        const char* at = text.data();
        const char* const end = at + text.size();
        bool ascii = true;
        for (;;) {
            const char* const stop = detail::find_special(at, end, ascii);
            put(std::string_view(at, static_cast<std::size_t>(stop - at)));
            if (stop == end) break;
            put_escape(*stop);
            at = stop + 1;
        }
        put('"');
        if (ascii) return true;
        const std::size_t offset = utf8_error_offset(text);
        return offset == text.size() || refuse_text(text, offset);
    }
    bool refuse_text(std::string_view text, std::size_t offset) {
        return fail(errc::invalid_argument,
                    concat("string of ", text.size(), " bytes is not utf-8 at byte ", offset));
    }

    bool write_ascii(std::string_view text) {
        const std::size_t offset = utf8_error_offset(text);
        if (offset != text.size()) return refuse_text(text, offset);
        put('"');
        const auto* at = text.data();
        const auto* const end = at + text.size();
        while (at != end) {
            const char* const begin = at;
            while (at != end && *at >= ' ' && *at <= '~' && *at != '"' && *at != '\\') ++at;
            put(std::string_view(begin, static_cast<std::size_t>(at - begin)));
            if (at == end) break;
            const auto letter = static_cast<unsigned char>(*at);
            if (letter < 0x80) {
                put_escape(*at++);
                continue;
            }
            // The text is UTF-8: the first byte says how many follow.
            const int more = letter >= 0xf0 ? 3 : letter >= 0xe0 ? 2 : 1;
            std::uint32_t code = letter & (0x3fu >> more);
            for (int i = 1; i <= more; ++i) {
                code = code << 6 | (static_cast<unsigned char>(at[i]) & 0x3fu);
            }
            at += more + 1;
            if (code >= 0x10000) {
                code -= 0x10000;
                put_unit(0xd800 | code >> 10);
                code = 0xdc00 | (code & 0x3ff);
            }
            put_unit(code);
        }
        put('"');
        return true;
    }
    void put_unit(std::uint32_t unit) {
        constexpr std::string_view digits = "0123456789abcdef";
        put(std::string_view("\\u"));
        for (int shift = 12; shift >= 0; shift -= 4) put(digits[unit >> shift & 15]);
    }

    void put_escape(char letter) {
        constexpr std::string_view letters = "\"\\\b\f\n\r\t";
        constexpr std::string_view names = "\"\\bfnrt";
        const std::size_t known = letters.find(letter);
        put('\\');
        if (known != std::string_view::npos) return put(names[known]);
        constexpr std::string_view digits = "0123456789abcdef";
        put(std::string_view("u00"));
        put(digits[static_cast<unsigned char>(letter) >> 4]);
        put(digits[static_cast<unsigned char>(letter) & 15]);
    }

    bool write_other(const value& from) {
        switch (from.kind()) {
        case value_kind::integer: {
            const auto too_long = [&](std::size_t size, std::string_view unit) {
                return fail(errc::limit_exceeded, concat("integer of ", size, unit, "; limit is ",
                                                         max_digits, " digits"));
            };
            // To make its digits is work that grows with the square of its length.
            if (from.big_magnitude().size() > max_digits * 10 / 24 + 1)
                return too_long(from.big_magnitude().size(), " bytes");
            const std::string digits = from.decimal();
            const std::size_t count = digits.size() - (digits.starts_with('-') ? 1 : 0);
            if (count > max_digits) return too_long(count, " digits");
            put(digits);
            return true;
        }
        case value_kind::bytes: {
            const byte_view content = from.bytes();
            open_special("bytes");
            put('"');
            const std::size_t size = base64_size(content.size());
            base64_encode(content, reinterpret_cast<char*>(out_.grow(size)));
            put('"');
            close_special();
            return true;
        }
        case value_kind::date: return write_special("date", to_iso8601(from.date()));
        case value_kind::time: return write_special("time", to_iso8601(from.time()));
        case value_kind::datetime: return write_special("datetime", to_iso8601(from.datetime()));
        case value_kind::duration: return write_special("duration", to_iso8601(from.duration()));
        case value_kind::enumeration: return write_text(from.name());
        case value_kind::variant: return write_variant(from);
        case value_kind::reference:
        case value_kind::stream: return write_handle(from);
        default: return refuse(from.type_name());
        }
    }

    // {"$word": on the way to its content, and what follows.
    void open_special(std::string_view word) {
        put('{');
        open_.push({nullptr, nullptr, nullptr, layout::items});
        new_line();
        static_cast<void>(write_text(concat(options_.prefix, word)));
        put_colon();
    }
    void close_special() {
        open_.pop();
        new_line();
        put('}');
    }
    bool write_special(std::string_view word, std::string_view text) {
        open_special(word);
        static_cast<void>(write_text(text)); // of our own making, so it is UTF-8
        close_special();
        return true;
    }

    bool write_variant(const value& from) {
        if (!open({&from.content(), 1}, layout::variant)) return false;
        new_line();
        static_cast<void>(write_text(concat(options_.prefix, "case")));
        put_colon();
        if (!write_text(from.name())) return false;
        put(',');
        if (options_.spaced) put(' ');
        new_line();
        static_cast<void>(write_text("value"));
        put_colon();
        return true;
    }

    bool write_handle(const value& from) {
        if (options_.handles == nullptr) return refuse(from.type_name());
        const auto form = options_.handles->to_form(from);
        if (!form) return fail(form.error().code(), form.error().message());
        write_options plain = options_;
        plain.handles = nullptr; // a form holds no further handles
        plain.pretty = false;
        if (const auto written = write(out_, *form, plain); !written) {
            return fail(written.error().code(), written.error().message());
        }
        return true;
    }

    template <typename Write>
    void put_number(Write write_digits) {
        char* const begin = reinterpret_cast<char*>(out_.grow(detail::max_number_size));
        const char* const end = write_digits(begin);
        out_.truncate(out_.size() - detail::max_number_size +
                      static_cast<std::size_t>(end - begin));
    }
    void put(char letter) { *out_.grow(1) = static_cast<std::byte>(letter); }
    void put(std::string_view text) { out_.append(as_bytes(text)); }
    void new_line() {
        if (!options_.pretty) return;
        const std::size_t spaces = open_.size() * options_.indent;
        std::byte* const to = out_.grow(1 + spaces);
        std::memset(to, ' ', 1 + spaces);
        to[0] = static_cast<std::byte>('\n');
    }

    bool refuse(std::string_view what) {
        return fail(errc::unsupported, concat(what, " cannot travel in json"));
    }
    bool fail(errc code, std::string message) {
        code_ = code;
        message_ = std::move(message);
        return false;
    }

    // A key may be anything; what is no plain name is shown in quotes.
    static std::string key_text(std::string_view key) {
        constexpr std::string_view letters =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
        const bool plain = key.size() <= 64 && !key.empty() &&
                           key.find_first_not_of(letters) == std::string_view::npos;
        return plain ? std::string(key) : quoted(key);
    }

    // Where the writer stands: "items[3].name".
    [[nodiscard]] std::string path() const {
        std::string out;
        for (std::size_t i = 0; i < open_.size(); ++i) {
            const container& each = open_[i];
            switch (each.layout) {
            case layout::items:
            case layout::pair: out += concat('[', each.next - each.begin - 1, ']'); break;
            case layout::members:
                if (!out.empty()) out += '.';
                out += each.next[-2].is(value_kind::string)
                           ? key_text(value_access::text(each.next[-2]))
                           : each.next[-2].to_text(64);
                break;
            case layout::pairs: out += concat('[', (each.next - each.begin) / 2 - 1, ']'); break;
            case layout::variant: break;
            }
        }
        constexpr std::size_t most = 200;
        if (out.size() > most) out = concat(std::string_view(out).substr(0, most), "...");
        return out;
    }

    buffer& out_;
    const write_options& options_;
    beckon::detail::container_stack<container> open_;
    errc code_ = errc::internal;
    std::string message_;
};

} // namespace

result<void> write(buffer& out, const value& from, const write_options& options) {
    return writer(out, options).run(from);
}

result<std::string> to_string(const value& from, const write_options& options) {
    buffer out;
    BECKON_TRY(write(out, from, options));
    return std::string(as_text(out.view()));
}

} // namespace beckon::json
