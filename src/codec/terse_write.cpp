#include <charconv>
#include <cmath>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/terse.hpp"
#include "beckon/value/base64.hpp"
#include "beckon/value/iso8601.hpp"
#include "codec/json_number.hpp"
#include "codec/terse_words.hpp"

namespace beckon::terse {

namespace {

class writer {
public:
    writer(buffer& out, const write_options& options)
        : out_(out), options_(options), start_(out.size()) {}

    result<void> finish(bool written) {
        if (written) {
            put('\n');
            return {};
        }
        out_.truncate(start_);
        return error(code_, path_.empty() ? std::move(message_) : concat(path_, ": ", message_));
    }

    void put(char letter) { *out_.grow(1) = static_cast<std::byte>(letter); }
    void put(std::string_view text) { out_.append(as_bytes(text)); }
    void put_number(std::uint64_t number) {
        char digits[20];
        put({digits, std::to_chars(digits, digits + sizeof digits, number).ptr});
    }

    bool write_method(std::string_view name) {
        if (!check_name(name, "method")) return false;
        if (name.empty() || name.front() == '[' || !detail::id_digits(name).empty()) {
            return refuse(errc::invalid_argument,
                          concat("method ", quoted(name), " would be read as something else"));
        }
        put(name);
        return true;
    }

    bool write_pairs(const value& params) {
        if (!params.is(value_kind::map)) {
            return refuse(errc::unsupported,
                          "arguments are given by position; terse has them by name only");
        }
        bool first = true;
        for (const map_entry& each : params.entries()) {
            if (!std::exchange(first, false)) put(' ');
            if (!write_key(each.key)) return false;
            put(':');
            if (!write_value(each.mapped)) return in(shown(each.key));
        }
        return true;
    }

    bool write_value(const value& from) {
        switch (from.kind()) {
        case value_kind::boolean: put(from.boolean() ? '1' : '0'); return true;
        case value_kind::integer: return write_integer(from);
        case value_kind::floating: return write_float(from);
        case value_kind::string: return write_text(from.string());
        case value_kind::enumeration: return write_text(from.name());
        case value_kind::bytes: {
            put('\'');
            put(base64_encode(from.bytes()));
            put('\'');
            return true;
        }
        case value_kind::list:
        case value_kind::tuple:
        case value_kind::set:
        case value_kind::frozen_set: return write_list(from);
        case value_kind::map: {
            put('{');
            if (!enter() || !write_pairs(from)) return false;
            --depth_;
            put('}');
            return true;
        }
        case value_kind::record: return write_record(from);
        case value_kind::date: return write_special("date", to_iso8601(from.date()));
        case value_kind::time: return write_special("time", to_iso8601(from.time()));
        case value_kind::datetime: return write_special("datetime", to_iso8601(from.datetime()));
        case value_kind::duration: return write_special("duration", to_iso8601(from.duration()));
        default:
            return refuse(errc::unsupported, concat(from.type_name(), " has no form in terse"));
        }
    }

    bool write_text(std::string_view text) {
        if (const std::size_t bad = utf8_error_offset(text); bad != text.size()) {
            return refuse(errc::invalid_argument,
                          concat("string of ", text.size(), " bytes is not utf-8 at byte ", bad));
        }
        put('"');
        std::size_t begin = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char letter = text[i];
            if (letter != '\\' && letter != '"' && letter != '\n') continue;
            put(text.substr(begin, i - begin));
            put('\\');
            put(letter == '\n' ? 'n' : letter);
            begin = i + 1;
        }
        put(text.substr(begin));
        put('"');
        return true;
    }

private:
    bool refuse(errc code, std::string message) {
        code_ = code;
        message_ = std::move(message);
        return false;
    }
    [[nodiscard]] static std::string shown(const value& key) {
        if (!key.is(value_kind::string)) return key.to_text(64);
        const std::string in_quotes = quoted(key.string());
        const bool is_plain = in_quotes.size() == key.size() + 2;
        return is_plain ? std::string(key.string()) : in_quotes;
    }
    bool in(std::string where) {
        if (!path_.empty() && path_.front() != '[') where += '.';
        path_ = where + path_;
        constexpr std::size_t most = 200;
        if (path_.size() > most) path_.resize(most);
        return false;
    }
    bool enter() {
        if (depth_++ < options_.max_depth) return true;
        return refuse(errc::limit_exceeded,
                      concat("value nests more than ", options_.max_depth, " deep (max_depth)"));
    }

    /// Whether a name comes back as it was.
    bool check_name(std::string_view name, std::string_view what) {
        const bool plain = is_utf8(name) && detail::stripped(name) == name &&
                           name.find_first_of(" :\n") == std::string_view::npos;
        return plain || refuse(errc::invalid_argument,
                               concat(what, ' ', quoted(name), " cannot be told in terse"));
    }

    bool write_key(const value& key) {
        if (key.is(value_kind::string)) {
            const std::string_view text = key.string();
            // Where a key is looked for, a brace ends the dictionary.
            if (text.starts_with('}'))
                return refuse(errc::invalid_argument,
                              concat("key ", quoted(text), " cannot be told in terse"));
            if (!check_name(text, "key")) return false;
            put(text);
            return true;
        }
        if (key.is(value_kind::integer)) return write_integer(key);
        return refuse(errc::unsupported,
                      concat("key of type ", key.type_name(), " has no form in terse"));
    }

    bool write_integer(const value& from) {
        if (options_.six_digits) {
            const std::string digits = from.decimal();
            double number = 0;
            if (json::detail::nearest_double(digits, number)) return put_six_digits(number);
            return refuse(errc::unsupported,
                          concat("integer of ", digits.size(), " digits has no form in terse:ref"));
        }
        put(from.decimal());
        return true;
    }

    bool write_float(const value& from) {
        const double number = from.float64();
        if (!std::isfinite(number))
            return refuse(errc::unsupported, concat(from.to_text(), " has no form in terse"));
        if (options_.six_digits) return put_six_digits(number);
        char digits[json::detail::max_number_size];
        put({digits, from.is_float32()
                         ? json::detail::write_float(static_cast<float>(number), digits)
                         : json::detail::write_double(number, digits)});
        return true;
    }
    bool put_six_digits(double number) {
        char digits[32];
        put({digits,
             std::to_chars(digits, digits + sizeof digits, number, std::chars_format::general, 6)
                 .ptr});
        return true;
    }

    bool write_list(const value& from) {
        if (!enter()) return false;
        put('[');
        std::size_t index = 0;
        for (const value& each : from) {
            if (index != 0) put(' ');
            if (!write_value(each)) return in(concat('[', index, ']'));
            ++index;
        }
        --depth_;
        put(']');
        return true;
    }

    bool write_record(const value& from) {
        if (!enter()) return false;
        put('{');
        bool first = true;
        for (const record_field& each : from.fields()) {
            if (each.content.is_null()) continue; // an optional one without content
            if (!std::exchange(first, false)) put(' ');
            if (!write_key(each.name)) return false;
            put(':');
            if (!write_value(each.content)) return in(std::string(each.name.string()));
        }
        --depth_;
        put('}');
        return true;
    }

    bool write_special(std::string_view word, std::string_view text) {
        put("{__");
        put(word);
        put(':');
        static_cast<void>(write_text(text));
        put('}');
        return true;
    }

    buffer& out_;
    const write_options& options_;
    const std::size_t start_;
    std::size_t depth_ = 0;
    std::string path_;
    errc code_ = errc::internal;
    std::string message_;
};

} // namespace

result<void> write_call(buffer& out, std::string_view method, const value& params, std::uint64_t id,
                        const write_options& options) {
    writer to(out, options);
    bool written = to.write_method(method);
    if (written) {
        if (id != 0) {
            to.put('/');
            to.put_number(id);
        }
        to.put(' ');
        written = to.write_pairs(params);
    }
    return to.finish(written);
}

result<void> write_reply(buffer& out, std::uint64_t id, const value& outcome,
                         const write_options& options) {
    writer to(out, options);
    to.put('[');
    to.put_number(id);
    to.put("]:");
    return to.finish(to.write_value(outcome));
}

result<void> write_failure(buffer& out, std::uint64_t id, std::string_view message,
                           std::string_view details) {
    const write_options options;
    writer to(out, options);
    to.put('[');
    to.put_number(id);
    to.put("]! message:");
    bool written = to.write_text(message);
    to.put(" details:");
    written = written && to.write_text(details);
    return to.finish(written);
}

} // namespace beckon::terse
