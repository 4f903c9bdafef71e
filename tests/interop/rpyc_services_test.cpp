// What RPyC's services and servers do besides calls, with its own programs at the other end, of both dialects: who
// connects and leaves, an object for each, names, authenticators, kinds of servers, pings, redirected streams, views.
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "beckon/rpyc.hpp"
#include "interop/python.hpp"

namespace beckon::interop {

struct Purse {
    std::int64_t put(std::int64_t amount);
    std::string owner();
};
BECKON_INTERFACE(Purse, (put, amount), (owner))

namespace {

using namespace std::chrono_literals;

struct purse {
    explicit purse(std::string whose) : name(std::move(whose)) {}
    std::int64_t put(std::int64_t amount) { return sum += amount; }
    std::string owner() { return name; }
    std::string name;
    std::int64_t sum = 0;
};

constexpr const char* preamble = R"(
import logging, socket, sys, threading, time
logging.disable(logging.CRITICAL)
import rpyc
from rpyc.core.stream import SocketStream
from rpyc.utils.server import OneShotServer, ThreadedServer
from rpyc.utils.authenticators import AuthenticationError
own_output, own_input = sys.stdout, sys.stdin  # the test may put others in their places
def show(*what):  # print writes a line's end by itself, and another thread between
    own_output.write(" ".join(map(str, what)) + "\n")
    own_output.flush()
def serve(server):
    server.logger.disabled = True
    threading.Thread(target=server.start, daemon=True).start()
    while not server.active: time.sleep(0.01)
    show(server.port)
)";

/// Keeps lines that threads of the library add.
class lines_kept {
public:
    void add(std::string line) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
        changed_.notify_all();
    }
    [[nodiscard]] texts wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] { return lines_.size() >= count; });
        return lines_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    texts lines_;
};

class rpyc_services : public testing::TestWithParam<int> {
protected:
    void SetUp() override {
        BECKON_NEEDS_PEER("rpyc-" + std::to_string(GetParam()), found().missing);
    }
    static const found_python& found() {
        static std::map<int, found_python> all;
        found_python& one = all[GetParam()];
        if (!one.interpreter.empty() || one.missing) return one;
        one = GetParam() == 5 ? found_python{debian_python, python_module("rpyc")}
                              : python_with("rpyc-6", "rpyc", "rpyc==6.0.2");
        return one;
    }
    [[nodiscard]] static python run(const std::string& program, const texts& arguments = {}) {
        return python(preamble + program, arguments, found().interpreter);
    }
    [[nodiscard]] static std::string listen(server& there) {
        const std::string url = there.listen("rpyc+tcp://127.0.0.1:0");
        return url.substr(url.rfind(':') + 1);
    }
    /// A classic server of theirs.
    [[nodiscard]] static python run_classic() {
        return run(R"(
from rpyc.core.service import SlaveService
serve(ThreadedServer(SlaveService, hostname="127.0.0.1", port=0))
own_input.read()
)");
    }
    lines_kept told_;
};
INSTANTIATE_TEST_SUITE_P(of, rpyc_services, testing::Values(5, 6),
                         [](const auto& each) { return "version_" + std::to_string(each.param); });

TEST_P(rpyc_services, each_python_client_has_an_object_and_is_told_of) {
    server there;
    there.publish_each<Purse>("purse", [this](const connected&) {
        told_.add("made");
        return std::make_shared<purse>("each");
    });
    there.on_connect([this](const connected& peer) {
        told_.add(dynamic(peer.root()).call("hello").as<std::string>());
    });
    there.on_disconnect([this](const connected& peer) {
        EXPECT_TRUE(peer.is_over());
        told_.add("left");
    });
    python peer = run(R"(
class Mine(rpyc.Service):
    def exposed_hello(self): return "hello from Python"
def use(amount):
    c = rpyc.connect("127.0.0.1", int(sys.argv[1]), service=Mine)
    return c, c.root.put(amount), c.root.put(amount), c.root.owner(), c.root.purse.put(0)
one, *first = use(1)
two, *second = use(5)
show(*first)
show(*second)
one.close()
two.close()
)",
                      {listen(there)});
    EXPECT_EQ(peer.lines(), (texts{"1 2 each 2", "5 10 each 10"}));
    EXPECT_EQ(peer.status(), 0);
    EXPECT_EQ(told_.wait_for(6),
              (texts{"made", "hello from Python", "made", "hello from Python", "left", "left"}));
}

TEST_P(rpyc_services, names_are_those_of_the_service) {
    server there;
    there.publish<Purse>("purse", std::make_shared<purse>("all"));
    const std::string port = listen(there);
    const std::string program = R"(
c = rpyc.connect("127.0.0.1", int(sys.argv[1]))
show(c.root.get_service_name(), c.root.get_service_aliases())
show(c.ping(), c.root.owner())
)";
    EXPECT_EQ(run(program, {port}).lines(), (texts{"PURSE ('PURSE',)", "None all"}));
    there.set_service_names({"wallet", "Money"});
    EXPECT_EQ(run(program, {port}).lines(), (texts{"WALLET ('WALLET', 'MONEY')", "None all"}));
}

TEST_P(rpyc_services, an_authenticator_exchanges_bytes_with_a_python_client) {
    server_options careful;
    careful.connection_authenticator = [](raw_connection& with) -> result<std::string> {
        const std::string name = with.read_line();
        with.write(name == "foe" ? "no\n" : "ok\n");
        if (name == "foe") return fail(errc::access_denied, "a foe");
        return name;
    };
    careful.context = *context::create({.log = &null_log()});
    server there(careful);
    there.publish_each<Purse>(
        "purse", [](const connected& peer) { return std::make_shared<purse>(peer.user()); });
    python peer = run(R"(
for name in b"Lucy", b"foe":
    sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    sock.sendall(name + b"\n")
    show(sock.recv(3))
    try:
        c = rpyc.connect_stream(SocketStream(sock))
        show(c.root.owner())
        c.close()
    except EOFError:
        show("refused")
)",
                      {listen(there)});
    EXPECT_EQ(peer.lines(), (texts{R"(b'ok\n')", "Lucy", R"(b'no\n')", "refused"}));
}

TEST_P(rpyc_services, our_client_passes_a_python_authenticator) {
    const python peer = run(R"(
def magic(sock):
    if sock.recv(5) != b"Ma6ik": raise AuthenticationError("wrong magic word")
    sock.sendall(b"welcome\n")
    return sock, "somebody"
class Guarded(rpyc.Service):
    def on_connect(self, conn): self.conn = conn
    def exposed_who(self): return self.conn._config["credentials"]
serve(ThreadedServer(Guarded, hostname="127.0.0.1", port=0, authenticator=magic))
own_input.read()
)");
    const std::string url = "rpyc+tcp://127.0.0.1:" + peer.line();
    connect_options options;
    options.handshake = [](raw_connection& with) -> result<void> {
        with.write("Ma6ik");
        EXPECT_EQ(with.read_line(), "welcome");
        return {};
    };
    EXPECT_EQ(dynamic(connect(url, options).root()).call("who").as<std::string>(), "somebody");
    options.handshake = [](raw_connection& with) -> result<void> {
        with.write("wrong");
        static_cast<void>(with.read_line());
        return {};
    };
    EXPECT_THROW(static_cast<void>(connect(url, options)), disconnected_error);
}

TEST_P(rpyc_services, a_server_of_one_connection_serves_one_python_client) {
    server_options one;
    one.connections_in_all = 1;
    server there(one);
    there.publish<Purse>("purse", std::make_shared<purse>("all"));
    const std::string port = listen(there);
    std::thread runs([&] { there.run(); });
    python peer = run(R"(
c = rpyc.connect("127.0.0.1", int(sys.argv[1]))
show(c.root.put(3))
try:
    rpyc.connect("127.0.0.1", int(sys.argv[1])).root.put(1)
except (ConnectionError, EOFError):
    show("nobody else")
show(c.root.put(3))
c.close()
)",
                      {port});
    EXPECT_EQ(peer.lines(), (texts{"3", "nobody else", "6"}));
    runs.join();
    EXPECT_TRUE(there.is_finished());
}

TEST_P(rpyc_services, their_server_of_one_connection_serves_our_client) {
    const std::string program = R"(
class Once(rpyc.Service):
    def on_disconnect(self, conn): show("gone")
    def exposed_add(self, a, b): return a + b
served = OneShotServer(Once, hostname="127.0.0.1", port=0)
show(served.port)
served.start()
show("end")
)";
    python peer = run(program);
    // It would serve nobody after an attempt in the wrong dialect.
    const std::string url =
        "rpyc+tcp://127.0.0.1:" + peer.line() + "?dialect=" + std::to_string(GetParam());
    {
        std::optional<connected> there;
        for (int i = 0; i < 1000 && !there; ++i) { // it has the port before it listens
            if (auto made = try_connect(url)) there = *made;
        }
        ASSERT_TRUE(there);
        EXPECT_EQ(dynamic(there->root()).call("add", 2, 3).as<int>(), 5);
    }
    EXPECT_EQ(peer.lines(), (texts{"gone", "end"}));
    EXPECT_EQ(peer.status(), 0);
}

TEST_P(rpyc_services, a_process_each_serves_python_clients) {
    const char* const build = std::getenv("BECKON_BUILD_DIR");
    if (build == nullptr) GTEST_SKIP() << "BECKON_BUILD_DIR names no build";
    const python serving(
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.argv[1], 'serve', '--process-per-client', "
        "'--listen', 'rpyc+tcp://127.0.0.1:0'], stdout=subprocess.PIPE, text=True)\n"
        "print(p.stdout.readline().strip().rsplit(':', 1)[1], flush=True)\n"
        "sys.stdin.read(); p.terminate(); sys.exit(p.wait())\n",
        {std::string(build) + "/beckon"});
    python peer = run(R"(
clients = [rpyc.connect("127.0.0.1", int(sys.argv[1])) for i in range(3)]
show(*[c.root.add(i, 1) for i, c in enumerate(clients)])
for c in clients: c.close()
)",
                      {serving.line()});
    EXPECT_EQ(peer.lines(), texts{"1 2 3"});
    EXPECT_EQ(peer.status(), 0);
}

TEST_P(rpyc_services, answer_pings_while_they_serve) {
    const python peer = run_classic();
    const connected there = connect("rpyc+tcp://127.0.0.1:" + peer.line());
    EXPECT_GE(there.ping().count(), 0);
    const rpyc::classic python(there.root());
    EXPECT_EQ(python.eval("1 + 1").as<int>(), 2);
    // A peer that does not serve, as a client that is idle, says nothing.
    auto sleeps = dynamic(python.eval("__import__('time').sleep")).async()(0.3);
    const auto late = there.try_ping(20ms);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), errc::timeout);
    static_cast<void>(sleeps.get());
    EXPECT_GE(there.ping().count(), 0) << "the late answer does no harm";
}

TEST_P(rpyc_services, calls_before_closing_reach_them) {
    const python peer = run(R"(
class Told(rpyc.Service):
    def exposed_goodbye(self, text): show(text)
    def on_disconnect(self, conn): show("gone")
serve(ThreadedServer(Told, hostname="127.0.0.1", port=0))
own_input.read()
)");
    const connected there = connect("rpyc+tcp://127.0.0.1:" + peer.line());
    static_cast<void>(there.root());
    there.before_close([](const connected& closing) {
        static_cast<void>(dynamic(closing.root()).call("goodbye", "so long"));
    });
    there.close();
    std::string said = peer.line();
    while (said == "gone") said = peer.line(); // of the attempt in the other dialect
    EXPECT_EQ(said, "so long");
    EXPECT_EQ(peer.line(), "gone");
}

TEST_P(rpyc_services, what_they_print_is_written_here) {
    const python peer = run_classic();
    const connected there = connect("rpyc+tcp://127.0.0.1:" + peer.line());
    const rpyc::classic python(there.root());
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in("Lucy\ntwo\nthree\nlast");
    const std::string before = python.eval("repr(__import__('sys').stdout)").as<std::string>();
    {
        rpyc::redirected_stdio here(python, out, err, &in);
        python.execute("import sys\n"
                       "print('hello', 1, end='!\\n', flush=True)\n"
                       "print('\u00e4\u20ac', file=sys.stderr)\n"
                       "name = input('name? ')\n"
                       "wrote = sys.stdout.write('\u20ac\u20ac')\n"
                       "sys.stdout.writelines(['a', 'b'])\n"
                       "line = sys.stdin.readline(2)\n"
                       "rest = [line for line in sys.stdin]\n"
                       "end = sys.stdin.read()\n"
                       "tty = sys.stdout.isatty()\n");
        EXPECT_EQ(
            python.eval("(name, wrote, line, tuple(rest), end, tty)").content(),
            value::tuple({"Lucy", 2, "tw", value::tuple({"o\n", "three\n", "last"}), "", false}));
        EXPECT_EQ(out.str(), "hello 1!\nname? \u20ac\u20acab");
        EXPECT_EQ(err.str(), "\u00e4\u20ac\n");
        EXPECT_THROW(python.execute("sys.stdout.fileno()"), beckon::python::os_error);
        here.restore();
        here.restore();
    }
    EXPECT_EQ(python.eval("repr(__import__('sys').stdout)").as<std::string>(), before);
    rpyc::stdio_functions some;
    some.out = [](std::string_view) { throw std::out_of_range("full"); };
    const rpyc::redirected_stdio here(python, std::move(some));
    EXPECT_THROW(python.execute("print('x')"), beckon::python::index_error);
}

TEST_P(rpyc_services, see_of_a_view_what_it_shows) {
    const object drawer = object_builder("Drawer")
                              .method("count", callable([] { return 3; }))
                              .method("empty", callable([] { return 0; }))
                              .method("__len__", callable([] { return 3; }))
                              .variable("label", "spoons")
                              .variable("place", "kitchen")
                              .build();
    server there;
    there.published()->publish("drawer",
                               restricted(drawer, {"count", "label", "__len__"}, {"label"}).core());
    python peer = run(R"(
c = rpyc.connect("127.0.0.1", int(sys.argv[1]))
view = c.root.drawer
show(view.count(), len(view), view.label, sorted(n for n in dir(view) if n in ("count", "empty", "label", "place")))
def attempt(what):
    try: show(what())
    except AttributeError: show("AttributeError")
attempt(lambda: view.empty())
attempt(lambda: view.place)
attempt(lambda: view.__dict__["x"])
attempt(lambda: setattr(view, "place", "hall"))
attempt(lambda: setattr(view, "label", "forks"))
show(view.label)
)",
                      {listen(there)});
    EXPECT_EQ(peer.lines(),
              (texts{"3 3 spoons ['count', 'label']", "AttributeError", "AttributeError",
                     "AttributeError", "AttributeError", "None", "forks"}));
}

TEST_P(rpyc_services, call_a_program_that_serves_by_hand) {
    const python peer = run(R"(
class Caller(rpyc.Service):
    def on_connect(self, conn): self.conn = conn
    def exposed_start(self, callback):
        later = rpyc.async_(callback)
        def work():
            for i in range(3):
                result = later(i)
                result.set_expiry(10)
                show(result.value)
        threading.Thread(target=work, daemon=True).start()
serve(ThreadedServer(Caller, hostname="127.0.0.1", port=0))
own_input.read()
)");
    connect_options options;
    options.context = *context::create({.embedded = true});
    const connected there = connect("rpyc+tcp://127.0.0.1:" + peer.line(), options);
    int called = 0;
    static_cast<void>(dynamic(there.root()).call("start", make_function([&](int number) {
                                                     ++called;
                                                     return number * 10;
                                                 })));
    for (int i = 0; i < 1000 && called < 3; ++i) static_cast<void>(there.serve(100ms));
    while (there.poll_all(1ms)) {
    }
    EXPECT_EQ(called, 3);
    for (const char* each : {"0", "10", "20"}) EXPECT_EQ(peer.line(), each);
}

} // namespace
} // namespace beckon::interop
