// How conversations of a protocol begin where the peer speaks first: what tells it from others at one address.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace beckon {

/// What a server may have to go by.
struct openings {
    /// Each is a pattern of the first bytes; one of them holds. In a pattern stand, with blanks between them, a byte for each
    /// of: two hexadecimal digits, `00-04` for a range, `..` for any; `00-04|12` for either. `'GET /'` is a byte for each
    /// letter. Patterns say no more than is certain: what follows them is for the protocol to judge. None: it may be anything.
    std::vector<std::string_view> first_bytes{};
    /// Of protocols whose messages are JSON values: what stands behind each. It tells those apart that begin alike.
    std::string delimiter{};
};

} // namespace beckon
