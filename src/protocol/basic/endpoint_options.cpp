#include "beckon/protocol/basic/basic.hpp"

namespace beckon::basic {

result<options> read_options(const io::endpoint& where, role plays) {
    options chosen;
    chosen.plays = plays;
    constexpr std::uint64_t day = 86'400'000;
    BECKON_ASSIGN(const std::uint64_t wait, where.number_option("wait", 20'000, 0, day));
    BECKON_ASSIGN(const std::uint64_t retry, where.number_option("retry", 4'500, 1, day));
    chosen.wait = std::chrono::milliseconds(wait);
    chosen.retry = std::chrono::milliseconds(retry);
    const std::string* const raw = where.option("raw");
    chosen.in_place = raw != nullptr && *raw == "in-place";
    if (chosen.in_place) {
        chosen.raw = true;
    } else {
        BECKON_ASSIGN(chosen.raw, where.flag_option("raw", false));
    }
    if (const std::string* const desk = where.option("admission")) chosen.admission = *desk;
    return chosen;
}

} // namespace beckon::basic
