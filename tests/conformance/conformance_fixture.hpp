// A server of the conformance service and a client of it, in one process.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/schema/parse.hpp"
#include "beckon/service/bridge.hpp"
#include "conformance/service.hpp"
#if BECKON_HAS_TRANSPORT_TLS
#include "transport/tls/certificates_test.hpp"
#endif

namespace conformance {

/// The service's own IDL.
inline std::string conformance_idl() {
    const char* const tree = std::getenv("BECKON_SOURCE_DIR");
    std::ifstream file(
        beckon::concat(tree != nullptr ? tree : ".", "/src/schema/testdata/conformance.bk"));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// What a bridge is told of what the tests' server publishes, for protocols that cannot tell themselves.
inline beckon::schema::document bridged_schema() {
    const std::string idl = conformance_idl() + R"(
        interface Bench {
            bytes echo(bytes data);
            string say(string text);
            Counter make(int64 start);
            Bench next();
        })";
    return beckon::schema::parse(idl, "conformance.bk").value();
}

/// The two, with a protocol between them, or a bridge: "rpyc+|jsonrpc+" is a client of RPyC and a server of JSON-RPC.
struct both_ends {
    /// `options` are of the side that connects.
    explicit both_ends(const std::string& listens, const std::string& options = {})
        : endpoint(serve(listens) + options) {}

    beckon::server server;
    std::optional<beckon::bridge> bridge{};
    std::string endpoint;
    beckon::connected session = beckon::connect(endpoint);
    beckon::ref<Conformance> service = session.get<Conformance>("conformance");

private:
    std::string serve(const std::string& listens) {
        publish(server);
        const std::size_t mark = listens.find('|');
        if (mark == std::string::npos) return server.listen(listens);
        const std::string far = server.listen(listens.substr(mark + 1) + "memory:conformance");
        beckon::bridge_options options;
        options.schema = bridged_schema();
        options.passes_messages = false;
        bridge.emplace(far, std::move(options));
        return bridge->listen(listens.substr(0, mark) + "memory:bridge");
    }
};

/// Over the native protocol.
struct conformance_fixture : testing::Test, both_ends {
    conformance_fixture() : both_ends("memory:conformance") {}
};

inline bool is_over_tls(const std::string& parameter) {
    return parameter.ends_with("tls") || parameter.ends_with("wss") || parameter.ends_with("https");
}

/// Where the service is served for a test: "" and what ends with "+" stay in memory, what ends with "tls" is over TLS, what
/// ends with "ws" over WebSocket, "wss" and "https" over both. Options may follow.
inline std::string place(const std::string& whole) {
    if (whole.find('|') != std::string::npos) return whole;
    const std::size_t end = std::min(whole.find('?'), whole.size());
    const std::string parameter = whole.substr(0, end);
    const std::string options = whole.substr(end);
#if BECKON_HAS_TRANSPORT_TLS
    if (is_over_tls(parameter)) {
        const auto& files = beckon::transport::tls::test_authority::shared();
        const char* const path = parameter.ends_with("tls") ? "" : "/conformance";
        return parameter + "://127.0.0.1:0" + path + "?cert=" + files.server_file;
    }
#endif
    if (parameter.ends_with("ws") || parameter.ends_with("http"))
        return parameter + "://127.0.0.1:0/conformance";
    return parameter + "memory:conformance" + options;
}

/// What who connects there says besides.
inline std::string client_options(const std::string& parameter) {
#if BECKON_HAS_TRANSPORT_TLS
    if (is_over_tls(parameter)) return "?ca=" + beckon::transport::tls::test_authority::shared().ca;
#endif
    static_cast<void>(parameter);
    return {};
}

/// The names of these tests.
inline std::string place_name(const testing::TestParamInfo<const char*>& each) {
    std::string name = each.param;
    if (name.empty()) return "native";
    if (const std::size_t mark = name.find('|'); mark != std::string::npos) {
        const auto called = [](std::string one) {
            one.resize(one.empty() ? 0 : one.size() - 1);
            return one.empty() ? "native" : one;
        };
        return called(name.substr(0, mark)) + "_to_" + called(name.substr(mark + 1));
    }
    for (char& letter : name) {
        if (letter == '+' || letter == '?' || letter == '=') letter = '_';
    }
    return name.ends_with("_") ? name.substr(0, name.size() - 1) : name;
}

inline std::vector<const char*> places() {
    return {
        "", "rpyc+", "jsonrpc+", "msgpack+", "quickrpc+", "quickrpc+?codec=msgpack",
#if BECKON_HAS_TRANSPORT_TLS
            "quickrpc+tls", "tls", "rpyc+tls", "jsonrpc+tls", "msgpack+tls",
#endif
#if BECKON_HAS_TRANSPORT_WS
            "ws", "rpyc+ws", "jsonrpc+ws", "msgpack+ws", "quickrpc+ws",
#endif
#if BECKON_HAS_TRANSPORT_WS && BECKON_HAS_TRANSPORT_TLS
            "wss", "jsonrpc+wss", "quickrpc+wss",
#endif
    };
}

/// Across a bridge, from each protocol that has references to each other one.
inline std::vector<const char*> bridges() {
    return {"|",
            "|rpyc+",
            "|jsonrpc+",
            "|msgpack+",
            "|quickrpc+",
            "rpyc+|",
            "rpyc+|rpyc+",
            "rpyc+|jsonrpc+",
            "rpyc+|msgpack+",
            "rpyc+|quickrpc+",
            "jsonrpc+|",
            "jsonrpc+|rpyc+",
            "jsonrpc+|jsonrpc+",
            "jsonrpc+|msgpack+",
            "jsonrpc+|quickrpc+",
            "msgpack+|",
            "msgpack+|rpyc+",
            "msgpack+|jsonrpc+",
            "msgpack+|quickrpc+",
            "quickrpc+|",
            "quickrpc+|rpyc+",
            "quickrpc+|jsonrpc+",
            "quickrpc+|msgpack+"};
}
/// The same where one of the two has values alone.
inline std::vector<const char*> bridges_without_references() {
    return {
#if BECKON_HAS_PROTOCOL_PYRPC
        "pyrpc+|", "pyrpc+|rpyc+", "pyrpc+|jsonrpc+", "|pyrpc+", "rpyc+|pyrpc+", "jsonrpc+|pyrpc+",
#endif
    };
}

/// Where a server can only answer.
inline std::vector<const char*> places_that_answer() {
    return {
#if BECKON_HAS_TRANSPORT_HTTP
        "jsonrpc+http",
#endif
#if BECKON_HAS_TRANSPORT_HTTP && BECKON_HAS_TRANSPORT_TLS
            "jsonrpc+https",
#endif
    };
}

/// Where only values can be passed.
inline std::vector<const char*> places_without_references() {
    return {
#if BECKON_HAS_PROTOCOL_PYRPC
        "pyrpc+",
#if BECKON_HAS_TRANSPORT_TLS
            "pyrpc+tls",
#endif
#endif
    };
}

/// Over each protocol that carries typed interfaces, over TLS and over WebSocket.
struct conformance_over : testing::TestWithParam<const char*>, both_ends {
    conformance_over() : both_ends(place(GetParam()), client_options(GetParam())) {}
};

} // namespace conformance
