// Values of a schema's types in the forms that docs/wire/mapping.md gives them.
#pragma once

#include <optional>
#include <string>

#include "beckon/base/limits.hpp"
#include "beckon/codec/basic/cursor.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/codec/decode_budget.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/value.hpp"

namespace beckon::basic {

/// The first type in it that has no form, as its path and name: "echo's result: any"; nothing where all have one.
[[nodiscard]] std::optional<std::string> first_without_form(const schema::method& method,
                                                            const schema::document& in);

/// Writes a value of the type. What only stands for it (a list for a record, a whole float for an integer) will do.
///
/// Errors: type_mismatch; OverflowError for integers beyond their width; limit_exceeded. Then nothing has been written.
[[nodiscard]] result<void> write_typed(buffer& out, const value& from, const schema::type& as,
                                       const schema::document& in);

/// What one message may be read into.
struct reading {
    const schema::document& document;
    decode_budget budget;
    std::size_t max_depth;
};
/// Errors: schema_mismatch, with the byte's offset; limit_exceeded.
[[nodiscard]] result<value> read_typed(cursor& from, const schema::type& as, reading& with,
                                       std::size_t depth = 0);

} // namespace beckon::basic
