// Places of a document's own parts: by where they lie in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "beckon/schema/place.hpp"

namespace beckon::generate {

namespace detail {

template <typename T>
[[nodiscard]] std::uint32_t index_in(const std::vector<T>& all, const T& part) {
    return static_cast<std::uint32_t>(&part - all.data());
}

} // namespace detail

/// The part must be one of the document's, not a copy.
[[nodiscard]] inline schema::place place_of(const schema::document& document,
                                            const schema::enumeration& part) {
    return {schema::section::enumerations, detail::index_in(document.enumerations, part)};
}
[[nodiscard]] inline schema::place place_of(const schema::document& document,
                                            const schema::interface& part) {
    return {schema::section::interfaces, detail::index_in(document.interfaces, part)};
}
[[nodiscard]] inline schema::place place_of(const schema::interface& interface,
                                            const schema::method& method, schema::place where) {
    where.member = detail::index_in(interface.methods, method);
    return where;
}
[[nodiscard]] inline schema::place place_of(const schema::document& document,
                                            const schema::record& part) {
    // Pointers into different vectors do not compare by "<".
    const std::less<const schema::record*> before;
    const auto& exceptions = document.exceptions;
    if (!before(&part, exceptions.data()) && before(&part, exceptions.data() + exceptions.size()))
        return {schema::section::exceptions, detail::index_in(exceptions, part)};
    return {schema::section::records, detail::index_in(document.records, part)};
}

} // namespace beckon::generate
