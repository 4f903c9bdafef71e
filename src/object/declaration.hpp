// What a schema says of an interface, found for each call.
#pragma once

#include "beckon/object/descriptor.hpp"

namespace beckon::detail {

[[nodiscard]] inline const schema::interface* declaration_of(const schema::document& document,
                                                             std::string_view name) noexcept {
    // The closure of an interface that the program declared ends with it.
    if (!document.interfaces.empty() && document.interfaces.back().name == name)
        return &document.interfaces.back();
    return document.find_interface(name);
}
[[nodiscard]] inline const schema::interface* declaration_of(const interface_descriptor& of) {
    return declaration_of(of.document(of), of.name);
}

} // namespace beckon::detail
