// C++ clients at servers that others write with Python's msgpack, one of them with the manners of rpclib, whose own package
// Debian does not have: answers out of order, errors of its kinds, a function without an answer, one that ends the session.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "beckon/msgpackrpc.hpp"
#include "interop/python.hpp"

namespace beckon::interop {

struct RpclibServer {
    std::int64_t add(std::int64_t a, std::int64_t b);
    std::string echo(std::string text);
    bytes echo_bytes(bytes content);
    void nothing();
    std::string boom();
    std::vector<double> numbers(std::vector<double> given);
    std::string slow(std::string name);
    void release(std::string name);
    std::int64_t noresp();
    std::int64_t bye();
    void log(std::string line);
    std::vector<std::string> logged();
    datetime later(datetime when, std::int64_t seconds);
};
BECKON_INTERFACE(RpclibServer, (add, a, b), (echo, text), (echo_bytes, content), (nothing), (boom),
                 (numbers, given), (slow, name), (release, name), (noresp), (bye), (log, line),
                 (logged), (later, when, seconds))
BECKON_ONEWAY(RpclibServer, log)

namespace {

using namespace std::chrono_literals;

constexpr const char* rpclib_server = R"(
import socket, sys, threading
import msgpack
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
lines = []
waiting = {}

class Session:
    def __init__(self, connection):
        self.connection, self.ended = connection, False

    def send(self, *message):
        self.connection.sendall(msgpack.packb(list(message)))

    def serve(self):
        unpacker = msgpack.Unpacker(timestamp=3)
        while not self.ended:
            data = self.connection.recv(65536)
            if not data:
                return
            unpacker.feed(data)
            for message in unpacker:
                # The number of elements decides, whatever the first of them says.
                if isinstance(message, list) and len(message) == 4:
                    self.call(*message[1:])
                elif isinstance(message, list) and len(message) == 3:
                    self.call(None, *message[1:])
        self.connection.close()

    def call(self, number, name, params):
        function = getattr(self, "do_" + name, None)
        argc = len(params)
        def answer(error, result):
            if number is not None:
                self.send(1, number, error, result)
        if function is None:
            return answer(f"rpclib: server could not find function '{name}' with argument count {argc}.", None)
        wanted = function.__code__.co_argcount - 1
        if wanted != argc:
            return answer("rpclib: client error C0002: Function '%s' was called with an invalid number of arguments. "
                          "Expected: %d, got: %d" % (name, argc, wanted), None)
        self.number = number
        try:
            result = function(*params)
        except Exception as failure:
            return answer(f"rpclib: function '{name}' (called with {argc} arg(s)) threw an exception. "
                          f"The exception contained this information: {failure}.", None)
        if result is not self:
            answer(None, result)

    def do_add(self, a, b): return a + b
    def do_echo(self, text): return text
    def do_echo_bytes(self, content): return content
    def do_nothing(self): return None
    def do_boom(self): raise RuntimeError("boom")
    def do_numbers(self, given): return given
    def do_noresp(self): return self
    def do_log(self, line): lines.append(line)
    def do_logged(self): return lines
    def do_err(self, kind):
        self.send(1, self.number, [kind, "bad"], None)
        return self
    def do_slow(self, name):
        waiting[name] = self.number
        return self
    def do_release(self, name):
        self.send(1, waiting.pop(name), None, "slow " + name)
    def do_bye(self):
        self.ended = True
        return 7
    def do_later(self, when, seconds):
        import datetime
        return msgpack.Timestamp.from_datetime(when + datetime.timedelta(seconds=seconds))

def accept():
    while True:
        threading.Thread(target=Session(listener.accept()[0]).serve, daemon=True).start()
threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
)";

class msgpack_server : public testing::Test {
protected:
    void SetUp() override {
        BECKON_NEEDS_PEER("python3-msgpack", python_module("msgpack"));
        process_.emplace(rpclib_server, texts{});
        session_ = connect("msgpack+tcp://127.0.0.1:" + process_->line());
        server_ = session_.get<RpclibServer>("");
    }

    std::optional<python> process_;
    connected session_;
    ref<RpclibServer> server_;
};

TEST_F(msgpack_server, typed_calls_get_what_they_want) {
    EXPECT_EQ(server_->add(2, 3), 5);
    EXPECT_EQ(server_->add(INT64_MAX, INT64_MIN), -1);
    EXPECT_EQ(server_->echo("caf\u00e9"), "caf\u00e9");
    EXPECT_EQ(server_->echo_bytes(bytes(300, std::byte{7})), bytes(300, std::byte{7}));
    EXPECT_EQ(server_->numbers({1.5, -0.0, 1e300}), (std::vector<double>{1.5, -0.0, 1e300}));
    server_->nothing();
    EXPECT_EQ(server_->later({{10}, {0}}, 90'000), (datetime{{11}, {3'600'000'000'000}}));
    const std::string large(5'000'000, 'x');
    EXPECT_EQ(server_->echo(large), large);
}

TEST_F(msgpack_server, answers_come_in_any_order) {
    auto first = server_.async()->slow("first");
    auto second = server_.async()->slow("second");
    server_->release("second");
    EXPECT_EQ(second.get(), "slow second");
    server_->release("first");
    EXPECT_EQ(first.get(), "slow first");
    std::vector<future<std::int64_t>> many;
    for (std::int64_t i = 0; i < 1000; ++i) many.push_back(server_.async()->add(i, i));
    for (std::int64_t i = 0; i < 1000; ++i)
        EXPECT_EQ(many[static_cast<std::size_t>(i)].get(), 2 * i);
}

TEST_F(msgpack_server, errors_are_thrown_whatever_their_shape) {
    try {
        static_cast<void>(server_->boom());
        FAIL() << "nothing was thrown";
    } catch (const remote_error& thrown) {
        EXPECT_NE(thrown.message().find("contained this information: boom"), std::string::npos);
    }
    const dynamic any(session_.root());
    EXPECT_THROW(any.call("nope", 1), unknown_method);
    EXPECT_THROW(any.call("add", 1), invalid_argument);
    for (const value& kind : {value(7), value(), value("text")}) {
        try {
            any.call("err", kind);
            FAIL() << kind.to_text();
        } catch (const remote_error& thrown) {
            EXPECT_EQ(msgpackrpc::error_object(thrown.failure()), value::list({kind, "bad"}));
        }
    }
    EXPECT_EQ(server_->add(1, 1), 2);
}

TEST_F(msgpack_server, notifications_are_one_way) {
    server_->log("one");
    server_->log("two");
    EXPECT_EQ(server_->logged(), (std::vector<std::string>{"one", "two"}));
}

TEST_F(msgpack_server, a_function_without_an_answer_times_out_and_no_more) {
    EXPECT_THROW(static_cast<void>(server_.with(timeout(50ms))->noresp()), timeout_error);
    EXPECT_EQ(server_->add(1, 1), 2);
}

TEST_F(msgpack_server, a_session_that_ends_after_its_answer_gives_the_answer) {
    EXPECT_EQ(server_->bye(), 7);
    EXPECT_THROW(static_cast<void>(server_->add(1, 1)), disconnected_error);
}

} // namespace
} // namespace beckon::interop
