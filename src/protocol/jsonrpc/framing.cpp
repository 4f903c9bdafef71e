#include "protocol/jsonrpc/framing.hpp"

#include <algorithm>

#include "beckon/codec/json_boundary.hpp"
#include "protocol/jsonrpc/header_framing.hpp"

namespace beckon::jsonrpc {

namespace {

[[nodiscard]] bool is_blank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

[[nodiscard]] error too_long(std::size_t size, std::size_t most_bytes, std::string_view how) {
    return fail(errc::limit_exceeded, "peer sent a message of ", how, size, " bytes; limit is ",
                most_bytes, " bytes (max_message_bytes)");
}

/// What is said of the size of a message whose end is not here: where much has come, at least as much again, so that it
/// gathers and is not offered with each read.
[[nodiscard]] std::size_t guessed_size(std::size_t so_far) noexcept {
    constexpr std::size_t much = 32u << 10;
    return so_far > much ? 2 * so_far : 0;
}

/// A byte after each message that no message holds.
class delimited final : public framing {
public:
    explicit delimited(char mark) noexcept : mark_(mark) {}

    result<framed> take(byte_view input, std::size_t most_bytes) override {
        const std::size_t end = find_end(input);
        if (end == std::string_view::npos) {
            if (input.size() > most_bytes) return too_long(input.size(), most_bytes, "more than ");
            return framed{};
        }
        scanned_ = 0;
        return message(as_text(input.first(end)), end + 1, most_bytes);
    }

    result<framed> take_last(byte_view input, std::size_t most_bytes) override {
        BECKON_ASSIGN(const framed whole, take(input, most_bytes));
        if (whole.bytes != 0 || input.empty()) return whole;
        scanned_ = 0;
        return message(as_text(input), input.size(), most_bytes);
    }

    std::size_t size(byte_view input) const noexcept override {
        const std::size_t end = find_end(input);
        return end == std::string_view::npos ? guessed_size(input.size()) : end + 1;
    }

    bool allows_blanks() const noexcept override { return true; }
    std::size_t begin(buffer& out) override { return out.size(); }
    result<void> finish(buffer& out, std::size_t) override {
        *out.grow(1) = static_cast<std::byte>(mark_);
        return {};
    }

private:
    [[nodiscard]] result<framed> message(std::string_view text, std::size_t bytes,
                                         std::size_t most_bytes) const {
        if (mark_ == '\n' && text.ends_with('\r')) text.remove_suffix(1);
        if (text.size() > most_bytes) return too_long(text.size(), most_bytes, "");
        return framed{bytes, is_blank(text) ? std::optional<std::string_view>() : text};
    }

    std::size_t find_end(byte_view input) const noexcept {
        const std::string_view text = as_text(input);
        const std::size_t end = text.find(mark_, std::min(scanned_, text.size()));
        scanned_ = end == std::string_view::npos ? text.size() : end;
        return end;
    }

    const char mark_;
    mutable std::size_t scanned_ = 0; ///< So many bytes hold no mark.
};

/// JSON texts one after the other.
class bare final : public framing {
public:
    result<framed> take(byte_view input, std::size_t most_bytes) override {
        look_through(input);
        if (!boundary_.complete()) {
            if (input.size() > most_bytes) return too_long(input.size(), most_bytes, "more than ");
            return framed{};
        }
        return finished(input, most_bytes);
    }

    result<framed> take_last(byte_view input, std::size_t most_bytes) override {
        look_through(input);
        if (input.empty()) return framed{};
        const bool blank = !boundary_.begun();
        // Broken off in the middle: for the reader to say so.
        scanned_ = boundary_.complete() ? scanned_ : input.size();
        BECKON_ASSIGN(framed last, finished(input, most_bytes));
        if (blank) last.text.reset();
        return last;
    }

    std::size_t size(byte_view input) const noexcept override {
        look_through(input);
        return boundary_.complete() ? scanned_ : guessed_size(input.size());
    }

    bool allows_blanks() const noexcept override { return true; }
    std::size_t begin(buffer& out) override { return out.size(); }
    // Numbers would run into one another without; whoever reads lines is glad of it too.
    result<void> finish(buffer& out, std::size_t) override {
        *out.grow(1) = std::byte{'\n'};
        return {};
    }

private:
    void look_through(byte_view input) const noexcept {
        if (boundary_.complete() || scanned_ >= input.size()) return;
        scanned_ += boundary_.feed(as_text(input.subspan(scanned_)));
    }

    [[nodiscard]] result<framed> finished(byte_view input, std::size_t most_bytes) {
        const std::size_t size = std::exchange(scanned_, 0);
        boundary_.reset();
        if (size > most_bytes) return too_long(size, most_bytes, "");
        return framed{size, as_text(input.first(size))};
    }

    mutable json::boundary boundary_;
    mutable std::size_t scanned_ = 0;
};

/// What the transport keeps apart.
class messages final : public framing {
public:
    result<framed> take(byte_view input, std::size_t most_bytes) override {
        if (input.size() < head_bytes) return framed{};
        const std::size_t length = length_in(input);
        if (length > most_bytes) return too_long(length, most_bytes, "");
        if (input.size() - head_bytes < length) return framed{};
        return framed{head_bytes + length, as_text(input.subspan(head_bytes, length))};
    }

    std::size_t size(byte_view input) const noexcept override {
        return input.size() < head_bytes ? 0 : head_bytes + length_in(input);
    }

    std::size_t begin(buffer& out) override {
        const std::size_t start = out.size();
        static_cast<void>(out.grow(head_bytes));
        return start;
    }
    result<void> finish(buffer& out, std::size_t start) override {
        const std::size_t length = out.size() - start - head_bytes;
        for (std::size_t i = 0; i < head_bytes; ++i)
            out.data()[start + i] = static_cast<std::byte>(length >> (8 * i));
        return {};
    }

private:
    static constexpr std::size_t head_bytes = 4;

    static std::size_t length_in(byte_view input) noexcept {
        std::size_t length = 0;
        for (std::size_t i = head_bytes; i-- > 0;)
            length = length << 8 | std::to_integer<std::size_t>(input[i]);
        return length;
    }
};

} // namespace

std::unique_ptr<framing> make_message_framing() { return std::make_unique<messages>(); }

std::unique_ptr<framing> make_framing(framing_kind kind) {
    switch (kind) {
    case framing_kind::newline: return std::make_unique<delimited>('\n');
    case framing_kind::nul: return std::make_unique<delimited>('\0');
    case framing_kind::content_length: return std::make_unique<header_framing>();
    case framing_kind::none: break;
    }
    return std::make_unique<bare>();
}

} // namespace beckon::jsonrpc
