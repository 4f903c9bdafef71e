// What remcall calls name converters: the rules by which names of a schema become names of a language.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/schema/remcall/document.hpp"

namespace beckon::generate {

/// What a name is the name of.
enum class name_use : std::uint8_t {
    interface,
    method,
    parameter,
    enumeration,
    enum_value,
    record,
    field,
};

/// Rules for names, by what they are names of. Those of remcall are as docs/wire/remcall.md has them, section 10.
enum class name_rules : std::uint8_t {
    identity, ///< As in the schema; remcall's identity converter, and what generate_cpp() does.
    remcall_python, ///< GetURL: get_u_r_l, values of enums GET_U_R_L; names of types as they are.
    remcall_csharp, ///< Interfaces get an I; parameters begin in lower case; the rest as it is.
    python,         ///< What generate_python() does: get_url, GET_URL; names of types as they are.
};

/// The name in the language; of reserved words and of names that become one it knows nothing, see name_scope::add_as().
[[nodiscard]] std::string convert(std::string_view name, name_rules rules, name_use use);

/// What the language calls a type, as remcall's converters and its C# generator do; the type must be one of the
/// document's. With remcall_csharp an array is "T[]".
///
/// Errors: unsupported, where the rules have no name for it: arrays of all but remcall_csharp, and primitives with the
/// identity.
[[nodiscard]] result<std::string> type_name(const schema::remcall::document& document,
                                            const schema::remcall::type& type, name_rules rules);

} // namespace beckon::generate
