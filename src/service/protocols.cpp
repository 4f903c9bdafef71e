// What conversations speak: with connect.cpp and listen.cpp the only place that knows leaves. Protocols and security providers
// by the names that endpoints have for them.

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "beckon/io/endpoint.hpp"
#if BECKON_HAS_PROTOCOL_BASIC
#include "beckon/protocol/basic/basic.hpp"
#endif
#if BECKON_HAS_PROTOCOL_JSONRPC
#include "beckon/protocol/jsonrpc/jsonrpc.hpp"
#endif
#if BECKON_HAS_PROTOCOL_MSGPACKRPC
#include "beckon/protocol/msgpackrpc/msgpackrpc.hpp"
#endif
#include "beckon/protocol/native/native.hpp"
#if BECKON_HAS_PROTOCOL_PYRPC
#include "beckon/protocol/pyrpc/pyrpc.hpp"
#endif
#if BECKON_HAS_PROTOCOL_QUICKRPC
#include "beckon/protocol/quickrpc/quickrpc.hpp"
#endif
#if BECKON_HAS_PROTOCOL_RPYC
#include "beckon/protocol/rpyc/rpyc.hpp"
#endif
#if BECKON_HAS_SECURITY_KEYS
#include "beckon/security/keys/keys.hpp"
#endif
#if BECKON_HAS_SECURITY_UNPROVEN
#include "beckon/security/unproven/unproven.hpp"
#endif
#if BECKON_HAS_STORAGE_SQLITE
#include "beckon/storage/sqlite/job_store.hpp"
#endif
#include "object/guarded.hpp"
#include "service/keepalive_stream.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

namespace {

using made = result<std::unique_ptr<protocol>>;
using stream_made = result<std::unique_ptr<io::byte_stream>>;

/// What a protocol is made from.
struct parts {
    const context* inside; ///< Null: the program has nothing of its own.
    const io::endpoint& where;
    std::unique_ptr<message_security> by{}; ///< Of protocols that carry security alone.
    security_side side = security_side::connecting;
    std::shared_ptr<void> shared{}; ///< Of all who connect to one listener: `share_at` made it.
};

struct named_protocol {
    std::string_view name;
    made (*make)(parts from);
    std::span<const std::string_view> options{};
    bool carries_security = false;      ///< Messages have room for a header.
    bool does_with_answers = false;     ///< Its clients need to hear nothing but answers.
    std::string_view told_over_http{};  ///< The option that tells the side that accepts of that.
    std::string_view web_socket_name{}; ///< Of its messages there: a registered sub-protocol.
    /// The option that says in which way to speak it to a server that cannot be asked, and its contents, the first first.
    std::string_view way_option{};
    std::span<const std::string_view> ways{};
    stream_made (*stream)(stream_parts from) = nullptr; ///< Null: the transport's will do.
    /// Of all who connect to one listener.
    std::shared_ptr<void> (*share)(const io::endpoint& where,
                                   const std::function<std::shared_ptr<job_board>()>& jobs) =
        nullptr;
};

#if BECKON_HAS_PROTOCOL_RPYC
constexpr std::string_view rpyc_dialects[] = {"6", "5"};
#endif

#if BECKON_HAS_PROTOCOL_QUICKRPC
/// Null where the codec is none of the program's own.
result<std::shared_ptr<const quickrpc::codec>> find_own_codec(const context& inside,
                                                              std::string_view expression) {
    const std::size_t colon = std::min(expression.find(':'), expression.size());
    const std::string_view name = expression.substr(0, colon);
    const own_codec own = inside.find_codec(name);
    if (!own || quickrpc::make_codec(name)) return std::shared_ptr<const quickrpc::codec>();
    expression.remove_prefix(std::min(colon + 1, expression.size()));
    BECKON_ASSIGN(auto made_one, own(expression));
    if (made_one) return made_one;
    return fail(errc::unsupported, "codec ", quoted(name), " of the program gave nothing");
}

made make_quickrpc(parts from) {
    io::endpoint where = from.where;
    std::shared_ptr<const quickrpc::codec> own;
    const std::string* const named = where.option("codec");
    if (from.inside != nullptr && named != nullptr) {
        BECKON_ASSIGN(own, find_own_codec(*from.inside, *named));
        if (own)
            std::erase_if(where.options, [](const auto& each) { return each.first == "codec"; });
    }
    if (own && where.option("delimiter") != nullptr) {
        return fail(errc::invalid_argument, "option delimiter is for codec jrpc, not for ",
                    own->name());
    }
    BECKON_ASSIGN(quickrpc::options chosen, quickrpc::read_options(where));
    if (own) chosen.codec = std::move(own);
    chosen.security = std::move(from.by);
    return make_quickrpc_protocol(std::move(chosen));
}
#endif

#if BECKON_HAS_PROTOCOL_PYRPC
made make_pyrpc(parts from) {
    BECKON_ASSIGN(pyrpc::callee_options serving, pyrpc::read_callee_options(from.where));
    serving.jobs = std::static_pointer_cast<job_board>(std::move(from.shared));
    if (from.side == security_side::accepting) return make_pyrpc_callee(std::move(serving));
    BECKON_ASSIGN(const pyrpc::caller_options calling, pyrpc::read_caller_options(from.where));
    return make_pyrpc_caller(calling);
}
#endif

constexpr named_protocol protocols[] = {
    {.name = "native", .make = [](parts) -> made { return make_native_protocol(); }},
#if BECKON_HAS_PROTOCOL_BASIC
    {.name = "basic",
     .make = [](parts from) -> made {
         const bool serves = from.side == security_side::accepting;
         BECKON_ASSIGN(
             const basic::options chosen,
             basic::read_options(from.where, serves ? basic::role::server : basic::role::client));
         return make_basic_protocol(chosen);
     },
     .options = basic::option_names},
#endif
#if BECKON_HAS_PROTOCOL_JSONRPC
    {.name = "jsonrpc",
     .make = [](parts from) -> made {
         BECKON_ASSIGN(const jsonrpc::options chosen, jsonrpc::read_options(from.where));
         return make_jsonrpc_protocol(chosen, std::move(from.by));
     },
     .options = jsonrpc::option_names,
     .carries_security = true,
     .does_with_answers = true,
     .told_over_http = jsonrpc::serves_over_http,
     .web_socket_name = "jsonrpc-2.0"},
#endif
#if BECKON_HAS_PROTOCOL_MSGPACKRPC
    {.name = "msgpack",
     .make = [](parts from) -> made {
         BECKON_ASSIGN(const msgpackrpc::options chosen, msgpackrpc::read_options(from.where));
         return make_msgpackrpc_protocol(chosen);
     },
     .options = msgpackrpc::option_names},
#endif
#if BECKON_HAS_PROTOCOL_PYRPC
    {.name = "pyrpc",
     .make = &make_pyrpc,
     .options = pyrpc::option_names,
     .stream = [](stream_parts from) -> stream_made {
         if (from.side == security_side::accepting)
             return pyrpc::serve_one_call(std::move(from.below));
         return pyrpc::connect_for_each_call(std::move(from.below),
                                             {std::move(from.dial_again), from.dialling_waits},
                                             from.max_message_bytes);
     },
     .share = [](const io::endpoint& where, const std::function<std::shared_ptr<job_board>()>& jobs)
         -> std::shared_ptr<void> { return pyrpc::takes_jobs(where) ? jobs() : nullptr; }},
#endif
#if BECKON_HAS_PROTOCOL_QUICKRPC
    {.name = "quickrpc",
     .make = &make_quickrpc,
     .options = quickrpc::option_names,
     .carries_security = true},
#endif
#if BECKON_HAS_PROTOCOL_RPYC
    {.name = "rpyc",
     .make = [](parts from) -> made {
         BECKON_ASSIGN(rpyc::options chosen, rpyc::read_options(from.where));
         return make_rpyc_protocol(std::move(chosen));
     },
     .options = rpyc::option_names,
     .way_option = "dialect",
     .ways = rpyc_dialects},
#endif
};

/// Null where there is none of that name.
[[nodiscard]] const named_protocol* named(std::string_view protocol) noexcept {
    const auto found = std::find_if(std::begin(protocols), std::end(protocols),
                                    [&](const auto& each) { return each.name == protocol; });
    return found != std::end(protocols) ? found : nullptr;
}

using found_security = result<message_security_maker>;

struct named_security {
    std::string_view name;
    found_security (*make)(const io::endpoint& where, const security_choice& chosen);
    std::span<const std::string_view> options{};
    security_words words{};
};

#if BECKON_HAS_SECURITY_KEYS
template <security::keys::provider How>
found_security make_with_keys(const io::endpoint& where, const security_choice& chosen) {
    BECKON_ASSIGN(security::keys::options read,
                  security::keys::read_options(where, How, chosen.user));
    read.memory = chosen.memory;
    return security::keys::make(std::move(read), chosen.side);
}
#endif
#if BECKON_HAS_SECURITY_UNPROVEN
found_security make_unproven(const io::endpoint& where, const security_choice& chosen) {
    return security::unproven::make(where, chosen.user);
}
#endif

constexpr named_security providers[] = {
    {"null",
     [](const io::endpoint&, const security_choice&) -> found_security {
         return message_security_maker();
     },
     {},
     {.are_ignored = true}},
#if BECKON_HAS_SECURITY_KEYS
    {"signed",
     &make_with_keys<security::keys::provider::signed_>,
     security::keys::option_names,
     {.between_two = true, .option = "keys"}},
    {"sealed",
     &make_with_keys<security::keys::provider::sealed>,
     security::keys::option_names,
     {.between_two = true, .option = "keys"}},
#endif
#if BECKON_HAS_SECURITY_UNPROVEN
    {"unproven", &make_unproven, security::unproven::option_names, {.option = "user"}},
    {"blindly_believe_everything",
     &make_unproven,
     security::unproven::option_names,
     {.are_ignored = true}},
#endif
};

[[nodiscard]] std::string names_where(bool named_protocol::*holds) {
    std::string names;
    for (const named_protocol& each : protocols) {
        if (each.*holds) names += concat(names.empty() ? "" : ", ", each.name);
    }
    return names;
}

/// Whether messages of the protocol that an endpoint names can be protected one by one there.
[[nodiscard]] result<void> check_carries_security(const io::endpoint& where,
                                                  std::string_view security) {
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

[[nodiscard]] error unknown_security(const io::endpoint& where) {
    std::string known;
    for (const named_security& each : providers)
        known += concat(known.empty() ? "" : ", ", each.name);
    if (where.security == "signed" || where.security == "sealed") {
        return fail(errc::unsupported, "this build has no ", where.security,
                    " messages; they need libsodium, and beckon::beckon in place of "
                    "beckon::core");
    }
    return fail(errc::unsupported, "no security provider is called ", quoted(where.security),
                "; expected one of ", known);
}

} // namespace

result<message_security_maker> find_security(const context& inside, const io::endpoint& where,
                                             const security_choice& chosen) {
    if (where.security.empty()) {
        if (!chosen.given) return message_security_maker();
        BECKON_TRY(check_carries_security(where, "provider of the program's"));
        return chosen.given;
    }
    BECKON_TRY(check_security(inside, where));
    for (const named_security& each : providers) {
        if (each.name == where.security) return each.make(where, chosen);
    }
    own_security own = inside.find_security(where.security);
    if (!own) return unknown_security(where);
    return message_security_maker(
        [own = std::move(own), where](security_side side) { return own(where, side); });
}

result<void> check_security(const context& inside, const io::endpoint& where) {
    if (where.security == "null") return {};
    BECKON_TRY(check_carries_security(where, where.security));
    if (inside.find_security(where.security)) return {};
    const bool is_known =
        std::any_of(std::begin(providers), std::end(providers),
                    [&](const named_security& each) { return each.name == where.security; });
    if (is_known) return {};
    return unknown_security(where);
}

security_words words_of_security(std::string_view name) noexcept {
    for (const named_security& each : providers) {
        if (each.name == name) return each.words;
    }
    return {};
}

known_options options_of_security(const io::endpoint& where) {
    for (const named_security& each : providers) {
        if (each.name == where.security) return {each.name, each.options};
    }
    return {};
}

namespace {

made make_named(const context* inside, const io::endpoint& where,
                const message_security_maker& security, security_side side,
                std::shared_ptr<void> shared) {
    const named_protocol* const spoken = named(where.protocol);
    if (spoken == nullptr) {
        std::string known;
        for (const named_protocol& each : protocols)
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

result<std::unique_ptr<job_store>> open_job_store(const std::string& file) {
#if BECKON_HAS_STORAGE_SQLITE
    return storage::sqlite::open_job_store(file);
#else
    return fail(errc::unsupported, "jobs cannot be kept in ", quoted(file),
                ": this build has no SQLite (libsqlite3-dev on Debian)");
#endif
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

#if BECKON_HAS_PROTOCOL_BASIC
const std::string_view basic::protocol_name = "basic";
#endif
#if BECKON_HAS_PROTOCOL_QUICKRPC
const std::string_view quickrpc::protocol_name = "quickrpc";
result<std::unique_ptr<protocol>>
quickrpc::make_quickrpc_conversation(conversation_options options) {
    return make_quickrpc_protocol({.codec = std::move(options.codec),
                                   .security = std::move(options.security),
                                   .standard_codes = options.standard_codes,
                                   .max_bad_messages = options.max_bad_messages,
                                   .rules = std::move(options.rules)});
}
result<std::shared_ptr<const quickrpc::codec>>
quickrpc::make_quickrpc_codec(const context& inside, std::string_view expression) {
    BECKON_ASSIGN(auto own, find_own_codec(inside, expression));
    return own ? std::move(own) : make_codec(expression);
}
result<void> quickrpc::check_quickrpc_call(const codec& with, const std::string& method,
                                           const value& named) {
    buffer encoded;
    BECKON_TRY(with.encode(
        encoded, {.kind = message_kind::call, .method = method, .params = named, .id = value(1)},
        {}));
    buffer framed;
    return with.frame(framed, encoded.view());
}
#endif

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
