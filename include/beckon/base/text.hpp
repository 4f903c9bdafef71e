// Small text helpers: joining parts without iostreams or <format>, which GCC 12 lacks.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace beckon {

/// The shortest decimal form that reads back as the same number ("0.1", "1e+300", "nan", "inf").
void append_text(std::string& out, double number);
void append_text(std::string& out, float number);
void append_text(std::string& out, long long number);
void append_text(std::string& out, unsigned long long number);

inline void append_text(std::string& out, std::string_view text) { out.append(text); }
inline void append_text(std::string& out, const std::string& text) { out.append(text); }
inline void append_text(std::string& out, const char* text) { out.append(text); }
inline void append_text(std::string& out, char letter) { out.push_back(letter); }
inline void append_text(std::string& out, bool flag) { out.append(flag ? "true" : "false"); }

template <std::integral Integer>
requires(!std::same_as<Integer, bool> &&
         !std::same_as<Integer, char>) void append_text(std::string& out, Integer number) {
    if constexpr (std::is_signed_v<Integer>) {
        append_text(out, static_cast<long long>(number));
    } else {
        append_text(out, static_cast<unsigned long long>(number));
    }
}

/// Joins text, characters, booleans and numbers.
template <typename... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
    std::string out;
    (append_text(out, parts), ...);
    return out;
}

/// Text in double quotes with control and non-ASCII-printable bytes escaped, cut to `most` bytes, safe for
/// messages: a peer's bytes never reach a terminal or a log as they are.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t most = 64);

/// Lower-case hexadecimal digits of bytes, without separators.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

} // namespace beckon
