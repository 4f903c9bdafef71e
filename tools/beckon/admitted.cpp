#include "admitted.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <thread>

#include "beckon/beckon.hpp"
#include "beckon/service/admission/admission.hpp"
#include "command.hpp"

namespace command {

namespace {

void tell_place(std::int64_t place) {
    std::fprintf(stderr, "waiting: place %lld\n", static_cast<long long>(place));
}

/// Where in the queue a refused call stands; nothing where it was refused for another reason.
std::optional<std::int64_t> place_of(const beckon::error& refused) {
    constexpr std::string_view begins = "caller is not admitted yet: place ";
    std::string_view text = refused.message();
    if (refused.code() != beckon::errc::access_denied || !text.starts_with(begins)) return {};
    text.remove_prefix(begins.size());
    std::int64_t place = 0;
    std::from_chars(text.data(), text.data() + text.size(), place);
    return place;
}

} // namespace

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
            if (place != std::exchange(told, place)) tell_place(place);
        }
    }
    session_.before_close([desk](const beckon::connected&) {
        static_cast<void>(desk.with(beckon::timeout(1s))->leave());
    });
}

void call_until_admitted(const std::function<void()>& call, beckon::nanoseconds at_most) {
    using namespace std::chrono_literals;
    using clock = std::chrono::steady_clock;
    const auto until = clock::now() + at_most;
    std::int64_t told = 0;
    for (;;) {
        try {
            return call();
        } catch (const failure& refused) {
            const auto place = place_of(refused.what);
            const auto left = until - clock::now();
            if (!place || left <= 0ms) throw;
            if (*place != std::exchange(told, *place)) tell_place(*place);
            std::this_thread::sleep_for(std::min<clock::duration>(left, 500ms));
        }
    }
}

} // namespace command
