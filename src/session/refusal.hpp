// What a protocol cannot carry, in words that say which protocol.
#pragma once

#include <string>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/base/text.hpp"

namespace beckon {

/// Codecs that several protocols share say only that theirs has no form; and whoever called from afar sees no endpoint of ours.
[[nodiscard]] inline error refused_by(std::string_view protocol, std::string_view what,
                                      error failure) {
    if (failure.code() != errc::unsupported ||
        failure.message().find(protocol) != std::string::npos)
        return failure;
    error told =
        fail(errc::unsupported, failure.message(), "; ", protocol, " cannot carry the ", what);
    told.set_type_name(failure.type_name()); // as the protocol's own words for it are
    return told;
}

} // namespace beckon
