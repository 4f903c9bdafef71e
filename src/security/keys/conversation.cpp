#include "security/keys/conversation.hpp"

#include "beckon/codec/base64.hpp"
#include "security/keys/sodium.hpp"

namespace beckon::security::keys {

// --- Which messages are new ---

result<void> counted_messages::check(std::uint64_t count) const {
    if (count > latest_) return {};
    if (order_ == message_order::strict) {
        return fail(errc::access_denied, "message ", count, " of its conversation came after ",
                    latest_, ": it was replayed or reordered");
    }
    const std::uint64_t behind = latest_ - count;
    if (behind >= 64) {
        return fail(errc::access_denied, "message ", count, " of its conversation came ", behind,
                    " behind the latest; limit is 63");
    }
    if ((before_ >> behind & 1) == 0) return {};
    return fail(errc::access_denied, "message ", count,
                " of its conversation came before: it was replayed");
}

void counted_messages::note(std::uint64_t count) noexcept {
    if (count <= latest_) {
        before_ |= std::uint64_t{1} << (latest_ - count);
        return;
    }
    const std::uint64_t step = count - latest_;
    before_ = (step >= 64 ? 0 : before_ << step) | 1;
    latest_ = count;
}

// --- A conversation ---

namespace {

void fill_with(const options& chosen, std::span<std::byte> into) {
    if (chosen.random) return chosen.random(into);
    ::randombytes_buf(into.data(), into.size());
}

[[nodiscard]] std::string new_id(const options& chosen) {
    std::array<std::byte, 16> number;
    fill_with(chosen, number);
    return base64_encode(number);
}

/// Who connects says what is proven how: with a pair, where it has one and the other's half.
[[nodiscard]] proof_kind kind_of(const options& chosen) noexcept {
    const bool pairs = chosen.ring->find(chosen.user, key_kind::secret) != nullptr &&
                       (chosen.ring->find(chosen.peer, key_kind::public_) != nullptr ||
                        chosen.ring->find(chosen.peer, key_kind::secret) != nullptr);
    return pairs ? proof_kind::pair : proof_kind::shared;
}

} // namespace

conversation::conversation(std::shared_ptr<const options> chosen, security_side side)
    : chosen_(std::move(chosen)), side_(side), id_(new_id(*chosen_)), kind_(kind_of(*chosen_)),
      peer_(side == security_side::connecting ? chosen_->peer : std::string()),
      came_(chosen_->order) {}

void conversation::fill(std::span<std::byte> at_random) const { fill_with(*chosen_, at_random); }

replay_memory::time conversation::now() const {
    if (chosen_->clock) return chosen_->clock();
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
}

result<conversation::needed_keys> conversation::find_keys(const statement& says) const {
    const key_ring& ring = *chosen_->ring;
    needed_keys found;
    if (says.kind == proof_kind::shared) {
        // Always that of the side which connects: a key that several clients had would let each pose as the others.
        const std::string& owner = says.side == security_side::connecting ? says.user : says.to;
        found.shared = ring.find(owner, key_kind::shared);
        if (found.shared != nullptr) return found;
        return fail(errc::access_denied, "no shared key of ", quoted(owner), " is known");
    }
    const bool is_ours = says.side == side_;
    const auto find_half = [&](const std::string& of, bool ours) {
        const key* const whole = ring.find(of, key_kind::secret);
        if (whole != nullptr || ours) return whole;
        return ring.find(of, key_kind::public_);
    };
    found.sender = find_half(says.user, is_ours);
    found.receiver = find_half(says.to, !is_ours);
    const auto missing = [](const std::string& of, bool ours) {
        return fail(errc::access_denied, "no ", ours ? "secret" : "public", " key of ", quoted(of),
                    " is known");
    };
    if (found.sender == nullptr) return missing(says.user, is_ours);
    if (found.receiver == nullptr) return missing(says.to, !is_ours);
    return found;
}

result<message_security::outgoing> conversation::protect(byte_view message) {
    if (peer_.empty()) {
        return fail(errc::access_denied,
                    "nobody has proven to be at the other end yet: an accepting side speaks to "
                    "whom it knows (",
                    name(), ")");
    }
    statement says;
    says.user = chosen_->user;
    says.to = peer_;
    says.side = side_;
    says.conversation = id_;
    says.answers = peer_id_;
    says.count = sent_ + 1;
    says.sent = now();
    says.kind = kind_;
    BECKON_ASSIGN(const needed_keys with, find_keys(says));
    outgoing made{says.to_header(), {}};
    BECKON_TRY(prove(says, with, message, made));
    ++sent_;
    return made;
}

/// Whether it is for this side, and of one that may speak to it.
result<void> conversation::check_ends(const statement& says) const {
    if (says.side == side_) {
        return fail(errc::access_denied, "message comes from the side that ",
                    side_ == security_side::connecting ? "connects" : "accepts",
                    ", as this one does: it was reflected");
    }
    if (says.to != chosen_->user) {
        return fail(errc::access_denied, "message is for ", quoted(says.to), "; this is ",
                    quoted(chosen_->user));
    }
    const std::string& expected = peer_.empty() ? chosen_->peer : peer_;
    if (!expected.empty() && says.user != expected) {
        return fail(errc::access_denied, "message is of ", quoted(says.user), "; expected ",
                    quoted(expected), ", whose conversation this is");
    }
    const bool settled = side_ == security_side::connecting || !peer_.empty();
    if (settled && says.kind != kind_) {
        return fail(errc::access_denied, "message is proven by a ", to_string(says.kind),
                    " key; expected a ", to_string(kind_), " key, as before");
    }
    return {};
}

result<void> conversation::check_time(const statement& says) const {
    const auto late = now() - says.sent;
    if (late > chosen_->window) {
        return fail(errc::access_denied, "message has expired: it was sent ", late.count(),
                    " ms ago by this side's clock; limit is ", chosen_->window.count(),
                    " s (window)");
    }
    if (-late > chosen_->window) {
        return fail(errc::access_denied, "message was sent ", -late.count(),
                    " ms in the future by this side's clock; limit is ", chosen_->window.count(),
                    " s (window)");
    }
    return {};
}

/// Whether it belongs to this conversation and is new, in it and everywhere else. Last: what it remembers is not undone.
result<void> conversation::check_conversation(const statement& says) const {
    if (!peer_id_.empty() && says.conversation != peer_id_) {
        return fail(errc::access_denied,
                    "message is of another conversation of its sender: it was replayed");
    }
    // Who connects did not know of us when it began, and some of that may come late.
    const bool may_be_bare = side_ == security_side::accepting && says.answers.empty();
    if (says.answers != id_ && !may_be_bare) {
        return fail(errc::access_denied,
                    "message does not belong to this conversation: it was replayed");
    }
    BECKON_TRY(came_.check(says.count));
    if (!says.answers.empty()) return {};
    // Any other connection could take it for a beginning, also where it is not the first one here; and a memory that is
    // gone may have taken it.
    if (says.sent < chosen_->memory->begun()) {
        return fail(errc::access_denied, "message was sent ",
                    (chosen_->memory->begun() - says.sent).count(),
                    " ms before this side began: it may have been replayed");
    }
    return chosen_->memory->keep(says.conversation, id_, now(), says.sent + chosen_->window);
}

result<message_security::incoming> conversation::check(byte_view message, const metadata& header) {
    BECKON_ASSIGN(read_header read, read_statement(header));
    const statement& says = read.says;
    BECKON_TRY(check_ends(says));
    BECKON_ASSIGN(const needed_keys with, find_keys(says));
    // Before anything that the true sender alone can be wrong about.
    BECKON_ASSIGN(std::optional<bytes> opened, verify(read, with, message));
    BECKON_TRY(check_time(says));
    BECKON_TRY(check_conversation(says));
    came_.note(says.count);
    if (peer_.empty()) {
        peer_ = says.user;
        kind_ = says.kind;
    }
    peer_id_ = says.conversation;
    return incoming{std::move(opened), says.user};
}

} // namespace beckon::security::keys
