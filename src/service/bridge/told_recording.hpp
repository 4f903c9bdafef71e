// A recorded conversation as its protocol tells it.
#pragma once

#include <vector>

#include "beckon/base/result.hpp"
#include "service/bridge/recording_file.hpp"
#include "session/teller.hpp"

namespace beckon {

/// What of a conversation was recorded, told: message by message, in its order.
struct told_recording {
    struct entry {
        const recorded_message* recorded = nullptr;
        told_message said{}; ///< Of raw ones nothing.
        bytes content{};     ///< As it was sent.
    };
    std::vector<entry> entries{};
    /// Some of it are bytes of which nobody knows where messages end: all is compared as bytes.
    bool is_raw = false;
};

/// Errors: parse_error, "line 14: ...". `as` becomes of no further use.
[[nodiscard]] result<told_recording> tell(const recorded_conversation& from, teller* as);

} // namespace beckon
