#include "protocol/jsonrpc/header_framing.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace beckon::jsonrpc {

namespace {

constexpr std::string_view length_name = "Content-Length: ";
constexpr std::string_view headers_end = "\r\n\r\n";

[[nodiscard]] char lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

[[nodiscard]] bool is_named(std::string_view name, std::string_view wanted) noexcept {
    return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(),
                      [](char a, char b) { return lower(a) == b; });
}

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Just behind the empty line that ends the headers, or npos. An LF alone ends a line as well.
[[nodiscard]] std::size_t find_end(std::string_view text, std::size_t from) noexcept {
    for (std::size_t at = text.find('\n', from); at != std::string_view::npos;
         at = text.find('\n', at + 1)) {
        std::size_t next = at + 1;
        if (next < text.size() && text[next] == '\r') ++next;
        if (next < text.size() && text[next] == '\n') return next + 1;
    }
    return std::string_view::npos;
}

/// Digits, and nothing else. What does not fit is longer than anything allowed.
[[nodiscard]] result<std::size_t> read_length(std::string_view text) {
    const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char each) {
        return each >= '0' && each <= '9';
    });
    if (!digits) {
        return fail(errc::protocol_error, "peer sent Content-Length ", quoted(text),
                    "; expected decimal digits");
    }
    std::size_t length = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
    if (read.ec == std::errc()) return length;
    return std::numeric_limits<std::size_t>::max();
}

[[nodiscard]] result<void> check_type(std::string_view type) {
    for (std::size_t at = type.find(';'); at != std::string_view::npos; at = type.find(';')) {
        type.remove_prefix(at + 1);
        const std::string_view parameter = trimmed(type.substr(0, type.find(';')));
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos ||
            !is_named(trimmed(parameter.substr(0, equals)), "charset"))
            continue;
        std::string_view charset = trimmed(parameter.substr(equals + 1));
        if (charset.size() >= 2 && charset.front() == '"' && charset.back() == '"')
            charset = charset.substr(1, charset.size() - 2);
        if (is_named(charset, "utf-8") || is_named(charset, "utf8")) continue;
        return fail(errc::protocol_error, "peer sends charset ", quoted(charset),
                    "; expected utf-8");
    }
    return {};
}

/// The length that a block of headers tells.
[[nodiscard]] result<std::size_t> read_headers(std::string_view block) {
    std::optional<std::size_t> length;
    while (!block.empty()) {
        const std::size_t end = block.find('\n');
        std::string_view line = block.substr(0, end);
        block.remove_prefix(end + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (line.empty()) continue;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            return fail(errc::protocol_error, "peer sent ", quoted(line),
                        " in place of a header; is it framing=content-length that it speaks");
        }
        const std::string_view name = trimmed(line.substr(0, colon));
        const std::string_view content = trimmed(line.substr(colon + 1));
        if (is_named(name, "content-length")) {
            BECKON_ASSIGN(const std::size_t told, read_length(content));
            if (length && *length != told) {
                return fail(errc::protocol_error, "peer sent two headers Content-Length, ", *length,
                            " and ", told);
            }
            length = told;
        } else if (is_named(name, "content-type")) {
            BECKON_TRY(check_type(content));
        }
    }
    if (!length) {
        return fail(errc::protocol_error, "peer sent a message without the header Content-Length");
    }
    return *length;
}

/// A reader of lines, or a peer that speaks otherwise, is told at the first line and not after 8 KiB.
[[nodiscard]] result<void> check_beginning(std::string_view text) {
    const std::size_t begin = text.find_first_not_of("\r\n");
    if (begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '[')) {
        return fail(errc::protocol_error, "peer sent a message without headers; expected "
                                          "Content-Length, as framing=content-length says");
    }
    return {};
}

} // namespace

result<framed> header_framing::take(byte_view input, std::size_t most_bytes) {
    const std::string_view text = as_text(input);
    const std::size_t block = find_end(text, std::min(scanned_, text.size()));
    if (block == std::string_view::npos ? text.size() > most_header_bytes
                                        : block > most_header_bytes) {
        return fail(errc::protocol_error, "peer sent more than ", most_header_bytes,
                    " bytes of headers");
    }
    BECKON_TRY(check_beginning(text));
    if (block == std::string_view::npos) {
        // The empty line may be here but for its last byte.
        scanned_ = text.size() - std::min<std::size_t>(text.size(), 2);
        return framed{};
    }
    BECKON_ASSIGN(const std::size_t length, read_headers(text.substr(0, block)));
    if (length > most_bytes) {
        return fail(errc::limit_exceeded, "peer declared a message of ", length,
                    " bytes; limit is ", most_bytes, " bytes (max_message_bytes)");
    }
    if (length > text.size() - block) return framed{};
    scanned_ = 0;
    return framed{block + length, text.substr(block, length)};
}

std::size_t header_framing::size(byte_view input) const noexcept {
    const std::string_view text = as_text(input);
    const std::size_t block = find_end(text, std::min(scanned_, text.size()));
    if (block == std::string_view::npos || block > most_header_bytes) return 0;
    const auto length = read_headers(text.substr(0, block));
    // What is refused is not read on: `take` says why.
    if (!length || *length > std::numeric_limits<std::size_t>::max() - block) return 0;
    return block + *length;
}

std::size_t header_framing::begin(buffer& out) {
    const std::size_t start = out.size();
    out.append(as_bytes(length_name));
    static_cast<void>(out.grow(3)); // the digits of most lengths
    out.append(as_bytes(headers_end));
    return start;
}

result<void> header_framing::finish(buffer& out, std::size_t start) {
    const std::size_t digits_at = start + length_name.size();
    const std::size_t content_at = digits_at + 3 + headers_end.size();
    char digits[20];
    const std::size_t length = out.size() - content_at;
    const char* const digits_end = std::to_chars(digits, digits + sizeof digits, length).ptr;
    const auto count = static_cast<std::size_t>(digits_end - digits);
    if (count != 3) { // the content makes room, or moves up
        const std::size_t moved_to = digits_at + count + headers_end.size();
        if (count > 3) static_cast<void>(out.grow(count - 3));
        std::memmove(out.data() + moved_to, out.data() + content_at, length);
        out.truncate(moved_to + length);
        std::memcpy(out.data() + digits_at + count, headers_end.data(), headers_end.size());
    }
    std::memcpy(out.data() + digits_at, digits, count);
    return {};
}

} // namespace beckon::jsonrpc
