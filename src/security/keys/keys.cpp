#include "beckon/security/keys/keys.hpp"

#include <algorithm>
#include <set>

#include "security/keys/conversation.hpp"
#include "security/keys/sodium.hpp"

namespace beckon::security::keys {

namespace {

/// Who is called so where nobody says otherwise.
constexpr std::string_view usual_server = "server";

[[nodiscard]] std::set<std::string> users_with(const key_ring& ring, key_kind kind,
                                               std::string_view except = {}) {
    std::set<std::string> found;
    for (const key& each : ring.keys()) {
        if (each.kind == kind && each.user != except) found.insert(each.user);
    }
    return found;
}

[[nodiscard]] std::string listed(const std::set<std::string>& names) {
    std::string text;
    for (const std::string& each : names) text += concat(text.empty() ? "" : ", ", each);
    return text;
}

[[nodiscard]] result<void> check_name(std::string_view role, const std::string& name) {
    if (is_user_name(name)) return {};
    return fail(errc::invalid_argument, role, " is ", quoted(name),
                "; expected 1 to 64 letters, digits, '.', '_', '-', '@'");
}

/// Who this side is, where nobody says.
[[nodiscard]] result<std::string> own_user(const key_ring& ring, security_side side) {
    std::set<std::string> own = users_with(ring, key_kind::secret);
    if (own.empty() && side == security_side::connecting) own = users_with(ring, key_kind::shared);
    if (own.size() == 1) return *own.begin();
    if (own.empty() && side == security_side::accepting) return std::string(usual_server);
    if (own.empty()) {
        return fail(errc::invalid_argument,
                    "there is no key to connect with; expected a shared or a secret one");
    }
    return fail(errc::invalid_argument, "there are keys of ", listed(own),
                "; expected to be told who this side is (user)");
}

/// Who is to be at the other end, where nobody says.
[[nodiscard]] result<std::string> other_user(const key_ring& ring, const std::string& own) {
    if (ring.find(own, key_kind::secret) == nullptr) return std::string(usual_server);
    const std::set<std::string> others = users_with(ring, key_kind::public_, own);
    if (others.size() == 1) return *others.begin();
    if (others.empty() || others.contains(std::string(usual_server)))
        return std::string(usual_server);
    return fail(errc::invalid_argument, "there are public keys of ", listed(others),
                "; expected to be told who is to be at the other end (peer)");
}

[[nodiscard]] bool has_pair(const key_ring& ring, const std::string& own,
                            const std::string& other) noexcept {
    return ring.find(own, key_kind::secret) != nullptr &&
           (ring.find(other, key_kind::public_) != nullptr ||
            ring.find(other, key_kind::secret) != nullptr);
}

[[nodiscard]] result<void> check_keys(const options& chosen, security_side side) {
    const key_ring& ring = *chosen.ring;
    if (side == security_side::connecting) {
        if (ring.find(chosen.user, key_kind::shared) != nullptr ||
            has_pair(ring, chosen.user, chosen.peer))
            return {};
        return fail(errc::invalid_argument, "there is no key to speak as ", chosen.user, " to ",
                    chosen.peer, "; expected a shared key of ", chosen.user,
                    ", or its secret one and the public one of ", chosen.peer);
    }
    const bool shares = std::any_of(ring.keys().begin(), ring.keys().end(),
                                    [](const key& each) { return each.kind == key_kind::shared; });
    const bool pairs = ring.find(chosen.user, key_kind::secret) != nullptr &&
                       !users_with(ring, key_kind::public_).empty();
    if (shares || pairs) return {};
    return fail(errc::invalid_argument, "nobody could speak to ", chosen.user,
                "; expected shared keys of users, or public ones of them and its own secret one");
}

} // namespace

result<message_security_maker> make(options chosen, security_side side) {
    start_sodium();
    if (!chosen.ring) return fail(errc::invalid_argument, "no keys are given");
    if (chosen.user.empty()) {
        BECKON_ASSIGN(chosen.user, own_user(*chosen.ring, side));
    }
    if (chosen.peer.empty() && side == security_side::connecting) {
        BECKON_ASSIGN(chosen.peer, other_user(*chosen.ring, chosen.user));
    }
    BECKON_TRY(check_name("user", chosen.user));
    if (!chosen.peer.empty()) BECKON_TRY(check_name("peer", chosen.peer));
    BECKON_TRY(check_keys(chosen, side));
    if (!chosen.memory) {
        const auto begun = chosen.clock ? chosen.clock()
                                        : std::chrono::time_point_cast<std::chrono::milliseconds>(
                                              std::chrono::system_clock::now());
        chosen.memory = std::make_shared<replay_memory>(begun);
    }
    return message_security_maker(
        [shared = std::make_shared<const options>(std::move(chosen)),
         side](security_side wanted) -> result<std::unique_ptr<message_security>> {
            if (wanted != side) {
                return fail(errc::invalid_argument, "these keys are for the side that ",
                            side == security_side::connecting ? "connects" : "accepts");
            }
            return shared->how == provider::signed_ ? make_signed_conversation(shared, side)
                                                    : make_sealed_conversation(shared, side);
        });
}

result<options> read_options(const io::endpoint& where, provider how, const std::string& user) {
    options chosen;
    chosen.how = how;
    chosen.user = user;
    const std::string* const file = where.option("keys");
    if (file == nullptr || file->empty()) {
        return fail(errc::invalid_argument, where.security,
                    " needs keys; expected the option keys=FILE, as beckon keys makes it");
    }
    BECKON_ASSIGN(chosen.ring, key_ring::load(*file));
    if (const std::string* const given = where.option("user")) chosen.user = *given;
    if (const std::string* const given = where.option("peer")) chosen.peer = *given;
    BECKON_ASSIGN(const std::uint64_t seconds, where.number_option("window", 30, 1, 3600));
    chosen.window = std::chrono::seconds(seconds);
    if (const std::string* const given = where.option("order")) {
        if (*given == "any") {
            chosen.order = message_order::any;
        } else if (*given != "strict") {
            return fail(errc::invalid_argument, "option order is ", quoted(*given),
                        "; expected strict or any");
        }
    }
    return chosen;
}

} // namespace beckon::security::keys
