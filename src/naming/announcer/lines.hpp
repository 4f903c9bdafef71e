// What announcers and seekers say, without I/O.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "beckon/naming/announcer/announcer.hpp"

namespace beckon::naming::announcer {

/// `seek filter:VALUE`. Errors: unsupported; limit_exceeded beyond max_line_bytes.
[[nodiscard]] result<bytes> seek_line(const value& filter);
/// `advertise description:VALUE`
[[nodiscard]] result<bytes> advertise_line(const value& description);

/// What a datagram says that concerns us; the rest is passed over.
struct heard {
    std::vector<value> filters;      ///< Of those who seek. Without an argument: an empty text.
    std::vector<value> descriptions; ///< Of those who announce.
};
[[nodiscard]] heard read_datagram(byte_view content);

/// The meaning of an announcer_options::accepts that is null.
[[nodiscard]] bool fits(const value& filter, const value& description);

/// So many in a second, and as many at once at most.
class allowance {
public:
    allowance(std::size_t per_second, time_point now) noexcept
        : most_(static_cast<double>(per_second)), left_(most_), since_(now) {}
    [[nodiscard]] bool take(time_point now) noexcept;

private:
    const double most_;
    double left_;
    time_point since_;
};

} // namespace beckon::naming::announcer
