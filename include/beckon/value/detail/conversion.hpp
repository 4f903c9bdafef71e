// The state of one conversion between C++ types and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// Keeps the first failure of a conversion, and where it was.
///
/// Thread-safety: none; belongs to one conversion.
class conversion {
public:
    /// C++ types may be recursive; values may nest to any depth; the stack may not.
    static constexpr std::size_t max_depth = 512;

    /// "expected int8, found int64 300". Always false, to be returned.
    bool mismatch(std::string_view expected, const value& found);
    /// Any other failure. Always false.
    bool fail(errc code, std::string message);
    // Where the failure was, from the inside out. Always false.
    bool in_field(std::string_view name);
    bool in_item(std::size_t index);
    bool in_entry(const value& key);

    /// Before reading or writing something nested; `leave` follows where this is true.
    [[nodiscard]] bool enter() {
        if (depth_ == max_depth) return too_deep();
        ++depth_;
        return true;
    }
    void leave() noexcept { --depth_; }

    /// From here on strings are read from bytes that are UTF-8, and bytes from strings: for peers that do not tell them
    /// apart.
    void take_either_text() noexcept { takes_either_text_ = true; }
    [[nodiscard]] bool takes_either_text() const noexcept { return takes_either_text_; }

    /// The failure with its path. REQUIRES: there was one.
    [[nodiscard]] error take_failure();

private:
    bool too_deep();

    errc code_ = errc::internal;
    std::string message_;
    std::string path_;
    std::size_t depth_ = 0;
    bool takes_either_text_ = false;
};

namespace detail {

/// A value's type and, where that is short and says no secret, its content: "int64 42", "string of 5 bytes".
[[nodiscard]] std::string found_text(const value& found);

// The parts of conversions that do not depend on the C++ type.
bool read_boolean(const value& from, bool& into, conversion& state);
/// What stands for the key of a map with integers for keys: the number in a text, where some codecs have no other keys; all else
/// as it is.
[[nodiscard]] value number_of_key(const value& key);
bool read_signed(const value& from, std::int64_t& into, std::int64_t least, std::int64_t most,
                 std::string_view expected, conversion& state);
bool read_unsigned(const value& from, std::uint64_t& into, std::uint64_t most,
                   std::string_view expected, conversion& state);
bool read_double(const value& from, double& into, conversion& state);
bool read_float(const value& from, float& into, conversion& state);
bool read_string(const value& from, std::string_view& into, conversion& state);
bool read_bytes(const value& from, byte_view& into, conversion& state);
bool read_date(const value& from, date& into, conversion& state);
bool read_time(const value& from, time_of_day& into, conversion& state);
bool read_datetime(const value& from, datetime& into, conversion& state);
bool read_duration(const value& from, duration& into, conversion& state);
/// The position of the enumerator that the value names or whose number it is.
bool read_enumerator(const value& from, std::size_t& into, std::string_view type,
                     std::span<const std::string_view> names, std::span<const std::int64_t> numbers,
                     conversion& state);
/// The case that the value names, and its content.
bool read_case(const value& from, std::size_t& index, const value*& content,
               std::span<const std::string_view> names, conversion& state);
/// A variant of a type, which knows the number of its case.
[[nodiscard]] value make_case(std::string_view name, std::size_t index, value content);
/// The items of any sequence.
bool read_items(const value& from, std::span<const value>& into, std::string_view expected,
                conversion& state);
/// Nanoseconds since the epoch, where they fit 64 bits.
bool nanoseconds_of(datetime moment, std::int64_t& into, conversion& state);
[[nodiscard]] datetime datetime_of(std::int64_t nanoseconds) noexcept;

/// Finds the fields of a record in whatever stands for one.
class field_source {
public:
    /// False, with a failure, where the value cannot stand for a record.
    bool open(const value& from, std::string_view type, conversion& state);
    /// The field's value, or null pointer; asked for in the order of the fields.
    [[nodiscard]] const value* find(std::string_view name, std::size_t index) const noexcept;

private:
    std::span<const record_field> fields_; // by name, most often in order
    const value* map_ = nullptr;
    std::span<const value> items_; // in order
};

bool missing_field(std::string_view type, std::string_view field, conversion& state);

} // namespace detail
} // namespace beckon
