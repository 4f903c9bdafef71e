#include "service/detection/first_bytes.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"

namespace beckon::detection {

namespace {

using place = std::bitset<256>;

[[nodiscard]] int digit(char letter) noexcept {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    return -1;
}

/// -1 where it is none.
[[nodiscard]] int byte_of(std::string_view two) noexcept {
    if (two.size() != 2 || digit(two[0]) < 0 || digit(two[1]) < 0) return -1;
    return digit(two[0]) * 16 + digit(two[1]);
}

[[nodiscard]] result<place> parse_place(std::string_view piece) {
    if (piece == "..") return place().set();
    place all;
    for (std::string_view rest = piece; !rest.empty();) {
        const std::string_view each = rest.substr(0, rest.find('|'));
        rest.remove_prefix(std::min(each.size() + 1, rest.size()));
        const std::size_t dash = each.find('-');
        const int least = byte_of(each.substr(0, dash));
        const int most = dash == std::string_view::npos ? least : byte_of(each.substr(dash + 1));
        if (least < 0 || most < least)
            return fail(errc::parse_error, "found ", quoted(piece),
                        "; expected a byte as in 00-04|12");
        for (int value = least; value <= most; ++value) all.set(static_cast<std::size_t>(value));
    }
    return all;
}

} // namespace

result<first_bytes> first_bytes::parse(std::string_view pattern) {
    first_bytes made;
    while (!pattern.empty()) {
        if (pattern.front() == ' ') {
            pattern.remove_prefix(1);
        } else if (pattern.front() == '\'') {
            const std::size_t end = pattern.find('\'', 1);
            if (end == std::string_view::npos)
                return fail(errc::parse_error, "text ", quoted(pattern), " has no end");
            for (const char letter : pattern.substr(1, end - 1))
                made.places_.push_back(place().set(static_cast<unsigned char>(letter)));
            pattern.remove_prefix(end + 1);
        } else {
            const std::string_view piece = pattern.substr(0, pattern.find(' '));
            BECKON_ASSIGN(place next, parse_place(piece));
            made.places_.push_back(next);
            pattern.remove_prefix(piece.size());
        }
    }
    if (made.places_.empty()) return fail(errc::parse_error, "a pattern has no bytes");
    return made;
}

first_bytes::verdict first_bytes::match(byte_view came) const noexcept {
    const std::size_t common = std::min(came.size(), places_.size());
    for (std::size_t i = 0; i < common; ++i) {
        if (!places_[i][std::to_integer<std::size_t>(came[i])]) return verdict::no;
    }
    return common == places_.size() ? verdict::whole : verdict::so_far;
}

bool first_bytes::meets(const first_bytes& other) const noexcept {
    const std::size_t common = std::min(places_.size(), other.places_.size());
    for (std::size_t i = 0; i < common; ++i) {
        if ((places_[i] & other.places_[i]).none()) return false;
    }
    return true;
}

bool first_bytes::refines(const first_bytes& other) const noexcept {
    if (places_.size() <= other.places_.size()) return false;
    for (std::size_t i = 0; i < other.places_.size(); ++i) {
        if ((places_[i] & ~other.places_[i]).any()) return false;
    }
    return true;
}

} // namespace beckon::detection
