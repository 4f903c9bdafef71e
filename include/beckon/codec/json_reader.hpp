// Reading JSON text piece by piece: what typed decoding is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/value/value.hpp"

namespace beckon::json {

namespace detail {
class string_reader;

// What is left of a text's limits.
struct budget {
    budget(std::size_t text_bytes, const parse_options& options);

    std::size_t decoded_limit;
    std::size_t bytes;
    std::size_t nodes;
    std::size_t depth;
};
} // namespace detail

/// Walks through one JSON text. Each reading function takes the next value and returns false after the first
/// failure, which it keeps; the caller then returns too, adding where it was on the way out.
///
/// Limits: those of parse_options; but depth is at most 512, since callers mostly recurse.
/// Thread-safety: none.
/// Lifetime: borrows text and options.
class reader {
public:
    static constexpr std::size_t no_field = ~std::size_t{0};

    reader(std::string_view text, const parse_options& options);
    ~reader();
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    /// The first letter of the next value, or NUL at the end. Skips white space.
    [[nodiscard]] char peek() noexcept {
        if (at_ == end_ || static_cast<unsigned char>(*at_) <= ' ') skip_space();
        return at_ == end_ ? '\0' : *at_;
    }

    bool read_boolean(bool& into);
    /// A whole number, written as integer or not, within the range; `name` is for the message.
    bool read_signed(std::int64_t& into, std::int64_t least, std::int64_t most,
                     std::string_view name);
    bool read_unsigned(std::uint64_t& into, std::uint64_t most, std::string_view name);
    bool read_double(double& into);
    /// The view lives until the next call.
    bool read_string(std::string_view& into);
    /// A whole value, as `parse` makes it.
    bool read_value(value& into);
    /// Reads over a value, checking it.
    bool skip();
    /// Takes `null` if that comes next.
    [[nodiscard]] bool take_null() noexcept;

    /// Enters the array or object that comes next. REQUIRES: peek() says '[' or '{'.
    bool enter();
    /// Whether another item follows in the array; leaves it where none does. `first` is true before the first.
    bool next_item(bool& first) {
        if (!first && at_ != end_ && *at_ == ',') {
            ++at_;
            return !failure_;
        }
        return next_item_slowly(first);
    }
    /// The same in an object; reads the key and the colon.
    bool next_key(bool& first, std::string_view& key);
    /// Takes the key and the colon if they come next just as most programs write them; so it costs one
    /// comparison with a text known to the compiler. Else changes nothing.
    [[nodiscard, gnu::always_inline]] bool take_key(bool first, std::string_view name) noexcept {
        const char* at = at_;
        if (static_cast<std::size_t>(end_ - at) < name.size() + 4) return false;
        if (!first && *at++ != ',') return false;
        if (*at != '"' || std::memcmp(at + 1, name.data(), name.size()) != 0 ||
            at[name.size() + 1] != '"' || at[name.size() + 2] != ':') {
            return false;
        }
        at_ = at + name.size() + 3;
        return true;
    }
    /// Leaves the object if it ends here.
    [[nodiscard]] bool take_end() noexcept {
        if (at_ == end_ || *at_ != '}') return false;
        ++at_;
        ++left_.depth;
        return true;
    }
    /// As next_key; the key's index among the names, or `no_field`.
    bool next_field(bool& first, std::span<const std::string_view> names, std::size_t& index);
    /// Nothing but white space may follow.
    bool finish();

    /// Counts memory that the caller is about to spend against the limits.
    bool charge(std::size_t bytes) {
        if (bytes > left_.bytes) return over_budget();
        left_.bytes -= bytes;
        return true;
    }
    /// How many items to have room for in an array whose first `items` have been read, each `item_bytes` of memory: as
    /// many as the rest of the text has at that rate, but at most four times as many, and what the limits leave.
    /// REQUIRES: items > 0; `begin` was offset() before the first; the next has been charged.
    [[nodiscard]] std::size_t room_for(std::size_t items, std::size_t begin,
                                       std::size_t item_bytes) const noexcept;
    [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
    // Where it was, from the inside out. Always false, to be returned.
    bool in_field(std::string_view name);
    bool in_item(std::size_t index);
    /// Keeps a failure of the caller's own, at the place before the value last read. Always false.
    bool fail(const error& failure);
    /// Called where a key came twice: a failure, if the options say so.
    [[nodiscard]] bool refuses_duplicates();
    [[nodiscard]] error take_failure();
    [[nodiscard]] const parse_options& options() const noexcept;
    /// How much of the text has been read.
    [[nodiscard]] std::size_t offset() const noexcept {
        return static_cast<std::size_t>(at_ - text_.data());
    }

private:
    bool begin_value(std::string_view what);
    bool begin_value_slowly(std::string_view what);
    bool next_item_slowly(bool& first);
    void skip_space() noexcept;
    bool over_budget();
    bool expected(std::string_view what);
    bool keep(error failure);

    std::string_view text_;
    const parse_options& options_;
    const char* at_;
    const char* value_begin_;
    const char* end_;
    detail::budget left_;
    std::unique_ptr<detail::string_reader> strings_; // of strings with escapes
    std::optional<error> failure_;
    std::string path_;
};

} // namespace beckon::json
