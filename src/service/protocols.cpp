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
#include "protocol/basic/readable.hpp"
#endif
#if BECKON_HAS_PROTOCOL_JSONRPC
#include "beckon/protocol/jsonrpc/jsonrpc.hpp"
#include "protocol/jsonrpc/readable.hpp"
#endif
#if BECKON_HAS_PROTOCOL_MSGPACKRPC
#include "beckon/protocol/msgpackrpc/msgpackrpc.hpp"
#include "protocol/msgpackrpc/readable.hpp"
#endif
#include "beckon/protocol/native/native.hpp"
#if BECKON_HAS_BRIDGES
#include "protocol/native/readable.hpp"
#endif
#if BECKON_HAS_PROTOCOL_PYRPC
#include "beckon/protocol/pyrpc/pyrpc.hpp"
#include "protocol/pyrpc/readable.hpp"
#endif
#if BECKON_HAS_PROTOCOL_QUICKRPC
#include "beckon/protocol/quickrpc/quickrpc.hpp"
#include "protocol/quickrpc/readable.hpp"
#endif
#if BECKON_HAS_PROTOCOL_REMCALL
#include "beckon/protocol/remcall/remcall.hpp"
#include "protocol/remcall/readable.hpp"
#endif
#if BECKON_HAS_PROTOCOL_RPYC
#include "beckon/protocol/rpyc/rpyc.hpp"
#include "protocol/rpyc/readable.hpp"
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
#include "service/named_protocol.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"
#if BECKON_HAS_PROTOCOL_JSONRPC
#include "protocol/jsonrpc/relay.hpp"
#endif
#if BECKON_HAS_PROTOCOL_QUICKRPC
#include "protocol/quickrpc/relay.hpp"
#endif
#if BECKON_HAS_PROTOCOL_RPYC
#include "protocol/rpyc/relay.hpp"
#endif

namespace beckon {

namespace {

using made = result<std::unique_ptr<protocol>>;
using stream_made = result<std::unique_ptr<io::byte_stream>>;
using told = result<std::unique_ptr<teller>>;
using parts = protocol_parts;

/// Of a protocol that begins in the same ways whatever its endpoint says.
template <const auto& FirstBytes>
result<openings> always(const context&, const io::endpoint&) {
    return openings{{std::begin(FirstBytes), std::end(FirstBytes)}};
}
constexpr std::string_view plain[] = {""};

#if BECKON_HAS_PROTOCOL_JSONRPC
constexpr std::string_view jsonrpc_in_any[] = {"framing=newline", "framing=content-length"};
constexpr std::string_view jsonrpc_passing[] = {"framing", "lenient", "deadlines"};

std::optional<passage_maker> pass_jsonrpc(const context&, const io::endpoint& accepted,
                                          const io::endpoint& dialled) {
    const auto client = jsonrpc::read_options(accepted);
    const auto server = jsonrpc::read_options(dialled);
    if (!client || !server) return {};
    return [client = client->framing,
            server = server->framing](const passage_parts& given) -> std::unique_ptr<passage> {
        using jsonrpc::told_framing;
        const auto at_client = given.client_has_messages ? told_framing() : told_framing(client);
        const auto at_server = given.server_has_messages ? told_framing() : told_framing(server);
        if (at_client == at_server) return nullptr;
        return jsonrpc::make_relay_passage(at_client, at_server, given.limits);
    };
}
#endif
#if BECKON_HAS_PROTOCOL_RPYC
constexpr std::string_view rpyc_dialects[] = {"6", "5"};
constexpr std::string_view rpyc_passing[] = {"dialect", "compress", "bind_threads"};

std::optional<passage_maker> pass_rpyc(const context&, const io::endpoint& accepted,
                                       const io::endpoint& dialled) {
    const auto client = rpyc::read_options(accepted);
    const auto server = rpyc::read_options(dialled);
    if (!client || !server || client->bind_threads != server->bind_threads) return {};
    rpyc::relay_options chosen{.bind_threads = client->bind_threads};
    if (accepted.option("dialect") != nullptr) chosen.client = client->dialect;
    if (dialled.option("dialect") != nullptr) chosen.server = server->dialect;
    return [chosen](const passage_parts& given) {
        rpyc::relay_options now = chosen;
        if (given.known_way)
            now.assumed = *given.known_way == 0 ? rpyc::dialect::v6 : rpyc::dialect::v5;
        return rpyc::make_relay_passage(now, given.limits);
    };
}
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

result<quickrpc::options> quickrpc_options(const context* inside, io::endpoint where) {
    std::shared_ptr<const quickrpc::codec> own;
    const std::string* const named = where.option("codec");
    if (inside != nullptr && named != nullptr) {
        BECKON_ASSIGN(own, find_own_codec(*inside, *named));
        if (own)
            std::erase_if(where.options, [](const auto& each) { return each.first == "codec"; });
    }
    if (own && where.option("delimiter") != nullptr) {
        return fail(errc::invalid_argument, "option delimiter is for codec jrpc, not for ",
                    own->name());
    }
    BECKON_ASSIGN(quickrpc::options chosen, quickrpc::read_options(where));
    if (own) chosen.codec = std::move(own);
    return chosen;
}

made make_quickrpc(parts from) {
    BECKON_ASSIGN(quickrpc::options chosen, quickrpc_options(from.inside, from.where));
    chosen.security = std::move(from.by);
    return make_quickrpc_protocol(std::move(chosen));
}

result<openings> openings_of_quickrpc(const context& inside, const io::endpoint& where) {
    BECKON_ASSIGN(const quickrpc::options chosen, quickrpc_options(&inside, where));
    return guarded([&] { return result<openings>(chosen.codec->begins()); });
}
constexpr std::string_view quickrpc_in_any[] = {"codec=jrpc", "codec=terse"};
constexpr std::string_view quickrpc_passing[] = {"codec", "delimiter", "standard_codes"};

std::optional<passage_maker> pass_quickrpc(const context& inside, const io::endpoint& accepted,
                                           const io::endpoint& dialled) {
    const auto text_of = [](const io::endpoint& where, std::string_view option) {
        const std::string* const given = where.option(option);
        return given != nullptr ? *given : std::string();
    };
    const auto client = quickrpc_options(&inside, accepted);
    const auto server = quickrpc_options(&inside, dialled);
    if (!client || !server || client->codec->name() != server->codec->name()) return {};
    const bool is_jrpc = client->codec->name() == "jrpc"; // whose expression holds its end mark
    if (!is_jrpc && text_of(accepted, "codec") != text_of(dialled, "codec")) return {};
    const bool ends_alike = text_of(accepted, "codec") == text_of(dialled, "codec") &&
                            text_of(accepted, "delimiter") == text_of(dialled, "delimiter");
    return [at_client = client->codec, at_server = server->codec,
            ends_alike](const passage_parts& given) -> std::unique_ptr<passage> {
        if (ends_alike && given.client_has_messages == given.server_has_messages) return nullptr;
        return quickrpc::make_relay_passage(at_client, at_server, given);
    };
}

told tell_quickrpc(telling_parts from) {
    BECKON_ASSIGN(const quickrpc::options chosen, quickrpc_options(&from.inside, from.where));
    return quickrpc::make_teller(chosen.codec);
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
    {.name = "native",
     .make = [](parts) -> made { return make_native_protocol(); },
     .begins = &always<native_first_bytes>,
#if BECKON_HAS_BRIDGES // who records what is said
     .tells = [](telling_parts from) -> told { return native::make_teller(from.interfaces); },
#endif
     .in_any = plain},
#if BECKON_HAS_PROTOCOL_BASIC
    {.name = "basic",
     .make = [](parts from) -> made {
         const bool serves = from.side == security_side::accepting;
         BECKON_ASSIGN(
             const basic::options chosen,
             basic::read_options(from.where, serves ? basic::role::server : basic::role::client));
         return make_basic_protocol(chosen);
     },
     .options = basic::option_names,
     .begins = &always<basic::first_bytes>,
     .tells = [](telling_parts) -> told { return basic::make_teller(); },
     .in_any = plain},
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
     .web_socket_name = "jsonrpc-2.0",
     .begins = [](const context&, const io::endpoint& where) -> result<openings> {
         BECKON_ASSIGN(const jsonrpc::options chosen, jsonrpc::read_options(where));
         return jsonrpc::openings_of(chosen);
     },
     .tells = [](telling_parts from) -> told { return jsonrpc::make_teller(from.where); },
     .in_any = jsonrpc_in_any,
     .passes = &pass_jsonrpc,
     .passing_options = jsonrpc_passing},
#endif
#if BECKON_HAS_PROTOCOL_MSGPACKRPC
    {.name = "msgpack",
     .make = [](parts from) -> made {
         BECKON_ASSIGN(const msgpackrpc::options chosen, msgpackrpc::read_options(from.where));
         return make_msgpackrpc_protocol(chosen);
     },
     .options = msgpackrpc::option_names,
     .begins = &always<msgpackrpc::first_bytes>,
     .tells = [](telling_parts) -> told { return msgpackrpc::make_teller(); },
     .in_any = plain},
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
         -> std::shared_ptr<void> { return pyrpc::takes_jobs(where) ? jobs() : nullptr; },
     .begins = &always<pyrpc::first_bytes>,
     .tells = [](telling_parts) -> told { return pyrpc::make_teller(); },
     .in_any = plain},
#endif
#if BECKON_HAS_PROTOCOL_QUICKRPC
    {.name = "quickrpc",
     .make = &make_quickrpc,
     .options = quickrpc::option_names,
     .carries_security = true,
     .begins = &openings_of_quickrpc,
     .tells = &tell_quickrpc,
     .in_any = quickrpc_in_any,
     .passes = &pass_quickrpc,
     .passing_options = quickrpc_passing},
#endif
#if BECKON_HAS_PROTOCOL_REMCALL
    {.name = "remcall",
     .make = [](parts from) -> made {
         const bool serves = from.side == security_side::accepting;
         BECKON_ASSIGN(remcall::options chosen,
                       remcall::read_options(from.where, serves ? remcall::role::server
                                                                : remcall::role::client));
         return make_remcall_protocol(std::move(chosen));
     },
     .options = remcall::option_names,
     .asks_by_calls = true,
     .begins = &always<remcall::first_bytes>,
     .tells = [](telling_parts from) -> told {
         return remcall::make_teller(std::move(from.schema));
     },
     .in_any = plain},
#endif
#if BECKON_HAS_PROTOCOL_RPYC
    {.name = "rpyc",
     .make = [](parts from) -> made {
         BECKON_ASSIGN(rpyc::options chosen, rpyc::read_options(from.where));
         return make_rpyc_protocol(std::move(chosen));
     },
     .options = rpyc::option_names,
     .way_option = "dialect",
     .ways = rpyc_dialects,
     .begins = &always<rpyc::first_bytes>,
     .tells = [](telling_parts from) -> told { return rpyc::make_teller(from.where); },
     .in_any = plain,
     .passes = &pass_rpyc,
     .passing_options = rpyc_passing},
#endif
};

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

std::span<const named_protocol> all_protocols() noexcept { return protocols; }

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

result<std::unique_ptr<job_store>> open_job_store(const std::string& file) {
#if BECKON_HAS_STORAGE_SQLITE
    return storage::sqlite::open_job_store(file);
#else
    return fail(errc::unsupported, "jobs cannot be kept in ", quoted(file),
                ": this build has no SQLite (libsqlite3-dev on Debian)");
#endif
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

} // namespace beckon
