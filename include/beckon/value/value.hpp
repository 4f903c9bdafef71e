// The dynamic value: everything that any protocol can carry, in 16 bytes.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/value/detail/convertible.hpp"
#include "beckon/value/kind.hpp"
#include "beckon/value/referent.hpp"

namespace beckon {

struct map_entry;
struct record_field;
struct exception_parts;

/// A dynamically typed value.
///
/// Integers that fit 64 bits, numbers, dates, and strings and bytes up to 14 bytes are held inside; the rest
/// lies in counted memory that copies share. There are no mutable references into a value: it is read with
/// `[]`, `at` and iteration, and changed with `push_back`, `insert_or_assign` and their like, which first
/// make the value its own where it is shared. So a copy costs one count, and never sees later changes.
///
/// Two values are equal where kind and content are: 1 and 1.0 differ, float32 0.5 and float64 0.5 do not,
/// NaN equals itself (so that a value can be a key), maps and sets compare without regard to order, and
/// references by identity. Content may nest to any depth: copying, destroying, comparing and printing do not
/// use the stack for it. Only containers as keys, inside keys, more than 64 deep never compare equal
/// (unless shared).
///
/// Errors: reading functions throw value_error where the value is of another kind, `get` and the like return
/// it as result. None of these is a bug of the program, for the value may come from a peer.
/// Thread-safety: distinct objects safe, also where they share memory; shared objects safe for reading.
class value {
public:
    value() noexcept = default;
    // NOLINTBEGIN(google-explicit-constructor): a value is what its constructor is given.
    value(std::nullptr_t) noexcept {}
    template <std::same_as<bool> T>
    value(T flag) noexcept : value(detail::form::boolean, flag ? 1u : 0u) {}
    template <detail::integer_type T>
    value(T number) noexcept
        : value(std::cmp_greater(number, INT64_MAX) ? detail::form::uint64 : detail::form::int64,
                static_cast<std::uint64_t>(number)) {}
    value(double number) noexcept
        : value(detail::form::float64, std::bit_cast<std::uint64_t>(number)) {}
    value(float number) noexcept
        : value(detail::form::float32, std::bit_cast<std::uint32_t>(number)) {}
    value(std::string_view text);
    value(const char* text) : value(std::string_view(text)) {}
    value(const std::string& text) : value(std::string_view(text)) {}
    value(std::string&& text);
    value(byte_view content);
    value(const beckon::bytes& content) : value(byte_view(content)) {}
    value(beckon::bytes&& content);
    value(beckon::date day) noexcept;
    value(time_of_day time) noexcept : value(detail::form::time, time.nanoseconds) {}
    value(beckon::datetime moment) noexcept;
    value(beckon::duration length) noexcept
        : value(detail::form::duration, static_cast<std::uint64_t>(length.count())) {}
    /// A reference to an object; null where the pointer is.
    value(intrusive_ptr<referent> object) noexcept;
    /// Containers of the standard library, registered records and enumerations, references and streams
    /// (value/convert.hpp, which this needs, lists them). Throws value_error where the C++ value has no
    /// counterpart, such as a time that does not fit 64 bits of nanoseconds.
    template <detail::converted_type T>
    value(T&& object);
    // NOLINTEND(google-explicit-constructor)

    value(const value& other) noexcept : head_(other.head_), body_(other.body_) {
        if (form() >= detail::first_counted) share();
    }
    value(value&& other) noexcept
        : head_(std::exchange(other.head_, 0)), body_(std::exchange(other.body_, 0)) {}
    value& operator=(const value& other) noexcept {
        value copy(other);
        swap(copy);
        return *this;
    }
    value& operator=(value&& other) noexcept {
        value moved(std::move(other));
        swap(moved);
        return *this;
    }
    ~value() {
        if (form() >= detail::first_counted) release();
    }
    void swap(value& other) noexcept {
        std::swap(head_, other.head_);
        std::swap(body_, other.body_);
    }

    // Makers of what no constructor can tell.
    [[nodiscard]] static value list(std::initializer_list<value> items = {});
    [[nodiscard]] static value list(std::vector<value>&& items);
    [[nodiscard]] static value tuple(std::initializer_list<value> items = {});
    [[nodiscard]] static value tuple(std::vector<value>&& items);
    /// Equal items are kept once, as in all sets.
    [[nodiscard]] static value set(std::initializer_list<value> items = {});
    [[nodiscard]] static value set(std::vector<value>&& items);
    [[nodiscard]] static value frozen_set(std::initializer_list<value> items = {});
    [[nodiscard]] static value frozen_set(std::vector<value>&& items);
    /// Of equal keys, the last one's value stays, at the place of the first.
    [[nodiscard]] static value map(std::initializer_list<map_entry> entries);
    [[nodiscard]] static value map(std::vector<map_entry>&& entries);
    [[nodiscard]] static value map();
    [[nodiscard]] static value slice(value start, value stop, value step);
    [[nodiscard]] static value complex(double real, double imaginary);
    /// Sign and magnitude, most significant byte first; leading zeros are dropped.
    [[nodiscard]] static value big_integer(bool negative, byte_view magnitude);
    /// An integer of any size from decimal digits with an optional '-'.
    ///
    /// Errors: parse_error.
    /// Limits: at most 100,000 digits, since the conversion takes quadratic time: limit_exceeded.
    [[nodiscard]] static result<value> integer(std::string_view decimal);
    [[nodiscard]] static value enumeration(std::string_view type, std::string_view name,
                                           std::int64_t number);
    [[nodiscard]] static value record(std::string_view type,
                                      std::initializer_list<record_field> fields);
    [[nodiscard]] static value record(std::string_view type, std::vector<record_field>&& fields);
    [[nodiscard]] static value variant(std::string_view case_name, value content);
    [[nodiscard]] static value exception(exception_parts parts);
    /// A handle of a stream; null where the pointer is.
    [[nodiscard]] static value stream(intrusive_ptr<referent> handle) noexcept;
    [[nodiscard]] static value extension(std::int64_t type, byte_view content);

    [[nodiscard]] value_kind kind() const noexcept {
        return detail::kind_of_form[static_cast<std::size_t>(form())];
    }
    /// The type in words, for messages: "int64", "string", "record Item", "list".
    [[nodiscard]] std::string type_name() const;
    [[nodiscard]] bool is_null() const noexcept { return form() == detail::form::null; }
    [[nodiscard]] bool is(value_kind wanted) const noexcept { return kind() == wanted; }
    /// A list, tuple, set or frozen set.
    [[nodiscard]] bool is_sequence() const noexcept {
        return form() >= detail::form::list && form() <= detail::form::frozen_set;
    }
    [[nodiscard]] bool is_float32() const noexcept { return form() == detail::form::float32; }
    /// An integer that fits int64.
    [[nodiscard]] bool is_int64() const noexcept { return form() == detail::form::int64; }
    /// An integer that fits uint64.
    [[nodiscard]] bool is_uint64() const noexcept {
        return form() == detail::form::uint64 ||
               (is_int64() && static_cast<std::int64_t>(body_) >= 0);
    }

    /// The value as a T, converted where nothing is lost: integers of another width, integers as floats,
    /// maps as records, lists as vectors. value/convert.hpp says what fits what.
    ///
    /// Errors: type_mismatch that says where, what was found and what was expected:
    /// "items[3].name: expected string, found int64 42".
    template <typename T>
    [[nodiscard]] result<T> get() const;
    /// As `get`; throws value_error in place of an error.
    template <typename T>
    [[nodiscard]] T as() const;
    template <typename T>
    [[nodiscard]] T get_or(T otherwise) const {
        return get<T>().value_or(std::move(otherwise));
    }

    // Content without conversion; each throws value_error where the value is of another kind.
    // Views and spans live as long as the value is neither changed nor destroyed.
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::int64_t int64() const;   ///< Throws for integers that do not fit, too.
    [[nodiscard]] std::uint64_t uint64() const; ///< Throws for integers that do not fit, too.
    [[nodiscard]] double float64() const;       ///< Of a floating value only.
    [[nodiscard]] std::string_view string() const;
    [[nodiscard]] byte_view bytes() const;
    [[nodiscard]] beckon::date date() const;
    [[nodiscard]] time_of_day time() const;
    [[nodiscard]] beckon::datetime datetime() const;
    [[nodiscard]] beckon::duration duration() const;
    /// Of a list, tuple, set or frozen set.
    [[nodiscard]] std::span<const value> items() const;
    /// Of a map.
    [[nodiscard]] std::span<const map_entry> entries() const;
    /// Of a record, in order.
    [[nodiscard]] std::span<const record_field> fields() const;
    /// Of an enumeration, a record or an exception.
    [[nodiscard]] std::string_view declared_type() const;
    /// Of an enumeration, or a variant's case.
    [[nodiscard]] std::string_view name() const;
    /// Of an enumeration, or an extension's type.
    [[nodiscard]] std::int64_t number() const;
    /// Of a variant.
    [[nodiscard]] const value& content() const;
    /// Of an exception.
    [[nodiscard]] exception_parts exception() const;
    /// Of a slice: start, stop and step.
    [[nodiscard]] std::span<const value> bounds() const;
    /// Of a complex number: real and imaginary part.
    [[nodiscard]] std::pair<double, double> complex_parts() const;
    /// Of a reference or a stream: never null; lives at least as long as the value holds it.
    [[nodiscard]] referent* object() const;
    /// The magnitude of an integer beyond 64 bits, most significant byte first.
    [[nodiscard]] byte_view big_magnitude() const;
    /// Whether a number is below zero (an integer beyond 64 bits, too).
    [[nodiscard]] bool is_negative() const;
    /// An integer of any size in decimal digits.
    ///
    /// Limits: throws value_error beyond 100,000 digits, since the conversion takes quadratic time.
    [[nodiscard]] std::string decimal() const;

    /// How many items, entries or fields, or bytes of text; 0 for what has no size.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// The item of a sequence; null where there is none.
    [[nodiscard]] const value& operator[](std::size_t index) const noexcept;
    /// The value of a map's key or a record's field; null where there is none.
    [[nodiscard]] const value& operator[](std::string_view key) const noexcept;
    /// As `[]`, but throws value_error where there is none.
    [[nodiscard]] const value& at(std::size_t index) const;
    [[nodiscard]] const value& at(std::string_view key) const;
    /// The value of a map's key (of any kind) or a record's field, or null pointer.
    [[nodiscard]] const value* find(const value& key) const noexcept;
    template <std::convertible_to<std::string_view> Text>
    [[nodiscard]] const value* find(const Text& key) const noexcept {
        return find_text(key);
    }
    /// Whether a map has the key, a record the field, a set or sequence the item.
    [[nodiscard]] bool contains(const value& key) const noexcept;
    [[nodiscard]] const value* begin() const { return items().data(); }
    [[nodiscard]] const value* end() const { return begin() + items().size(); }

    // Changes. Each throws value_error where the value is of another kind. Null becomes a list or map.
    /// Appends to a list or tuple, or adds to a set what it does not have.
    void push_back(value item);
    /// Sets the item of a list or tuple.
    void replace(std::size_t index, value item);
    /// Sets the value of a map's key or of a record's field.
    void insert_or_assign(value key, value mapped);
    /// Removes a map's key, a record's field or a set's item; says whether it was there.
    bool erase(const value& key);
    /// Removes an item of a list or tuple.
    void erase_at(std::size_t index);
    /// Takes an item out and leaves null in its place: to change what is nested, take, change, put back.
    [[nodiscard]] value take(std::size_t index);
    [[nodiscard]] value take(std::string_view key);
    /// Makes room for so many items, entries or fields.
    void reserve(std::size_t count);

    friend bool operator==(const value& a, const value& b) noexcept {
        return (a.head_ == b.head_ && a.body_ == b.body_) || equal(a, b);
    }
    /// Numbers of one kind by size, text and bytes and times in their order, lists and tuples item by item;
    /// everything else is equivalent where equal, else unordered.
    friend std::partial_ordering operator<=>(const value& a, const value& b) noexcept {
        return order(a, b);
    }
    /// Equal values have equal hashes, in this process only: it is seeded against prepared keys.
    [[nodiscard]] std::size_t hash() const noexcept;

    /// The value in readable form, for people: `Item{name: "bolt", tags: ["x"]}`. Not meant to be parsed.
    ///
    /// Limits: cut to about `most` bytes, then ends in "...".
    [[nodiscard]] std::string to_text(std::size_t most = 1000) const;

private:
    friend struct detail::value_access;

    value(detail::form form, std::uint64_t body) noexcept
        : head_(static_cast<std::uint64_t>(form) << detail::form_shift), body_(body) {}

    [[nodiscard]] detail::form form() const noexcept {
        return static_cast<detail::form>(static_cast<unsigned char>(head_ >> detail::form_shift));
    }
    void share() const noexcept;
    void release() noexcept;
    [[nodiscard]] const value* find_text(std::string_view key) const noexcept;
    static bool equal(const value& a, const value& b) noexcept;
    static std::partial_ordering order(const value& a, const value& b) noexcept;

    // Header bytes: form, length or flag; then small text, which runs on into the body.
    std::uint64_t head_ = 0;
    std::uint64_t body_ = 0;
};

/// One pair of a map.
struct map_entry {
    value key;
    value mapped;
};

/// One field of a record; its name is a string.
struct record_field {
    value name;
    value content;
};

/// What an exception consists of, here or at a peer.
struct exception_parts {
    std::string type{};               ///< "OutOfStock", "KeyError".
    std::string text{};               ///< What it says to a person.
    value arguments = value::tuple(); ///< Positional, as Python's `args`.
    value fields = value::map();      ///< By name.
    std::string trace{};              ///< Of the peer, where it told.
};

/// Thrown where a value is not of the kind that the program asked for.
class value_error : public std::exception {
public:
    explicit value_error(error failure) : error_(std::move(failure)), text_(error_.to_string()) {}
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
    [[nodiscard]] const error& failure() const noexcept { return error_; }

private:
    error error_;
    std::string text_;
};

template <detail::converted_type T>
value::value(T&& object) : value(detail::make_value<std::remove_cvref_t<T>>(object)) {}

template <typename T>
result<T> value::get() const {
    return detail::get_as<T>(*this);
}

template <typename T>
T value::as() const {
    auto converted = detail::get_as<T>(*this);
    if (!converted) throw value_error(std::move(converted).error());
    return std::move(converted).value();
}

} // namespace beckon

template <>
struct std::hash<beckon::value> {
    std::size_t operator()(const beckon::value& key) const noexcept { return key.hash(); }
};
