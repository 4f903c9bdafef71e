// What an object of a peer without schemas has: its attributes, and what each of them is.
#pragma once

#include <string>
#include <vector>

#include "dynamic_peer.hpp"

namespace command {

struct member {
    enum class kind {
        method,   ///< A method or a function.
        class_,   ///< Its type is the class itself.
        callable, ///< An object that can be called as a function is.
        object,
        value,
        failing, ///< Reading it fails.
    };
    std::string name; ///< As callers write it: without RPyC's "exposed_".
    kind is = kind::value;
    std::string type;      ///< "builtins.dict"; of a value "int64".
    beckon::value content; ///< Of a value, as plain data.
    std::string doc;       ///< Of a method; empty where it has none.
    std::string failure;   ///< Why reading it fails.
};
[[nodiscard]] std::string_view to_string(member::kind is) noexcept;

/// The attributes of an object, in the peer's order. Private ones are left out, and those that the peer names without
/// showing them.
///
/// Throws a failure.
[[nodiscard]] std::vector<member> members_of(const dynamic_peer& peer,
                                             const beckon::object& target);

/// A line for each: name, what it is, its type and what a value is worth.
[[nodiscard]] std::vector<std::string> lines_of(const std::vector<member>& members);

} // namespace command
