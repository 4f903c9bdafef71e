#include <bit>
#include <charconv>
#include <limits>
#include <optional>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/decode_budget.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/codec/terse.hpp"
#include "beckon/value/base64.hpp"
#include "codec/json_number.hpp"
#include "codec/terse_words.hpp"

namespace beckon::terse {

std::string_view detail::id_digits(std::string_view method) noexcept {
    const bool in_brackets = method.ends_with(']');
    if (in_brackets) method.remove_suffix(1);
    std::size_t begin = method.size();
    while (begin != 0 && json::detail::is_digit(method[begin - 1])) --begin;
    if (begin == method.size() || begin == 0) return {};
    if (method[begin - 1] != (in_brackets ? '[' : '/')) return {};
    return method.substr(begin);
}

namespace {

using json::detail::is_digit;

// What one value takes besides its own text.
constexpr std::size_t node_bytes = sizeof(value);

class line_reader {
public:
    line_reader(std::string_view text, const limits& allowed, std::size_t max_depth)
        : text_(text), budget_(text.size(), allowed), max_depth_(max_depth) {}

    result<line> read() {
        line made;
        while (peek() == '\r') ++at_;
        if (!(peek() == '[' ? read_answer(made) : read_call(made))) return *std::move(failure_);
        return made;
    }

private:
    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\n'; }
    [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
    void skip_gap() noexcept {
        while (peek() == ' ' || peek() == '\r') ++at_;
    }

    bool expected(std::string_view what) {
        failure_ = fail(errc::parse_error, "terse line: expected ", what, " at byte ", at_,
                        at_end() ? std::string(", found the end")
                                 : concat(", found ", quoted(text_.substr(at_, 1))));
        return false;
    }
    /// Memory besides that of values is counted without another value.
    bool charge(std::size_t memory, std::size_t values = 0) {
        auto refused = budget_.charge(memory + node_bytes, values);
        if (refused) failure_ = fail(refused->code(), "terse line: ", refused->message());
        return !refused;
    }

    bool read_call(line& into) {
        std::string_view method;
        if (!read_name(method)) return false;
        if (const std::string_view digits = detail::id_digits(method); !digits.empty()) {
            const char* const end = digits.data() + digits.size();
            if (std::from_chars(digits.data(), end, into.id).ec != std::errc()) {
                failure_ = fail(errc::parse_error, "terse line: id ", quoted(digits),
                                " is more than 64 bits");
                return false;
            }
            method = method.substr(0, static_cast<std::size_t>(digits.data() - method.data()) - 1);
        }
        into.method = method;
        return read_pairs(into.params) && read_end();
    }

    /// "[5]: value" or "[5]! pairs".
    bool read_answer(line& into) {
        ++at_;
        const char* const begin = text_.data() + at_;
        const char* const end = text_.data() + text_.size();
        const auto number = std::from_chars(begin, end, into.id);
        if (number.ec != std::errc()) return expected("the number of a call");
        at_ = static_cast<std::size_t>(number.ptr - text_.data());
        if (peek() != ']') return expected("']'");
        ++at_;
        if (peek() == ':') {
            ++at_;
            into.kind = line::what::reply;
            return read_value(into.outcome) && read_end();
        }
        if (peek() != '!') return expected("':' or '!'");
        ++at_;
        into.kind = line::what::failure;
        value pairs = value::map();
        if (!read_pairs(pairs) || !read_end()) return false;
        const auto text = [&](std::string_view key) {
            const value& found = pairs[key];
            if (found.is_null()) return std::string();
            return found.is(value_kind::string) ? std::string(found.string()) : found.to_text();
        };
        into.message = text("message");
        into.details = text("details");
        return true;
    }

    bool read_end() {
        skip_gap();
        return at_end() || expected("the end of the line");
    }

    bool read_name(std::string_view& into) {
        const std::size_t begin = at_;
        while (!at_end() && peek() != ' ' && peek() != ':') ++at_;
        into = detail::stripped(text_.substr(begin, at_ - begin));
        if (is_utf8(into)) return true;
        at_ = begin;
        return expected("a name in utf-8");
    }

    /// Up to a closing brace or the end.
    bool read_pairs(value& into) {
        for (;;) {
            skip_gap();
            if (at_end() || peek() == '}') return true;
            std::string_view key;
            if (!read_name(key) || !charge(key.size())) return false;
            while (peek() == ' ') ++at_;
            if (peek() != ':') return expected("':' after a key");
            ++at_;
            value content;
            if (!read_value(content)) return false;
            into.insert_or_assign(value(key), std::move(content));
        }
    }

    bool read_value(value& into) {
        skip_gap();
        if (!charge(0, 1)) return false;
        const char first = peek();
        switch (first) {
        case '"': return read_string(into);
        case '\'': return read_bytes(into);
        case '[': return read_list(into);
        case '{': return read_dictionary(into);
        default: break;
        }
        if (is_digit(first) || first == '-' || first == '.') return read_number(into);
        return expected("a value");
    }

    bool enter() {
        ++at_;
        if (depth_++ < max_depth_) return true;
        failure_ = fail(errc::limit_exceeded, "terse line: nested more than ", max_depth_,
                        " deep at byte ", at_, " (max_depth)");
        return false;
    }

    bool read_list(value& into) {
        if (!enter()) return false;
        std::vector<value> items;
        for (;;) {
            skip_gap();
            if (peek() == ']') break;
            if (at_end()) return expected("']'");
            if (!read_value(items.emplace_back())) return false;
        }
        ++at_;
        --depth_;
        into = value::list(std::move(items));
        return true;
    }

    bool read_dictionary(value& into) {
        if (!enter()) return false;
        into = value::map();
        if (!read_pairs(into)) return false;
        if (at_end()) return expected("'}'");
        ++at_;
        --depth_;
        return true;
    }

    bool read_string(value& into) {
        const std::size_t begin = ++at_;
        std::string made;
        for (;;) {
            if (at_end()) return expected("a closing quote");
            const char letter = text_[at_++];
            if (letter == '"') break;
            if (letter != '\\' || at_end()) {
                made += letter;
                continue;
            }
            const char escaped = text_[at_++];
            if (escaped != 'n' && escaped != '"' && escaped != '\\') made += letter;
            made += escaped == 'n' ? '\n' : escaped;
        }
        if (!is_utf8(made)) {
            at_ = begin;
            return expected("text in utf-8");
        }
        if (!charge(made.size())) return false;
        into = std::move(made);
        return true;
    }

    bool read_bytes(value& into) {
        const std::size_t begin = ++at_;
        const std::size_t end = text_.find('\'', begin);
        if (end == std::string_view::npos) {
            at_ = text_.size();
            return expected("a closing \"'\"");
        }
        if (!charge(end - begin)) return false;
        auto content = base64_decode_loosely(text_.substr(begin, end - begin));
        if (!content) {
            failure_ = fail(errc::parse_error, "terse line: ", content.error().message(),
                            " at byte ", begin);
            return false;
        }
        at_ = end + 1;
        into = *std::move(content);
        return true;
    }

    void skip_digits(std::string& into) {
        while (is_digit(peek())) into += text_[at_++];
    }

    bool read_number(value& into) {
        // As JSON spells it, so that one reader does for both: "007", ".5" and "5." have other forms there.
        const std::size_t begin = at_;
        std::string sign;
        if (peek() == '-') sign = text_[at_++];
        std::string whole;
        skip_digits(whole);
        std::string fraction;
        const bool has_point = peek() == '.';
        if (has_point) {
            ++at_;
            skip_digits(fraction);
        }
        if (whole.empty() && fraction.empty()) return expected("a digit");
        std::string exponent;
        if (peek() == 'e' || peek() == 'E') {
            exponent = text_[at_++];
            if (peek() == '+' || peek() == '-') exponent += text_[at_++];
            if (!is_digit(peek())) return expected("a digit");
            skip_digits(exponent);
        }
        whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
        if (whole.empty()) whole = "0";
        if (!has_point && exponent.empty()) return make_integer(begin, sign + whole, into);
        if (fraction.empty()) fraction = "0";
        const std::string text = concat(sign, whole, '.', fraction, exponent);
        const char* at = text.data();
        const auto read = json::detail::read_number(at, text.data() + text.size());
        if (read.form == json::detail::number_form::real) {
            into = std::bit_cast<double>(read.bits);
        } else {
            constexpr double most = std::numeric_limits<double>::infinity();
            into = sign.empty() ? most : -most;
        }
        return true;
    }

    bool make_integer(std::size_t begin, const std::string& digits, value& into) {
        if (digits.size() > json::max_digits) {
            failure_ = fail(errc::limit_exceeded, "terse line: integer of ", digits.size(),
                            " digits at byte ", begin, "; limit is ", json::max_digits, " digits");
            return false;
        }
        if (!charge(digits.size())) return false;
        auto made = value::integer(digits);
        if (!made) {
            failure_ = std::move(made).error();
            return false;
        }
        into = *std::move(made);
        return true;
    }

    const std::string_view text_;
    std::size_t at_ = 0;
    decode_budget budget_;
    const std::size_t max_depth_;
    std::size_t depth_ = 0;
    std::optional<error> failure_;
};

} // namespace

bool is_blank(std::string_view text) noexcept {
    return text.find_first_not_of('\r') == std::string_view::npos;
}

result<line> read(std::string_view text, const limits& allowed, std::size_t max_depth) {
    return line_reader(text, allowed, max_depth).read();
}

} // namespace beckon::terse
