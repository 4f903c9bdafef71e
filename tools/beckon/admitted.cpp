#include "admitted.hpp"

#include <algorithm>
#include <cstdio>

#include "beckon/beckon.hpp"
#include "beckon/service/admission/admission.hpp"

namespace command {

held_place::held_place(beckon::connected session, beckon::nanoseconds at_most)
    : session_(std::move(session)) {
    using namespace std::chrono_literals;
    using clock = std::chrono::steady_clock;
    const auto desk = session_.get<beckon::admission>("admission");
    const auto until = clock::now() + at_most;
    std::int64_t told = 0;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
        // In pieces, so that the place is seen to change whatever the protocol is; it is kept in between.
        const auto piece = std::clamp<std::chrono::milliseconds>(left, 0ms, 500ms);
        try {
            static_cast<void>(desk.with(beckon::timeout(piece + 10s))->enter(piece.count()));
            break;
        } catch (const beckon::exception&) {
            const std::int64_t place = desk->state().place;
            if (place <= 0 || left <= 0ms) throw;
            if (place != std::exchange(told, place))
                std::fprintf(stderr, "waiting: place %lld\n", static_cast<long long>(place));
        }
    }
    session_.before_close([desk](const beckon::connected&) {
        static_cast<void>(desk.with(beckon::timeout(1s))->leave());
    });
}

} // namespace command
