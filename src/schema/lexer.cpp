#include "schema/lexer.hpp"

#include <algorithm>
#include <string_view>

#include "beckon/base/text.hpp"
#include "schema/limits.hpp"
#include "schema/text_literal.hpp"

namespace beckon::schema {

namespace {

constexpr std::string_view symbols = "{}()<>[],;=.:-";
constexpr std::string_view units[] = {"ns", "us", "ms", "s", "min", "h"};

bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\r'; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_word(char letter) {
    return is_digit(letter) || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '_';
}

class lexer {
public:
    lexer(const source_text& source, std::size_t max_errors)
        : source_(source), text_(source.text()), max_errors_(max_errors) {}

    tokens run() {
        while (skip_space_and_comments()) take_token();
        add(token_kind::end, at_, 0);
        return std::move(out_);
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void complain(std::size_t offset, std::size_t length, std::string message) {
        if (out_.diagnostics.size() >= max_errors_) return;
        out_.diagnostics.push_back(source_.complain(range(offset, length), std::move(message)));
    }

    static source_range range(std::size_t offset, std::size_t length) {
        return {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length)};
    }

    void add(token_kind kind, std::size_t offset, std::size_t length) {
        const auto comments = static_cast<std::uint32_t>(out_.comments.size());
        out_.list.push_back({kind, range(offset, length), line_, pending_comments_, comments});
        pending_comments_ = comments;
    }

    /// False at the end of the text.
    bool skip_space_and_comments() {
        while (at_ < text_.size()) {
            if (peek() == '\n') {
                ++line_;
                ++at_;
            } else if (is_space(peek())) {
                ++at_;
            } else if (peek() == '/' && peek(1) == '/') {
                take_line_comment();
            } else if (peek() == '/' && peek(1) == '*') {
                take_block_comment();
            } else {
                return true;
            }
        }
        return false;
    }

    void take_line_comment() {
        const std::size_t start = at_;
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        at_ += 2;
        if (peek() == '/' && peek(1) != '/') ++at_; // "///", but not a rule of slashes
        out_.comments.push_back({range(at_, end - at_), line_,
                                 static_cast<std::uint32_t>(start - source_.start_of_line(line_)),
                                 false});
        at_ = end;
    }

    void take_block_comment() {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) {
            complain(at_, 2, "found end of file inside this comment, expected '*/'");
            at_ = text_.size();
            return;
        }
        out_.comments.push_back({range(at_, end + 2 - at_), line_, 0, true});
        line_ += static_cast<std::uint32_t>(
            std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                       text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
        at_ = end + 2;
    }

    void take_token() {
        const char first = peek();
        if (is_digit(first) || (first == '-' && is_digit(peek(1)))) {
            take_number();
        } else if (is_word(first)) {
            take_name();
        } else if (first == '"') {
            take_text();
        } else if (symbols.find(first) != std::string_view::npos) {
            add(token_kind::symbol, at_++, 1);
        } else {
            take_rubbish();
        }
    }

    void take_name() {
        const std::size_t start = at_;
        while (is_word(peek())) ++at_;
        if (at_ - start > max_name_bytes) {
            complain(start, at_ - start,
                     concat("found a name of ", at_ - start, " bytes; limit is ", max_name_bytes,
                            " bytes"));
        }
        add(token_kind::name, start, at_ - start);
    }

    void take_number() {
        const std::size_t start = at_;
        if (peek() == '-') ++at_;
        token_kind kind = token_kind::integer;
        bool good = true;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
            at_ += 2;
            const std::size_t digits = at_;
            while (is_word(peek())) ++at_;
            const std::string_view hex = text_.substr(digits, at_ - digits);
            good = !hex.empty() &&
                   hex.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
        } else {
            skip_digits();
            if (peek() == '.' && is_digit(peek(1))) {
                kind = token_kind::number;
                ++at_;
                skip_digits();
            }
            if (peek() == 'e' || peek() == 'E') take_exponent(kind);
            const std::size_t suffix = at_;
            while (is_word(peek())) ++at_;
            if (at_ > suffix) {
                const std::string_view unit = text_.substr(suffix, at_ - suffix);
                good = kind == token_kind::integer &&
                       std::find(std::begin(units), std::end(units), unit) != std::end(units);
                kind = token_kind::duration;
            }
        }
        if (!good) {
            complain(start, at_ - start,
                     concat("found ", quoted(text_.substr(start, at_ - start)),
                            ", expected a number (3, -0x1f, 2.5, 1e9) or a duration (250ms)"));
            kind = token_kind::integer;
        }
        add(kind, start, at_ - start);
    }

    void skip_digits() {
        while (is_digit(peek())) ++at_;
    }

    void take_exponent(token_kind& kind) {
        const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
        if (!is_digit(peek(1 + sign))) return;
        kind = token_kind::number;
        at_ += 1 + sign;
        skip_digits();
    }

    void take_text() {
        const std::size_t start = at_++;
        while (at_ < text_.size() && peek() != '"' && peek() != '\n') {
            at_ += peek() == '\\' && peek(1) != '\n' && at_ + 1 < text_.size() ? 2 : 1;
        }
        if (peek() != '"') {
            complain(start, at_ - start, "found end of line inside a string, expected '\"'");
        } else {
            ++at_;
            std::string content;
            const std::string_view inside = text_.substr(start + 1, at_ - start - 2);
            if (const auto bad = unescape(inside, content)) {
                complain(start + 1 + *bad, 2,
                         "found an unknown escape, expected one of \\\" \\\\ \\n \\r \\t "
                         "\\xHH \\u{HEX}");
            }
        }
        add(token_kind::text, start, at_ - start);
    }

    /// One complaint for a run of characters that belong nowhere.
    void take_rubbish() {
        const std::size_t start = at_;
        while (at_ < text_.size() && !is_space(peek()) && peek() != '\n' && peek() != '"' &&
               !is_word(peek()) && symbols.find(peek()) == std::string_view::npos &&
               !(at_ > start && peek() == '/')) {
            ++at_;
        }
        const std::string_view found = text_.substr(start, at_ - start);
        const bool is_foreign = std::any_of(found.begin(), found.end(), [](char each) {
            return static_cast<unsigned char>(each) >= 0x80;
        });
        complain(start, at_ - start,
                 is_foreign ? concat("found ", quoted(found, 16),
                                     ", expected names of ASCII letters, digits and underscores")
                            : concat("found ", quoted(found, 16),
                                     ", expected a name, a number, a string or one of ", symbols));
    }

    const source_text& source_;
    std::string_view text_;
    std::size_t max_errors_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 0;
    std::uint32_t pending_comments_ = 0;
    tokens out_;
};

} // namespace

tokens tokenize(const source_text& source, std::size_t max_errors) {
    return lexer(source, max_errors).run();
}

std::string describe(const source_text& source, const token& token) {
    if (token.kind == token_kind::end) return "end of file";
    std::string_view slice = source.slice(token.where);
    if (token.kind == token_kind::text) {
        slice.remove_prefix(1);
        if (!slice.empty() && slice.back() == '"') slice.remove_suffix(1);
        return concat("string ", quoted(slice, 40));
    }
    if (slice.size() > 60) return concat("'", slice.substr(0, 60), "...'");
    return concat("'", slice, "'");
}

} // namespace beckon::schema
