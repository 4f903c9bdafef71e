// The rules of section 3.4, for documents in memory and for what was read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "beckon/base/text.hpp"
#include "beckon/schema/remcall/document.hpp"
#include "beckon/schema/remcall/schema_error.hpp"

namespace beckon::schema::remcall {

/// An address in a document.
struct position {
    static constexpr std::uint32_t none = 0xffffffff;

    remcall::kind section = kind::enumeration; ///< enumeration, record or interface
    std::uint32_t declaration = none;          ///< none: the document as a whole
    std::uint32_t member = none;               ///< Value, field or method.
    std::uint32_t argument = none;             ///< Of a method.

    bool operator==(const position&) const = default;
};

/// One rule that a document breaks.
struct violation {
    reason why;
    position where;
    std::string message; ///< Without the place.
};

/// The first, or nothing.
[[nodiscard]] std::optional<violation> find_violation(const document& document,
                                                      remcall::strictness strictness);

/// "interface Main, method A, argument q"; "the schema".
[[nodiscard]] std::string describe(const document& document, const position& where);

/// What is wrong with a name, or an empty text.
[[nodiscard]] std::string complaint_about_name(std::string_view name);

inline constexpr std::size_t max_enum_values = 256;

[[nodiscard]] constexpr bool is_width(std::uint32_t bytes) noexcept {
    return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

template <typename... Parts>
[[nodiscard]] error schema_failure(errc code, remcall::reason reason,
                                   std::optional<std::size_t> offset, const Parts&... parts) {
    error out = fail(code, parts...);
    out.set_detail(std::make_shared<const schema_error>(reason, offset));
    return out;
}

} // namespace beckon::schema::remcall
