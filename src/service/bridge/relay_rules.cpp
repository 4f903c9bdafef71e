#include <algorithm>
#include <span>
#include <string>

#include "service/bridge/relay.hpp"
#include "service/dial.hpp"
#include "service/keepalive_stream.hpp"
#include "service/named_protocol.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

namespace {

[[nodiscard]] bool is_among(std::span<const std::string_view> names,
                            std::string_view name) noexcept {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether the bytes of a protocol arrive there as they were sent, and nothing else does.
[[nodiscard]] bool carries_bytes(const io::endpoint& where) noexcept {
    if (!where.security.empty() && where.security != "null") return false;
    for (const std::string_view each : keepalive_option_names) {
        if (where.option(each) != nullptr) return false;
    }
    const transport_facts* const known = facts_of(where.transport);
    if (known == nullptr) return true; // the program's own
    return known->what == transport_facts::carries::stream && !known->is_expression;
}

/// Whether each option of the protocol that one endpoint has is one that passing keeps to, or, where it keeps to none, has
/// the other one with the same content.
[[nodiscard]] bool says_no_more(const named_protocol& spoken, const io::endpoint& where,
                                const io::endpoint& other) {
    for (const auto& [name, content] : where.options) {
        if (!is_among(spoken.options, name) || is_among(spoken.passing_options, name)) continue;
        const std::string* const there = other.option(name);
        if (spoken.passes != nullptr || there == nullptr || *there != content) return false;
    }
    return true;
}

} // namespace

std::optional<relay_rules> rules_between(context& inside, const io::endpoint& accepted,
                                         const io::endpoint& dialled) {
    const named_protocol* const spoken = named(accepted.protocol);
    if (spoken == nullptr || accepted.protocol != dialled.protocol) return {};
    if (!carries_bytes(accepted) || !carries_bytes(dialled)) return {};
    if (!says_no_more(*spoken, accepted, dialled) || !says_no_more(*spoken, dialled, accepted))
        return {};
    const auto made = make_protocol(inside, dialled);
    if (!made) return {};
    const protocol_traits traits = (*made)->traits();
    relay_rules rules;
    if (spoken->passes != nullptr) {
        auto converts = spoken->passes(inside, accepted, dialled);
        if (!converts) return {};
        rules.convert = *std::move(converts);
    }
    rules.keeps_messages = traits.keeps_messages;
    rules.acknowledges = traits.wants_acknowledgement;
    rules.has_own_records = traits.wants_own_records && rules.convert != nullptr;
    rules.max_message_bytes = traits.max_message_bytes;
    const std::size_t ways = ways_to_speak(dialled);
    if (ways == 1) return rules;
    const std::shared_ptr<context> kept = inside.shared_from_this();
    std::string text = io::to_string(dialled);
    // 0 says that nothing is known; the first way, once found, is written as what is the same modulo their number.
    if (const std::size_t known = inside.way_to_speak(text); known != 0)
        rules.known_way = known % ways;
    rules.understood = [kept, text, ways](std::size_t way) {
        kept->set_way_to_speak(text, way + ways);
    };
    rules.dialling_waits = dial_may_block(dialled);
    rules.dial_again = [kept, text = std::move(text), dialled](const limits& allowed) {
        return dial(*kept, dialled, text,
                    {.handshake_within = allowed.handshake_within,
                     .max_message_bytes = allowed.max_message_bytes,
                     .message_within = allowed.message_within,
                     .min_message_progress = allowed.min_message_progress,
                     .is_bare = true});
    };
    return rules;
}

} // namespace beckon
