// Peers that have said all and read on, as a program at the end of a pipe does: what they have called is answered.
#include "text_peer.hpp"

#include <unistd.h>

#include <future>
#include <map>
#include <vector>

#include "beckon/jsonrpc.hpp"
#include "beckon/transport/tcp/tcp.hpp"
#include "beckon/transport/unix/unix.hpp"
#if BECKON_HAS_TRANSPORT_TLS
#include "beckon/transport/tls/tls.hpp"
#include "transport/tls/certificates_test.hpp"
#endif

namespace jsonrpc_test {
namespace {

/// A call that lasts until it is cancelled, and what else has come.
class desk {
public:
    void hold() {
        begun_.set_value();
        try {
            beckon::this_call::sleep_for(1h);
        } catch (const beckon::exception&) {
            woken_.set_value();
            throw;
        }
    }
    [[nodiscard]] bool has_begun() {
        return begun_.get_future().wait_for(10s) == std::future_status::ready;
    }
    [[nodiscard]] bool was_woken() {
        return woken_.get_future().wait_for(10s) == std::future_status::ready;
    }
    void tell(const std::string& text) { told_.set_value(text); }
    [[nodiscard]] std::string told() {
        auto telling = told_.get_future();
        return telling.wait_for(10s) == std::future_status::ready ? telling.get() : "nothing";
    }

private:
    std::promise<void> begun_;
    std::promise<void> woken_;
    std::promise<std::string> told_;
};

beckon::stream<std::int64_t> count_up(std::int64_t to) {
    for (std::int64_t i = 1; i <= to; ++i) co_yield i;
}

namespace io = beckon::io;
namespace transport = beckon::transport;
using beckon::result;

std::vector<std::string> transports() {
    std::vector<std::string> all{"tcp", "unix", "memory"};
#if BECKON_HAS_TRANSPORT_TLS
    all.emplace_back("tls");
#endif
    return all;
}

class EndedInput : public testing::TestWithParam<std::string> {
protected:
    EndedInput()
        : inside(*beckon::context::create({.log = &beckon::null_log()})),
          server({.context = inside}) {
        server.publish(
            "desk",
            beckon::object_builder("Desk")
                .method("hold", [this] { here.hold(); })
                .method("tell", [this](const std::string& text) { here.tell(text); })
                .method("add", [](std::int64_t a, std::int64_t b) { return a + b; })
                .method("count", [](std::int64_t to) { return count_up(to); })
                // Calls who has called, who says nothing any more.
                .method("ask",
                        [](const beckon::object& peer) {
                            try {
                                return beckon::dynamic(peer).call("anything").as<std::string>();
                            } catch (const beckon::exception& failed) {
                                const beckon::errc first = failed.code();
                                try { // another call, which leaves and cannot come back either
                                    return beckon::dynamic(peer).call("more").as<std::string>();
                                } catch (const beckon::exception& again) {
                                    return concat(beckon::to_string(first), ", ",
                                                  beckon::to_string(again.code()));
                                }
                            }
                        })
                .build());
        endpoint = server.listen(concat("jsonrpc+", GetParam(), ':', place()));
    }
    [[nodiscard]] static std::string place() {
        if (GetParam() == "unix") return concat("/tmp/ended_input.", ::getpid());
        if (GetParam() == "memory") return "ended";
        if (GetParam() == "http") return "//127.0.0.1:0/ended";
#if BECKON_HAS_TRANSPORT_TLS
        if (GetParam() == "tls")
            return concat("//127.0.0.1:0?cert=",
                          transport::tls::test_authority::shared().server_file);
#endif
        return "//127.0.0.1:0";
    }
    [[nodiscard]] text_peer connect() { return text_peer(*dial(parsed(endpoint))); }
    /// An endpoint without its protocol, path and options.
    [[nodiscard]] static io::endpoint parsed(const std::string& whole) {
        const std::string_view bare =
            std::string_view(whole).substr(8, whole.find('?') - 8); // jsonrpc+
        io::endpoint where = *io::parse_endpoint(bare);
        if (GetParam() == "http") where.address.resize(where.address.find('/'));
        return where;
    }
    [[nodiscard]] result<std::unique_ptr<io::byte_stream>> dial(const io::endpoint& where) const {
        if (GetParam() == "unix") return transport::unix_::connect(where, {});
        if (GetParam() == "memory") return inside->memory().connect(where.address);
#if BECKON_HAS_TRANSPORT_TLS
        if (GetParam() == "tls") {
            const std::string ca =
                concat("tls://h:1?ca=", transport::tls::test_authority::shared().ca);
            io::endpoint trusting = *io::parse_endpoint(ca);
            trusting.address = where.address;
            return transport::tls::connect(trusting, {}, [&](const io::connect_options& options) {
                return transport::tcp::connect(where, options);
            });
        }
#endif
        return transport::tcp::connect(where, {});
    }
    [[nodiscard]] static std::string call(int id, std::string_view method,
                                          std::string_view params) {
        return concat(R"({"jsonrpc":"2.0","id":)", id, R"(,"method":")", method, R"(","params":[)",
                      params, "]}");
    }

    /// The results that come until the conversation ends, by the numbers of their calls.
    [[nodiscard]] static std::map<std::int64_t, value> results_for(text_peer& peer) {
        std::map<std::int64_t, value> all;
        while (const auto line = peer.read_line()) {
            const value came = *beckon::json::parse(*line);
            if (came["id"].is_int64()) all[came["id"].int64()] = came["result"];
        }
        return all;
    }

    desk here;
    const std::shared_ptr<beckon::context> inside;
    beckon::server server;
    std::string endpoint;
};

TEST_P(EndedInput, is_answered_all_the_same) {
    text_peer peer = connect();
    peer.send_line(call(1, "ask", R"({"$ref":9})")); // lasts until the end is known
    peer.send_line(R"({"jsonrpc":"2.0","method":"tell","params":["behind it"]})");
    peer.send_line(call(2, "add", "1,2"));
    EXPECT_EQ(peer.read()["method"], value("$ref/9.anything"));
    peer.stream().shutdown_write();
    const auto results = results_for(peer);
    EXPECT_EQ(results, (std::map<std::int64_t, value>{{1, "disconnected, disconnected"}, {2, 3}}));
    EXPECT_EQ(here.told(), "behind it");
}

TEST_P(EndedInput, is_followed_by_whole_streams) {
    text_peer peer = connect();
    peer.send_line(call(1, "count", "1000")); // the peer would have to ask for more than 16
    peer.stream().shutdown_write();
    EXPECT_EQ(peer.read()["result"]["$stream"], value(1));
    for (int i = 1; i <= 1000; ++i) ASSERT_EQ(peer.read()["params"], value::list({1, i}));
    EXPECT_EQ(peer.read()["method"], value("$end"));
    EXPECT_EQ(peer.read_line(), std::nullopt);
}

TEST_P(EndedInput, of_a_peer_that_has_gone_cancels_its_calls) {
    {
        text_peer peer = connect();
        peer.send_line(call(1, "hold", ""));
        ASSERT_TRUE(here.has_begun());
    }
    EXPECT_TRUE(here.was_woken());
}

TEST_P(EndedInput, of_a_peer_that_goes_while_it_waits_cancels_them_too) {
    {
        text_peer peer = connect();
        peer.send_line(call(1, "hold", ""));
        ASSERT_TRUE(here.has_begun());
        peer.stream().shutdown_write();
        std::byte blank[1];
        if (GetParam() == "tcp" || GetParam() == "tls") { // how it is found out whether it reads
            ASSERT_EQ(peer.stream().read_waiting(blank, 10s).size, 1u);
            EXPECT_EQ(static_cast<char>(blank[0]), ' ');
        }
    }
    EXPECT_TRUE(here.was_woken());
}

/// The same over HTTP, whose clients give calls up by that.
class GivenUp : public EndedInput {};

TEST_P(GivenUp, calls_are_cancelled) {
    const std::string body = call(1, "hold", "");
    {
        text_peer peer = connect();
        peer.send(concat(
            "POST /ended HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: ",
            body.size(), "\r\n\r\n", body));
        ASSERT_TRUE(here.has_begun());
    }
    EXPECT_TRUE(here.was_woken());
}

INSTANTIATE_TEST_SUITE_P(over, GivenUp, testing::Values("http"),
                         [](const auto& over) { return over.param; });

INSTANTIATE_TEST_SUITE_P(over, EndedInput, testing::ValuesIn(transports()),
                         [](const auto& over) { return over.param; });

} // namespace
} // namespace jsonrpc_test
