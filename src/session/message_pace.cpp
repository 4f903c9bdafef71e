#include "beckon/session/message_pace.hpp"

namespace beckon {

error message_pace::too_slow(std::string_view peer) const {
    return fail(errc::limit_exceeded, "peer ", peer,
                " left a message unfinished: ", held_ - held_before_, " bytes more of it came in ",
                std::chrono::duration_cast<std::chrono::milliseconds>(within_).count(),
                " ms (message_within); expected its end or ", least_,
                " bytes (min_message_progress)");
}

} // namespace beckon
