// Values of a schema's types as remcall's bytes, and back (docs/wire/remcall.md, sections 6 and 15.2).
#pragma once

#include <cstdint>
#include <string_view>

#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/codec/decode_budget.hpp"
#include "beckon/value/value.hpp"
#include "codec/remcall/forms.hpp"

namespace beckon::remcall {

/// What stands for objects in messages. `interface` is what the place in the schema says; it lives as long as that.
class object_forms {
public:
    /// The signed number of an object, which is not null.
    ///
    /// Errors: type_mismatch; limit_exceeded, where there are no more numbers.
    [[nodiscard]] virtual result<std::int64_t> number_of(referent& object,
                                                         std::string_view interface) = 0;
    /// The object of a number other than 0.
    ///
    /// Errors: unknown_object; limit_exceeded.
    [[nodiscard]] virtual result<value> object_of(std::int64_t number,
                                                  std::string_view interface) = 0;

protected:
    ~object_forms() = default;
};

/// Appends a value of the type. What only stands for it (a name for an enum, a map for a record) will do.
///
/// Errors: type_mismatch, also for numbers beyond their width; those of `objects`. Nothing has been appended then, but
/// `objects` may have been asked.
[[nodiscard]] result<void> write_value(buffer& out, const value& from, const schema::type& as,
                                       const forms& with, object_forms& objects);

/// Reads values off a message that has all its bytes: `value_scanner` has found its end.
///
/// Errors: schema_mismatch with the byte, for what is none of its type (an enum's index, text that is no UTF-8, a boolean
/// other than 0 and 1, a time beyond the day); limit_exceeded; those of `objects`.
/// Lifetime: borrows all.
/// Thread-safety: none.
class value_reader {
public:
    value_reader(byte_view message, std::size_t at, const forms& with, const limits& allowed,
                 object_forms& objects) noexcept
        : message_(message), at_(at), forms_(with), objects_(objects),
          budget_(message.size(), allowed), max_depth_(allowed.max_depth) {}

    [[nodiscard]] result<value> read(const schema::type& as);
    [[nodiscard]] std::size_t at() const noexcept { return at_; }

private:
    [[nodiscard]] result<value> read_string();
    [[nodiscard]] result<value> read_bytes();
    [[nodiscard]] result<value> read_list(const schema::type& element);
    [[nodiscard]] result<value> read_record(const schema::type& as);
    [[nodiscard]] result<value> read_enumeration(const schema::type& as);
    [[nodiscard]] result<value> read_reference(const schema::type& as);
    [[nodiscard]] result<time_of_day> read_time();
    [[nodiscard]] result<value> number(const schema::type& as);
    [[nodiscard]] result<std::uint64_t> take(std::size_t width);
    [[nodiscard]] result<byte_view> take_counted(std::string_view what);

    byte_view message_;
    std::size_t at_;
    const forms& forms_;
    object_forms& objects_;
    decode_budget budget_;
    std::size_t max_depth_;
    std::size_t depth_ = 0;
};

} // namespace beckon::remcall
