// The views of a map that is an object: its keys, values and items.
#pragma once

#include "object/container.hpp"

namespace beckon::detail {

/// A map, as its views see it.
class mapping : public container {
public:
    enum class part : std::uint8_t { keys, values, items };

    [[nodiscard]] virtual bool has(const value& plain) const = 0;
    /// As `advance`, of one part of each entry.
    [[nodiscard]] virtual result<bool> advance_part(part which, std::size_t& position,
                                                    std::uint64_t& state, value& item) = 0;
};

[[nodiscard]] intrusive_ptr<servant> make_view(intrusive_ptr<mapping> of, mapping::part which);

} // namespace beckon::detail
