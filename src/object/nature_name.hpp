// What an object is to a dynamic language, in a word.
#pragma once

#include <string_view>

#include "beckon/object/servant.hpp"

namespace beckon {

[[nodiscard]] constexpr std::string_view name_of(servant::nature what) noexcept {
    switch (what) {
    case servant::nature::object: return "object";
    case servant::nature::method: return "method";
    case servant::nature::function: return "function";
    case servant::nature::list: return "list";
    case servant::nature::map: return "map";
    case servant::nature::set: return "set";
    case servant::nature::iterator: return "iterator";
    }
    return "object";
}

} // namespace beckon
