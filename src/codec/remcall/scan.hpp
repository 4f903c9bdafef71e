// Where values end: remcall's messages have no lengths, so their ends are found by the schema, as far as bytes have come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "codec/remcall/forms.hpp"

namespace beckon::remcall {

struct scan_limits {
    std::size_t bytes = 16u << 20; ///< Of the whole message.
    std::size_t depth = 64;
    std::size_t nodes = 1'000'000; ///< An array's elements cost one each, also those without bytes.
};

/// Goes over the values of a message, and goes on where it stopped when there are more bytes of it.
///
/// Errors: limit_exceeded, as soon as a declared length shows it; the message's end is unknown then.
/// Limits: `scan_limits`. It keeps no bytes.
/// Thread-safety: none.
class value_scanner {
public:
    /// Begins with values of these types, `at` bytes into the message. What it borrows must live until the next begin.
    void begin(const forms& of, std::span<const schema::field> fields, std::size_t at,
               const scan_limits& allowed);
    void begin(const forms& of, const schema::type& only, std::size_t at,
               const scan_limits& allowed);

    /// Whether the message, which begins with `begun`, has all its values. `begun` is what was given before, or more.
    [[nodiscard]] result<bool> look(byte_view begun);
    /// How many bytes it has; as long as it is not whole: how many at least.
    [[nodiscard]] std::size_t size() const noexcept { return at_; }

private:
    /// What is still to come at one level: fields one after another, or elements of one type.
    struct level {
        const schema::field* next = nullptr;
        const schema::field* end = nullptr;
        const schema::type* element = nullptr;
        std::size_t left = 0;
    };
    [[nodiscard]] result<bool> step(byte_view begun, const schema::type& type);
    [[nodiscard]] result<void> advance(std::size_t count);
    [[nodiscard]] result<void> push(level inner);

    const forms* forms_ = nullptr;
    scan_limits allowed_;
    std::vector<level> levels_;
    std::size_t at_ = 0;
    std::size_t nodes_ = 0;
};

} // namespace beckon::remcall
