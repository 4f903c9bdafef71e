#include <array>
#include <utility>

#include "beckon/protocol/remcall/remcall.hpp"

namespace beckon::remcall {

namespace {

/// Sets `chosen` to what the option's word stands for; leaves it where there is no such option.
template <typename T, std::size_t Size>
[[nodiscard]] result<void> read_word(const io::endpoint& where, std::string_view option,
                                     const std::array<std::pair<std::string_view, T>, Size>& words,
                                     T& chosen) {
    const std::string* const given = where.option(option);
    if (given == nullptr) return {};
    std::string known;
    for (const auto& [word, meaning] : words) {
        if (*given == word) {
            chosen = meaning;
            return {};
        }
        known += concat(known.empty() ? "" : " or ", word);
    }
    return fail(errc::invalid_argument, "option ", option, " is ", quoted(*given), "; expected ",
                known);
}

} // namespace

result<options> read_options(const io::endpoint& where, role plays) {
    options chosen;
    chosen.plays = plays;
    using role_word = std::pair<std::string_view, role>;
    constexpr std::array roles{role_word{"client", role::client},
                               role_word{"server", role::server}};
    BECKON_TRY(read_word(where, "role", roles, chosen.plays));
    using peer_word = std::pair<std::string_view, peer_kind>;
    constexpr std::array peers{peer_word{"plain", peer_kind::plain},
                               peer_word{"beckon", peer_kind::beckon}};
    BECKON_TRY(read_word(where, "peer", peers, chosen.peer));
    using check_word = std::pair<std::string_view, schema_check>;
    constexpr std::array checks{check_word{"digest", schema_check::digest},
                                check_word{"structure", schema_check::structure},
                                check_word{"none", schema_check::none}};
    BECKON_TRY(read_word(where, "check", checks, chosen.check));
    if (const std::string* const label = where.option("label")) chosen.label = *label;
    BECKON_ASSIGN(const std::uint64_t unanswered,
                  where.number_option("unanswered", chosen.max_unanswered, 1, 1u << 20));
    chosen.max_unanswered = static_cast<std::size_t>(unanswered);
    BECKON_ASSIGN(const std::uint64_t first,
                  where.number_option("first_request", chosen.first_request, 0, UINT32_MAX));
    chosen.first_request = static_cast<std::uint32_t>(first);
    return chosen;
}

} // namespace beckon::remcall
