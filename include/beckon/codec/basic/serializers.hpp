// Composable serializers: what the two sides of a command agree on, as C++ objects.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/basic/cursor.hpp"
#include "beckon/codec/buffer.hpp"

/// A serializer is any object with these three, and they are made of one another:
///
///   using type = T;                                                 // what it reads
///   result<void> write(buffer& out, const T& from) const;           // or anything that stands for a T
///   result<T> read(cursor& from) const;                             // takes its bytes and leaves the rest
///
///   constexpr auto row = seq(u32, array(str));                      // std::tuple<std::uint32_t, std::vector<std::string>>
///
/// Errors: what is out of range when written fails as Python's OverflowError, another number of elements than
/// `fixed` has as ValueError, text that is not UTF-8 as UnicodeError; what is read and is not of the form, schema_mismatch.
/// Thread-safety: all functions, from any thread.
namespace beckon::basic {

template <typename S>
concept serializer = requires(const S& form, cursor& from) {
    typename S::type;
    { form.read(from) } -> std::same_as<result<typename S::type>>;
};

/// Appends the `width` lowest bytes, the lowest first.
void put_number(buffer& out, std::uint64_t number, unsigned width);
/// Puts a u32 where room was left for it. Errors: limit_exceeded, where it does not fit.
[[nodiscard]] result<void> fill_size(buffer& out, std::size_t at, std::size_t size);
[[nodiscard]] result<void> put_bytes(buffer& out, byte_view content);
[[nodiscard]] result<void> put_text(buffer& out, std::string_view text);
[[nodiscard]] error overflow(bool negative);
[[nodiscard]] error wrong_count(std::size_t expected, std::size_t found);

/// Unsigned ones are the original's; those with a sign travel as two's complement of the same width.
template <std::integral T>
struct integer_form {
    using type = T;
    std::string_view name;

    [[nodiscard]] result<void> write(buffer& out, std::integral auto number) const {
        if (!std::in_range<T>(number)) return overflow(std::cmp_less(number, 0));
        put_number(out, static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<T>>(number)),
                   sizeof(T));
        return {};
    }
    [[nodiscard]] result<T> read(cursor& from) const {
        BECKON_ASSIGN(const std::uint64_t number, from.take_number(sizeof(T), name));
        return static_cast<T>(static_cast<std::make_unsigned_t<T>>(number));
    }
};
inline constexpr integer_form<std::uint8_t> u8{"u8"};
inline constexpr integer_form<std::uint16_t> u16{"u16"};
inline constexpr integer_form<std::uint32_t> u32{"u32"};
inline constexpr integer_form<std::uint64_t> u64{"u64"};
inline constexpr integer_form<std::int8_t> i8{"i8"};
inline constexpr integer_form<std::int16_t> i16{"i16"};
inline constexpr integer_form<std::int32_t> i32{"i32"};
inline constexpr integer_form<std::int64_t> i64{"i64"};

/// The bits of a floating number, as an integer of its width: a convention, the original has none.
template <typename T, typename Bits>
struct float_form {
    using type = T;
    std::string_view name;

    [[nodiscard]] result<void> write(buffer& out, T number) const {
        put_number(out, std::bit_cast<Bits>(number), sizeof(T));
        return {};
    }
    [[nodiscard]] result<T> read(cursor& from) const {
        BECKON_ASSIGN(const std::uint64_t bits, from.take_number(sizeof(T), name));
        return std::bit_cast<T>(static_cast<Bits>(bits));
    }
};
inline constexpr float_form<float, std::uint32_t> f32{"f32"};
inline constexpr float_form<double, std::uint64_t> f64{"f64"};

struct bool_form {
    using type = bool;
    [[nodiscard]] result<void> write(buffer& out, bool flag) const {
        put_number(out, flag ? 1 : 0, 1);
        return {};
    }
    /// Whatever is not zero is true.
    [[nodiscard]] result<bool> read(cursor& from) const {
        BECKON_ASSIGN(const std::uint64_t flag, from.take_number(1, "bool"));
        return flag != 0;
    }
};
inline constexpr bool_form boolean;

struct str_form {
    using type = std::string;
    [[nodiscard]] result<void> write(buffer& out, std::string_view text) const {
        return put_text(out, text);
    }
    [[nodiscard]] result<std::string> read(cursor& from) const {
        BECKON_ASSIGN(const std::string_view text, from.take_text());
        return std::string(text);
    }
};
inline constexpr str_form str;

struct bytes_form {
    using type = beckon::bytes;
    [[nodiscard]] result<void> write(buffer& out, byte_view content) const {
        return put_bytes(out, content);
    }
    [[nodiscard]] result<beckon::bytes> read(cursor& from) const {
        BECKON_ASSIGN(const byte_view content, from.take_bytes());
        return beckon::bytes(content.begin(), content.end());
    }
};
inline constexpr bytes_form bytes;

/// The same bytes, read without a copy: the view is good for as long as the handler runs. Not for results.
struct byte_view_form {
    using type = byte_view;
    [[nodiscard]] result<void> write(buffer& out, byte_view content) const {
        return put_bytes(out, content);
    }
    [[nodiscard]] result<byte_view> read(cursor& from) const { return from.take_bytes(); }
};
inline constexpr byte_view_form bytes_in_place;

/// n elements one after another.
template <serializer Element>
struct fixed_form {
    using type = std::vector<typename Element::type>;
    std::size_t count;
    Element element;

    [[nodiscard]] result<void> write(buffer& out, const auto& elements) const {
        if (std::size(elements) != count) return wrong_count(count, std::size(elements));
        for (const auto& each : elements) BECKON_TRY(element.write(out, each));
        return {};
    }
    [[nodiscard]] result<type> read(cursor& from) const {
        type elements;
        for (std::size_t i = 0; i < count; ++i) {
            BECKON_ASSIGN(auto each, element.read(from));
            elements.push_back(std::move(each));
        }
        return elements;
    }
};
template <serializer Element>
[[nodiscard]] constexpr auto fixed(std::size_t count, Element element) {
    return fixed_form<Element>{count, element};
}

/// Any number of elements, their bytes and their number before them.
template <serializer Element>
struct array_form {
    using type = std::vector<typename Element::type>;
    Element element;

    [[nodiscard]] result<void> write(buffer& out, const auto& elements) const {
        const std::size_t begin = out.size();
        put_number(out, 0, 8);
        std::size_t count = 0;
        for (const auto& each : elements) {
            BECKON_TRY(element.write(out, each));
            ++count;
        }
        BECKON_TRY(fill_size(out, begin, out.size() - begin - 4));
        return fill_size(out, begin + 4, count);
    }
    [[nodiscard]] result<type> read(cursor& from) const {
        std::uint32_t count = 0;
        BECKON_ASSIGN(cursor inside, from.take_array(count));
        type elements;
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::size_t before = inside.left();
            BECKON_ASSIGN(auto each, element.read(inside));
            // Elements without bytes are free to send, and must not be so to keep.
            if (inside.left() == before && count > free_elements)
                return fail(errc::limit_exceeded, "at byte ", inside.offset(), ": array of ", count,
                            " elements without bytes; limit is ", free_elements);
            elements.push_back(std::move(each));
        }
        BECKON_TRY(inside.expect_end("array"));
        return elements;
    }

    static constexpr std::uint32_t free_elements = 1024;
};
template <serializer Element>
[[nodiscard]] constexpr auto array(Element element) {
    return array_form<Element>{element};
}

/// The parts one after another, as one tuple.
template <serializer... Parts>
struct seq_form {
    using type = std::tuple<typename Parts::type...>;
    std::tuple<Parts...> parts;

    template <typename Tuple>
    [[nodiscard]] result<void> write(buffer& out, const Tuple& from) const {
        static_assert(std::tuple_size_v<Tuple> == sizeof...(Parts), "one value for each part");
        return write_parts(out, from, std::index_sequence_for<Parts...>{});
    }
    [[nodiscard]] result<type> read(cursor& from) const {
        return read_parts(from, std::index_sequence_for<Parts...>{});
    }

private:
    template <typename Tuple, std::size_t... I>
    [[nodiscard]] result<void> write_parts([[maybe_unused]] buffer& out,
                                           [[maybe_unused]] const Tuple& from,
                                           std::index_sequence<I...>) const {
        result<void> done;
        static_cast<void>(
            (... && (done = std::get<I>(parts).write(out, std::get<I>(from))).has_value()));
        return done;
    }
    template <std::size_t... I>
    [[nodiscard]] result<type> read_parts([[maybe_unused]] cursor& from,
                                          std::index_sequence<I...>) const {
        [[maybe_unused]] std::tuple<std::optional<typename Parts::type>...> read;
        std::optional<error> failure;
        [[maybe_unused]] const auto take = [&](auto& into, const auto& part) {
            auto each = part.read(from);
            if (each) {
                into.emplace(std::move(each).value());
            } else {
                failure.emplace(std::move(each).error());
            }
            return !failure;
        };
        static_cast<void>((... && take(std::get<I>(read), std::get<I>(parts))));
        if (failure) return std::move(*failure);
        return type(std::move(*std::get<I>(read))...);
    }
};
template <serializer... Parts>
[[nodiscard]] constexpr auto seq(Parts... parts) {
    return seq_form<Parts...>{std::tuple<Parts...>(parts...)};
}

/// No bytes: a command without arguments or without a result.
struct nothing_form {
    using type = std::tuple<>;
    [[nodiscard]] result<void> write(buffer&, const auto&) const { return {}; }
    [[nodiscard]] result<type> read(cursor&) const { return type(); }
};
inline constexpr nothing_form nothing;

/// None or one: an array of so many. A convention, as those that follow.
template <serializer Element>
struct optional_form {
    using type = std::optional<typename Element::type>;
    array_form<Element> inside;

    [[nodiscard]] result<void> write(buffer& out, const auto& from) const {
        std::vector<std::remove_cvref_t<decltype(*from)>> one;
        if (from) one.push_back(*from);
        return inside.write(out, one);
    }
    [[nodiscard]] result<type> read(cursor& from) const {
        const std::size_t begin = from.offset();
        BECKON_ASSIGN(auto all, inside.read(from));
        if (all.size() > 1)
            return fail(errc::schema_mismatch, "at byte ", begin,
                        ": expected an array of 0 or 1 elements, found ", all.size());
        return all.empty() ? type() : type(std::move(all.front()));
    }
};
template <serializer Element>
[[nodiscard]] constexpr auto optional(Element element) {
    return optional_form<Element>{array(element)};
}

/// An array of keys with what belongs to them. Of equal keys the last one holds.
template <serializer Key, serializer Mapped>
struct map_form {
    using type = std::map<typename Key::type, typename Mapped::type>;
    array_form<seq_form<Key, Mapped>> inside;

    [[nodiscard]] result<void> write(buffer& out, const auto& from) const {
        return inside.write(out, from);
    }
    [[nodiscard]] result<type> read(cursor& from) const {
        BECKON_ASSIGN(auto all, inside.read(from));
        type made;
        for (auto& [key, mapped] : all) made.insert_or_assign(std::move(key), std::move(mapped));
        return made;
    }
};
template <serializer Key, serializer Mapped>
[[nodiscard]] constexpr auto map(Key key, Mapped mapped) {
    return map_form<Key, Mapped>{array(seq(key, mapped))};
}

/// Reads a whole payload; nothing may be left of it.
template <serializer Form>
[[nodiscard]] result<typename Form::type> read_all(const Form& form, byte_view payload) {
    cursor from(payload);
    BECKON_ASSIGN(auto read, form.read(from));
    BECKON_TRY(from.expect_end("what was agreed on"));
    return read;
}

} // namespace beckon::basic
