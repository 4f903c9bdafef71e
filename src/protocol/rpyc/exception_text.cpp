#include "protocol/rpyc/exception_text.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "beckon/base/text.hpp"
#include "protocol/rpyc/exception_class.hpp"
#include "protocol/rpyc/python_text.hpp"

namespace beckon::rpyc {

namespace {

/// OSError and its kin say what failed, not what they were made from.
std::optional<std::string> system_error_text(const value& attributes) {
    const value& number = attributes["errno"];
    if (!number.is(value_kind::integer) || !attributes.contains("strerror")) return std::nullopt;
    std::string text =
        concat("[Errno ", python_repr(number), "] ", python_str(attributes["strerror"]));
    if (attributes["filename"].is_null()) return text;
    text += concat(": ", python_repr(attributes["filename"]));
    if (!attributes["filename2"].is_null())
        text += concat(" -> ", python_repr(attributes["filename2"]));
    return text;
}

/// "0xff" or "'\xe9'": what stands at a position of the bytes or text.
std::string unit_at(const value& content, std::int64_t position) {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto at = static_cast<std::size_t>(position);
    std::uint32_t code = 0;
    if (content.is(value_kind::bytes)) {
        if (at >= content.size()) return {};
        code = std::to_integer<std::uint32_t>(content.bytes()[at]);
        return concat("0x", hex[code >> 4], hex[code & 15]);
    }
    std::size_t left = at;
    bool found = false;
    for (const char letter : content.string()) {
        const auto byte = static_cast<unsigned char>(letter);
        if ((byte & 0xc0) == 0x80) {
            if (found) code = code << 6 | (byte & 0x3fu);
            continue;
        }
        if (found) break;
        found = left-- == 0;
        code = byte < 0x80 ? byte : byte & (byte < 0xe0 ? 0x1fu : byte < 0xf0 ? 0x0fu : 0x07u);
    }
    if (!found) return {};
    const int digits = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8;
    std::string text = concat("'\\", digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
    for (int i = digits - 1; i >= 0; --i) text += hex[code >> (4 * i) & 15];
    return text += '\'';
}

/// Of (encoding, content, start, end, reason).
std::optional<std::string> unicode_error_text(std::string_view name,
                                              std::span<const value> arguments) {
    const bool decodes = name == "UnicodeDecodeError";
    if (!decodes && name != "UnicodeEncodeError") return std::nullopt;
    if (arguments.size() != 5 || !arguments[0].is(value_kind::string) ||
        !arguments[1].is(decodes ? value_kind::bytes : value_kind::string) ||
        !arguments[2].is_int64() || !arguments[3].is_int64()) {
        return std::nullopt;
    }
    const std::int64_t start = arguments[2].int64();
    const std::int64_t end = arguments[3].int64();
    if (start < 0 || end <= start) return std::nullopt;
    const std::string_view verb = decodes ? "decode byte" : "encode character";
    std::string text = concat('\'', arguments[0].string(), "' codec can't ", verb);
    const std::string unit = end == start + 1 ? unit_at(arguments[1], start) : std::string();
    if (!unit.empty()) {
        text += concat(' ', unit, " in position ", start);
    } else {
        text += concat("s in position ", start, '-', end - 1);
    }
    return text += concat(": ", python_str(arguments[4]));
}

} // namespace

std::string exception_text(const python_exception& raised) {
    const std::span<const value> arguments = raised.arguments().items();
    if (raised.module() == builtins) {
        if (auto text = system_error_text(raised.attributes())) return *std::move(text);
        if (auto text = unicode_error_text(raised.class_name(), arguments)) return *std::move(text);
        if (raised.class_name() == "KeyError" && arguments.size() == 1)
            return python_repr(arguments[0]);
    }
    if (arguments.empty()) return {};
    return arguments.size() == 1 ? python_str(arguments[0]) : python_repr(raised.arguments());
}

} // namespace beckon::rpyc
