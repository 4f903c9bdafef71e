#include "protocol/rpyc/python_text.hpp"

#include "beckon/base/utf8.hpp"
#include "beckon/codec/brine.hpp"
#include "beckon/value/iso8601.hpp"
#include "object/python_text.hpp"

namespace beckon::rpyc {

namespace {

constexpr std::size_t most_depth = 64;
constexpr std::string_view hex_digits = "0123456789abcdef";

void put_escaped(std::string& out, char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    out += "\\x";
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
}

class writer {
public:
    explicit writer(std::size_t most) noexcept : most_(most) {}

    std::string take() && {
        if (is_full()) {
            std::size_t end = most_;
            // Not inside a character.
            while (end > 0 && (static_cast<unsigned char>(out_[end]) & 0xc0) == 0x80) --end;
            out_.resize(end);
            out_ += "...";
        }
        return std::move(out_);
    }

    void put(const value& from, std::size_t depth) {
        if (is_full()) return;
        if (depth > most_depth) return add("...");
        switch (from.kind()) {
        case value_kind::null: return add("None");
        case value_kind::boolean: return add(from.boolean() ? "True" : "False");
        case value_kind::integer: return put_integer(from);
        case value_kind::floating: return add(detail::python_float(from.float64()));
        case value_kind::complex: return put_complex(from);
        case value_kind::string: return put_string(from.string());
        case value_kind::bytes: return put_bytes(from.bytes());
        case value_kind::list: return put_items(from.items(), "[", "]", depth);
        case value_kind::tuple:
            return put_items(from.items(), "(", from.size() == 1 ? ",)" : ")", depth);
        case value_kind::set:
            if (from.empty()) return add("set()");
            return put_items(from.items(), "{", "}", depth);
        case value_kind::frozen_set:
            if (from.empty()) return add("frozenset()");
            return put_items(from.items(), "frozenset({", "})", depth);
        case value_kind::map: return put_map(from, depth);
        case value_kind::slice: return put_items(from.bounds(), "slice(", ")", depth);
        case value_kind::date: return put_string(to_iso8601(from.date()));
        case value_kind::time: return put_string(to_iso8601(from.time()));
        case value_kind::datetime: return put_string(to_iso8601(from.datetime()));
        case value_kind::duration: return put_string(to_iso8601(from.duration()));
        case value_kind::enumeration: return put_string(from.name());
        case value_kind::record: return put_record(from, depth);
        case value_kind::variant: {
            const value parts[] = {value(from.name()), from.content()};
            return put_items(parts, "(", ")", depth);
        }
        case value_kind::exception: {
            const exception_parts parts = from.exception();
            add(as_utf8(parts.type));
            return put_items(parts.arguments.items(), "(", ")", depth);
        }
        case value_kind::reference:
        case value_kind::stream:
        case value_kind::extension: return put_other(from);
        }
    }

private:
    [[nodiscard]] bool is_full() const noexcept { return out_.size() > most_; }
    void add(std::string_view text) { out_ += text; }

    static char quote_for(std::string_view text) noexcept {
        return text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos
                   ? '"'
                   : '\'';
    }

    void put_string(std::string_view text) {
        std::string mended;
        if (!is_utf8(text)) text = mended = as_utf8(text);
        const char quote = quote_for(text);
        out_ += quote;
        for (const char letter : text) {
            if (is_full()) return;
            const auto byte = static_cast<unsigned char>(letter);
            if (byte >= 0x80) {
                out_ += letter;
            } else {
                put_ascii(letter, quote);
            }
        }
        out_ += quote;
    }

    void put_ascii(char letter, char quote) {
        switch (letter) {
        case '\n': return add("\\n");
        case '\r': return add("\\r");
        case '\t': return add("\\t");
        case '\\': return add("\\\\");
        default:
            if (letter == quote) return add(concat('\\', letter));
            if (letter < ' ' || letter == '\x7f') return put_escaped(out_, letter);
            out_ += letter;
        }
    }

    void put_bytes(byte_view content) {
        const std::string_view text = as_text(content);
        const char quote = quote_for(text);
        out_ += 'b';
        out_ += quote;
        for (const char letter : text) {
            if (is_full()) return;
            if (static_cast<unsigned char>(letter) >= 0x80) {
                put_escaped(out_, letter);
            } else {
                put_ascii(letter, quote);
            }
        }
        out_ += quote;
    }

    void put_integer(const value& from) {
        if (from.is_int64() || from.is_uint64() || from.big_magnitude().size() < 2048) {
            return add(from.decimal());
        }
        add(concat("<integer of ", from.big_magnitude().size(), " bytes>"));
    }

    void put_complex(const value& from) {
        const auto [real, imaginary] = from.complex_parts();
        add(detail::python_complex(real, imaginary));
    }

    void put_items(std::span<const value> items, std::string_view open, std::string_view close,
                   std::size_t depth) {
        add(open);
        for (std::size_t i = 0; i < items.size() && !is_full(); ++i) {
            if (i != 0) add(", ");
            put(items[i], depth + 1);
        }
        add(close);
    }

    void put_map(const value& from, std::size_t depth) {
        add("{");
        for (const map_entry& entry : from.entries()) {
            if (is_full()) return;
            if (&entry != from.entries().data()) add(", ");
            put(entry.key, depth + 1);
            add(": ");
            put(entry.mapped, depth + 1);
        }
        add("}");
    }

    void put_record(const value& from, std::size_t depth) {
        add(as_utf8(from.declared_type()));
        add("(");
        for (const record_field& field : from.fields()) {
            if (is_full()) return;
            if (&field != from.fields().data()) add(", ");
            add(as_utf8(field.name.string()));
            add("=");
            put(field.content, depth + 1);
        }
        add(")");
    }

    void put_other(const value& from) {
        if (brine::is_ellipsis(from)) return add("Ellipsis");
        if (brine::is_not_implemented(from)) return add("NotImplemented");
        if (from.is(value_kind::extension)) return add(concat("<extension ", from.number(), ">"));
        const std::string name = as_utf8(from.object()->interface_name());
        add(concat("<", name.empty() ? "object" : name, ">"));
    }

    std::string out_;
    std::size_t most_;
};

} // namespace

std::string python_repr(const value& from, std::size_t most) {
    writer to(most);
    to.put(from, 0);
    return std::move(to).take();
}

std::string python_str(const value& from, std::size_t most) {
    if (!from.is(value_kind::string)) return python_repr(from, most);
    const std::string_view text = from.string();
    if (text.size() <= most) return as_utf8(text);
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return as_utf8(text.substr(0, end)) + "...";
}

std::string as_utf8(std::string_view text) {
    std::string out;
    for (;;) {
        const std::size_t good = utf8_error_offset(text);
        out += text.substr(0, good);
        if (good == text.size()) return out;
        put_escaped(out, text[good]);
        text.remove_prefix(good + 1);
    }
}

} // namespace beckon::rpyc
