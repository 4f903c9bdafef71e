#include "protocol/pyrpc/call_text.hpp"

#include <vector>

#include "beckon/base/text.hpp"
#include "object/python_text.hpp"

namespace beckon::pyrpc {

namespace {

[[nodiscard]] bool begins_character(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

} // namespace

std::string_view first_characters(std::string_view text, std::size_t most) noexcept {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (begins_character(text[i]) && seen++ == most) return text.substr(0, i);
    }
    return text;
}

std::size_t count_characters(std::string_view text) noexcept {
    std::size_t seen = 0;
    for (const char each : text) seen += begins_character(each) ? 1u : 0u;
    return seen;
}

std::string repr_of(const value& what) {
    const auto text = detail::python_repr(what);
    return text ? *text : concat('<', what.type_name(), '>');
}

std::string call_text(std::string_view method, const value& arguments, const value& named) {
    const value given =
        value::tuple(std::vector<value>(arguments.items().begin(), arguments.items().end()));
    const value keywords = named.is(value_kind::map) ? named : value::map();
    return concat(method, "(args=", repr_of(given), ", kwargs=", repr_of(keywords), ')');
}

} // namespace beckon::pyrpc
