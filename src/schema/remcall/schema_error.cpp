#include "beckon/schema/remcall/schema_error.hpp"

#include <array>

namespace beckon::schema::remcall {

namespace {

constexpr std::array<std::string_view, 23> names{"truncated",
                                                 "wrong_magic",
                                                 "wrong_kind",
                                                 "not_utf8",
                                                 "bad_name",
                                                 "bad_width",
                                                 "wrong_tag",
                                                 "number_taken",
                                                 "unknown_type",
                                                 "too_many_values",
                                                 "void_field",
                                                 "void_argument",
                                                 "void_array",
                                                 "no_methods",
                                                 "too_many_methods",
                                                 "no_main",
                                                 "main_is_no_interface",
                                                 "duplicate_type",
                                                 "duplicate_member",
                                                 "contains_itself",
                                                 "not_canonical",
                                                 "wrong_digest",
                                                 "over_limit"};
static_assert(static_cast<std::size_t>(reason::over_limit) + 1 == names.size());

} // namespace

std::string_view to_string(reason reason) noexcept {
    const auto number = static_cast<std::size_t>(reason);
    return number < names.size() ? names[number] : "unknown";
}

} // namespace beckon::schema::remcall
