// C++ programs at real RPyC servers behind RPyC's SSLAuthenticator, of both dialects.
#if BECKON_HAS_TRANSPORT_TLS
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "beckon/rpyc.hpp"
#include "interop/python.hpp"
#include "transport/tls/certificates_test.hpp"

namespace beckon::rpyc {
namespace {

using transport::tls::test_authority;

constexpr const char* tls_server = R"(
import logging, sys, threading, time
logging.disable(logging.CRITICAL)
from rpyc.core.service import SlaveService
from rpyc.utils.authenticators import SSLAuthenticator
from rpyc.utils.server import ThreadedServer
class Service(SlaveService):
    def on_connect(self, conn):
        super().on_connect(conn)
        self.namespace["connection"] = conn
certificate, ca = sys.argv[1:]
server = ThreadedServer(Service, hostname="127.0.0.1", port=0,
                        authenticator=SSLAuthenticator(certificate, certificate, ca_certs=ca or None))
server.logger.disabled = True
threading.Thread(target=server.start, daemon=True).start()
while not server.active:
    time.sleep(0.01)
print(server.port, flush=True)
sys.stdin.read()
)";

class rpyc_tls : public testing::TestWithParam<int> {
protected:
    void SetUp() override {
        static std::map<int, interop::found_python> known;
        interop::found_python& found = known[GetParam()];
        if (found.interpreter.empty() && !found.missing) {
            found = GetParam() == 5 ? interop::found_python{interop::debian_python,
                                                            interop::python_module("rpyc")}
                                    : interop::python_with("rpyc-6", "rpyc", "rpyc==6.0.2");
        }
        BECKON_NEEDS_PEER("rpyc-" + std::to_string(GetParam()), found.missing);
        interpreter_ = found.interpreter;
    }
    /// Where a server listens that asks for certificates of `client_ca`; empty: for none.
    std::string serve(const std::string& client_ca) {
        process_.emplace(tls_server, interop::texts{files_.server_file, client_ca}, interpreter_);
        return "rpyc+tls://127.0.0.1:" + process_->line();
    }
    test_authority& files_ = test_authority::shared();

private:
    std::string interpreter_;
    std::optional<interop::python> process_;
};
INSTANTIATE_TEST_SUITE_P(of, rpyc_tls, testing::Values(5, 6),
                         [](const auto& each) { return "version_" + std::to_string(each.param); });

TEST_P(rpyc_tls, calls_callbacks_and_large_values) {
    const connected session = connect(serve("") + "?ca=" + files_.ca);
    const classic python(session.root());
    EXPECT_EQ(python.eval("6 * 7").as<int>(), 42);
    const std::string text(3'000'000, 'x');
    EXPECT_EQ(python.eval("len")(text).as<int>(), 3'000'000);
    EXPECT_EQ(python.eval("'y' * 3000000").as<std::string>(), std::string(3'000'000, 'y'));
    int called = 0;
    const dynamic twice = python.eval("lambda f: f(1) + f(2)");
    EXPECT_EQ(twice(make_function([&](int n) { return ++called, 10 * n; })).as<int>(), 30);
    EXPECT_EQ(called, 2);
}

// RPyC waits for the socket before it reads each message: a second one in the same record would wait there for ever.
TEST_P(rpyc_tls, requests_sent_together_are_all_answered) {
    const connected session = connect(serve("") + "?ca=" + files_.ca);
    const classic python(session.root());
    const dynamic same = python.eval("lambda x: x");
    std::vector<future<dynamic>> answers;
    for (int i = 0; i < 300; ++i) answers.push_back(same.async()(i));
    for (int i = 0; i < 300; ++i)
        EXPECT_EQ(answers[static_cast<std::size_t>(i)].get().as<int>(), i);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) EXPECT_EQ(same(i).as<int>(), i);
        });
    }
    for (auto& each : threads) each.join();
}

TEST_P(rpyc_tls, our_certificate_is_the_servers_credentials) {
    const std::string address = serve(files_.ca);
    const connected session = connect(address + "?ca=" + files_.ca + "&cert=" + files_.client_file);
    const classic python(session.root());
    EXPECT_EQ(
        python.eval("dict(connection._config['credentials']['subject'][0])['commonName']").str(),
        "alice");
}

TEST_P(rpyc_tls, without_a_certificate_that_the_server_asks_for_the_error_says_so) {
    const auto refused = try_connect(serve(files_.ca) + "?ca=" + files_.ca);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().to_string().find(
                  "peer requires a certificate of this side; expected ?cert=FILE&key=FILE"),
              std::string::npos)
        << refused.error().to_string();
}

TEST_P(rpyc_tls, a_server_that_nobody_vouches_for_is_refused) {
    const auto refused = try_connect(serve("") + "?ca=" + files_.other_ca);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::access_denied) << refused.error().to_string();
}

} // namespace
} // namespace beckon::rpyc
#endif
