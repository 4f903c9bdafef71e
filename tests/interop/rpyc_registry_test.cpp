// RPyC's own registry and its clients against ours, each in both roles, over UDP and TCP.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "interop/python.hpp"
#include "naming/rpyc_registry/registry_test_support.hpp"

namespace beckon::naming::rpyc_registry {
namespace {

using namespace std::chrono_literals;
using interop::python;
using interop::texts;

struct met {
    int version;
    rpyc_registry::transport over;
};

class rpyc_registry_peer : public testing::TestWithParam<met> {
protected:
    void SetUp() override {
        BECKON_NEEDS_PEER("rpyc-" + std::to_string(GetParam().version), found().missing);
    }
    static const interop::found_python& found() {
        static std::map<int, interop::found_python> all;
        interop::found_python& one = all[GetParam().version];
        if (!one.interpreter.empty() || one.missing) return one;
        if (GetParam().version == 5) {
            one = {interop::debian_python, interop::python_module("rpyc.utils.registry")};
        } else {
            one = interop::python_with("rpyc-6", "rpyc", "rpyc==6.0.2");
        }
        return one;
    }
    [[nodiscard]] static python run(const std::string& program, const texts& arguments) {
        return python(program, arguments, found().interpreter);
    }
    [[nodiscard]] static transport over() { return GetParam().over; }
    [[nodiscard]] static std::string kind() { return over() == transport::udp ? "UDP" : "TCP"; }
};
INSTANTIATE_TEST_SUITE_P(with, rpyc_registry_peer,
                         testing::Values(met{5, transport::udp}, met{5, transport::tcp},
                                         met{6, transport::udp}, met{6, transport::tcp}),
                         [](const auto& each) {
                             return concat("version_", each.param.version, "_over_",
                                           each.param.over == transport::udp ? "udp" : "tcp");
                         });

TEST_P(rpyc_registry_peer, its_client_registers_finds_lists_and_leaves_at_our_registry) {
    const running_registry registry(at_any_port(over()));
    const std::string program = R"(
import logging, sys
logging.disable(logging.CRITICAL)
from rpyc.utils import registry
client = getattr(registry, sys.argv[1] + "RegistryClient")("127.0.0.1", port=int(sys.argv[2]))
show = lambda *what: print(*what, flush=True)
show(client.register(("foo", "Bar"), 12345))
show(client.register(("foo",), "/run/foo.sock"))
show(client.discover("FOO"))
show(client.discover("none"))
show(client.list())
show(client.list("127.0.0.1"), client.list("10.0.0.1"))
show(client.register(tuple("x%d" % i for i in range(100)), 3))
client.unregister(12345)
for attempt in range(1000):
    if not client.discover("bar"): break
show(client.discover("bar"), client.discover("foo"))
)";
    python peer = run(program, {kind(), concat(registry.served->port())});
    EXPECT_EQ(peer.lines(), (texts{
                                "True",
                                "True",
                                "(('127.0.0.1', 12345), ('127.0.0.1', '/run/foo.sock'))",
                                "()",
                                "('FOO', 'BAR')",
                                "('FOO', 'BAR') ()",
                                "True",
                                "() (('127.0.0.1', '/run/foo.sock'),)",
                            }));
    EXPECT_EQ(peer.status(), 0);
    EXPECT_EQ(registry.asker(over()).query("X99")->size(), 1u);
}

TEST_P(rpyc_registry_peer, its_client_copes_with_our_refusals) {
    server_options options = at_any_port(over());
    options.allow_listing = false;
    options.max_registrations_per_host = 1;
    const running_registry registry(options);
    const std::string program = R"(
import logging, sys
logging.disable(logging.CRITICAL)
from rpyc.utils import registry
client = getattr(registry, sys.argv[1] + "RegistryClient")("127.0.0.1", port=int(sys.argv[2]), timeout=0.2)
show = lambda *what: print(*what, flush=True)
show(client.list())
try:
    show(client.register(("foo", "bar"), 12345))
except Exception as error:
    show("raised")
show(client.register(("foo",), 12345), client.discover("foo"))
)";
    python peer = run(program, {kind(), concat(registry.served->port())});
    const texts lines = peer.lines();
    EXPECT_EQ(peer.status(), 0);
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_EQ(lines[0], "None");
    EXPECT_NE(lines[1], "True");
    EXPECT_EQ(lines[2], "True (('127.0.0.1', 12345),)");
}

TEST_P(rpyc_registry_peer, its_server_registers_at_ours_and_is_discovered_and_leaves) {
    const running_registry registry(at_any_port(over()));
    const std::string program = R"(
import logging, sys, threading
logging.disable(logging.CRITICAL)
import rpyc
from rpyc.utils import registry, server
class ClockService(rpyc.Service): pass
registrar = getattr(registry, sys.argv[1] + "RegistryClient")("127.0.0.1", port=int(sys.argv[2]))
served = server.ThreadedServer(ClockService, hostname="127.0.0.1", port=0, registrar=registrar, auto_register=True)
threading.Thread(target=served.start, daemon=True).start()
print(served.port, flush=True)
sys.stdin.read()
served.close()
print("closed", flush=True)
)";
    const client asker = registry.asker(over());
    std::string port;
    {
        const python peer = run(program, {kind(), concat(registry.served->port())});
        port = peer.line();
        result<std::vector<service_address>> found = asker.query("clock");
        // Its server registers in a thread of its own, soon after it listens.
        const steady_clock_source clock;
        const time_point patience = clock.now() + 10s;
        while (found && found->empty() && clock.now() < patience) {
            std::this_thread::yield();
            found = asker.query("clock");
        }
        ASSERT_TRUE(found) << found.error().to_string();
        ASSERT_EQ(found->size(), 1u);
        EXPECT_EQ(concat(found->front().port.number), port);
        EXPECT_EQ(found->front().host, "127.0.0.1");
    }
    EXPECT_EQ(asker.query("clock")->size(), 0u) << "it left when it closed";
}

TEST_P(rpyc_registry_peer, our_client_registers_finds_lists_and_leaves_at_its_registry) {
    const std::string program = R"(
import logging, os, sys, threading
logging.disable(logging.CRITICAL)
from rpyc.utils import registry
served = getattr(registry, sys.argv[1] + "RegistryServer")("127.0.0.1", port=0, allow_listing=sys.argv[2] == "list")
print(served.sock.getsockname()[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
served.start()
)";
    const auto asker_of = [](const python& peer) {
        client_options options;
        options.transport = over();
        options.port = static_cast<std::uint16_t>(std::stoi("0" + peer.line()));
        return client(options);
    };
    const auto why_not = [](const auto& done) { return done ? "done" : done.error().to_string(); };
    const python peer = run(program, {kind(), "list"});
    const client asker = asker_of(peer);
    EXPECT_EQ(why_not(asker.register_service(texts{"foo", "Bar"}, {7})), "done");
    EXPECT_EQ(why_not(asker.register_service(texts{"foo"}, {0, "/run/foo.sock"})), "done");
    const service_address by_port{"127.0.0.1", {7}};
    const service_address by_path{"127.0.0.1", {0, "/run/foo.sock"}};
    EXPECT_EQ(*asker.discover("Foo"), (std::vector{by_port, by_path}));
    EXPECT_EQ(asker.query("none")->size(), 0u);
    EXPECT_EQ(*asker.list(), (texts{"FOO", "BAR"}));
    EXPECT_EQ(*asker.list("10.0.0.1"), texts{});
    EXPECT_EQ(why_not(asker.unregister_service({7})), "done");
    EXPECT_EQ(*asker.query("foo"), std::vector{by_path});
    EXPECT_EQ(asker.query("bar")->size(), 0u);

    const python secretive = run(program, {kind(), "no"});
    EXPECT_EQ(why_not(asker_of(secretive).list()),
              "access_denied: registry does not list its names");
}

} // namespace
} // namespace beckon::naming::rpyc_registry
