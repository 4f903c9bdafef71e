#include "service/named_protocol.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "object/guarded.hpp"
#include "service/keepalive_stream.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

namespace {
using made = result<std::unique_ptr<protocol>>;

[[nodiscard]] std::string names_where(bool named_protocol::*holds) {
    std::string names;
    for (const named_protocol& each : all_protocols()) {
        if (each.*holds) names += concat(names.empty() ? "" : ", ", each.name);
    }
    return names;
}

} // namespace

const named_protocol* named(std::string_view protocol) noexcept {
    const std::span<const named_protocol> all = all_protocols();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& each) { return each.name == protocol; });
    return found != all.end() ? &*found : nullptr;
}

result<void> check_carries_security(const io::endpoint& where, std::string_view security) {
    // A header and its message are two messages: more than one answer of HTTP.
    if (is_http(where)) {
        return fail(
            errc::unsupported, where.transport,
            " answers each message with one, and headers of protected messages are messages "
            "of their own; use https, or protected messages over tcp or ws");
    }
    const named_protocol* const spoken = named(where.protocol);
    if (spoken == nullptr || spoken->carries_security) return {}; // whoever makes it says so
    const std::string able = names_where(&named_protocol::carries_security);
    return fail(errc::unsupported, "messages of ", where.protocol, " over ", where.transport,
                " carry no headers, and so no ", security,
                "; tls protects the whole connection, and ", able,
                " can have providers over other transports");
}

namespace {

made make_named(const context* inside, const io::endpoint& where,
                const message_security_maker& security, security_side side,
                std::shared_ptr<void> shared) {
    const named_protocol* const spoken = named(where.protocol);
    if (spoken == nullptr) {
        std::string known;
        for (const named_protocol& each : all_protocols())
            known += concat(known.empty() ? "" : ", ", each.name);
        return fail(errc::unsupported, "no protocol is called ", quoted(where.protocol),
                    "; expected one of ", known);
    }
    io::endpoint told = where;
    if (is_http(where) && side == security_side::accepting && !spoken->told_over_http.empty())
        told.options.emplace_back(spoken->told_over_http, "");
    std::unique_ptr<message_security> by;
    if (security) {
        BECKON_TRY(check_carries_security(where, "provider"));
        BECKON_ASSIGN(by, guarded([&] { return security(side); }));
    }
    BECKON_ASSIGN(auto made_one,
                  spoken->make({inside, told, std::move(by), side, std::move(shared)}));
    BECKON_TRY(check_carries(where, *made_one));
    return made_one;
}

} // namespace

result<std::unique_ptr<protocol>> make_protocol(const context& inside, const io::endpoint& where,
                                                const message_security_maker& security,
                                                security_side side, std::shared_ptr<void> shared) {
    return make_named(&inside, where, security, side, std::move(shared));
}

result<std::unique_ptr<protocol>> make_protocol(const io::endpoint& where) {
    return make_named(nullptr, where, nullptr, security_side::connecting, nullptr);
}

std::shared_ptr<void> shared_at(const io::endpoint& where,
                                const std::function<std::shared_ptr<job_board>()>& jobs) {
    const named_protocol* const spoken = named(where.protocol);
    return spoken != nullptr && spoken->share != nullptr ? spoken->share(where, jobs)
                                                         : std::shared_ptr<void>();
}

bool needs_stream(const io::endpoint& where) noexcept {
    const named_protocol* const spoken = named(where.protocol);
    return spoken != nullptr && spoken->stream != nullptr;
}

result<std::unique_ptr<io::byte_stream>> make_stream(const io::endpoint& where, stream_parts from) {
    if (!needs_stream(where)) return std::move(from.below);
    return named(where.protocol)->stream(std::move(from));
}

result<void> check_carries(const io::endpoint& where, const protocol& spoken) {
    BECKON_TRY(check_keep_alive(where));
    const transport_facts* const known = facts_of(where.transport);
    if (known == nullptr) return {};
    const named_protocol* const by_name = named(spoken.name());
    if (known->what == transport_facts::carries::answers &&
        (by_name == nullptr || !by_name->does_with_answers)) {
        const std::string able = names_where(&named_protocol::does_with_answers);
        return fail(errc::unsupported, "protocol ", spoken.name(),
                    " needs to be heard at any time, and over ", where.transport,
                    " a server only answers; ", able, able.empty() ? "" : " can use it, and ",
                    "ws carries all");
    }
    if (known->what != transport_facts::carries::messages || spoken.traits().keeps_messages)
        return {};
    return fail(errc::unsupported, "protocol ", spoken.name(), " needs a stream of bytes, and ",
                where.transport, " has messages that may be lost; jsonrpc and quickrpc can use it");
}

std::string_view web_socket_name(const io::endpoint& where) noexcept {
    const named_protocol* const spoken = named(where.protocol);
    return spoken != nullptr ? spoken->web_socket_name : std::string_view();
}

known_options options_of_protocol(const io::endpoint& where) {
    const named_protocol* const spoken = named(where.protocol);
    return spoken != nullptr ? known_options{spoken->name, spoken->options} : known_options{};
}

std::size_t ways_to_speak(const io::endpoint& where) {
    const named_protocol* const spoken = named(where.protocol);
    const bool is_open =
        spoken != nullptr && !spoken->ways.empty() && where.option(spoken->way_option) == nullptr;
    return is_open ? spoken->ways.size() : 1;
}

std::string option_of_way(const io::endpoint& where, std::size_t way) {
    const named_protocol& spoken = *named(where.protocol);
    return concat('?', spoken.way_option, '=', spoken.ways[way]);
}

result<std::unique_ptr<protocol>> make_protocol(const context& inside, const io::endpoint& where,
                                                std::size_t way,
                                                const message_security_maker& security) {
    if (way == 0) return make_protocol(inside, where, security);
    const named_protocol& spoken = *named(where.protocol);
    io::endpoint other = where;
    other.options.emplace_back(spoken.way_option, spoken.ways[way]);
    return make_protocol(inside, other, security);
}

} // namespace beckon
