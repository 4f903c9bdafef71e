// Neovim, as a child and over its socket: buffers and lines, events back to us, blocking requests in both directions.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/kept_log_test.hpp"
#include "beckon/msgpackrpc.hpp"
#include "interop/peer.hpp"
#include "interop/python.hpp"

namespace beckon::interop {

/// A buffer as a typed interface: the editor's functions without their prefix.
struct Buffer {
    std::int64_t line_count();
    std::vector<std::string> get_lines(std::int64_t start, std::int64_t end, bool strict);
    void set_lines(std::int64_t start, std::int64_t end, bool strict,
                   std::vector<std::string> replacement);
};
struct Editor {
    ref<Buffer> nvim_get_current_buf();
    void nvim_set_current_buf(ref<Buffer> buffer);
    ref<Buffer> nvim_create_buf(bool listed, bool scratch);
};
BECKON_INTERFACE(Buffer, (line_count), (get_lines, start, end, strict),
                 (set_lines, start, end, strict, replacement))
BECKON_INTERFACE(Editor, (nvim_get_current_buf), (nvim_set_current_buf, buffer),
                 (nvim_create_buf, listed, scratch))

namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

constexpr const char* flags = " --headless --clean -n";

/// What the editor calls here.
class shown {
public:
    object build() {
        object_builder made("Shown");
        made.method("ping", [](std::int64_t a, std::int64_t b) { return a + b; });
        made.method("fail", []() -> value { throw std::runtime_error("not today"); });
        // While the editor waits for this, it serves what is asked meanwhile.
        made.method("deeper", [this](std::int64_t depth) -> std::int64_t {
            if (depth == 0) return 0;
            return 1 + editor
                           ->call("eval", concat("rpcrequest(", editor->channel(), ", 'deeper', ",
                                                 depth - 1, ")"))
                           .as<std::int64_t>();
        });
        made.method("event", [this](value arguments, value) { note(std::move(arguments)); });
        made.method("nvim_buf_lines_event",
                    [this](value arguments, value) { note(std::move(arguments)); });
        return made.build();
    }
    value wait_for_event() {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(came_.wait_for(lock, 10s, [this] { return !events_.empty(); }));
        if (events_.empty()) return {};
        value next = events_.front();
        events_.erase(events_.begin());
        return next;
    }
    msgpackrpc::neovim* editor = nullptr;

private:
    void note(value arguments) {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(arguments));
        came_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<value> events_;
};

/// A folder that goes with the test.
struct folder {
    folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "beckon-nvim-XXXXXX");
        path = ::mkdtemp(pattern.data());
    }
    ~folder() { std::filesystem::remove_all(path); }
    std::string path;
};

class neovim : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        BECKON_NEEDS_PEER("neovim", missing());
        connect_options options;
        options.context = *context::create({.log = quiet_});
        options.published = std::make_shared<publications>();
        options.published->publish("shown", shown_.build().core());
        std::string endpoint = concat("msgpack+exec:nvim --embed", flags);
        if (std::string_view(GetParam()) == "unix") {
            const std::string path = folder_.path + "/nvim.sock";
            // It ends with its standard input, which Python holds.
            holder_.emplace("import subprocess, sys\n"
                            "child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)\n"
                            "sys.stdin.read()\n"
                            "child.kill()\n",
                            texts{"nvim", "--headless", "--clean", "-n", "--listen", path});
            const auto end = std::chrono::steady_clock::now() + 10s;
            endpoint = "msgpack+unix:" + path;
            // Its socket is there a moment before it listens.
            while (!try_connect(endpoint) && std::chrono::steady_clock::now() < end)
                std::this_thread::yield();
        }
        session_ = connect(endpoint, options);
        editor_.emplace(session_.root());
        shown_.editor = &*editor_;
    }
    void TearDown() override {
        if (editor_) session_.close();
    }
    [[nodiscard]] static std::optional<std::string> missing() {
        if (std::system("command -v nvim >/dev/null") == 0) return {};
        return "no nvim on the path";
    }
    [[nodiscard]] dynamic ask(std::string_view expression) {
        return editor_->call("eval", expression);
    }

    folder folder_;
    std::optional<python> holder_;
    kept_log quiet_; // what the editor is told to fail at need not stand among the tests' output
    shown shown_;
    connected session_;
    std::optional<msgpackrpc::neovim> editor_;
};
INSTANTIATE_TEST_SUITE_P(over, neovim, testing::Values("exec", "unix"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(neovim, tells_what_it_has) {
    EXPECT_GE(editor_->channel(), 1);
    EXPECT_GE(editor_->metadata()["version"]["api_level"].int64(), 9);
    EXPECT_GT(editor_->metadata()["functions"].size(), 200u);
    const auto names = session_.list();
    EXPECT_GT(names.size(), 200u);
    const auto found = std::find_if(names.begin(), names.end(), [](const auto& each) {
        return each.name == "nvim_buf_line_count";
    });
    EXPECT_NE(found, names.end());
}

TEST_P(neovim, buffers_are_objects_with_methods) {
    const dynamic buffer = editor_->call("get_current_buf");
    EXPECT_EQ(buffer.type_name(), "Buffer");
    buffer.attr("set_lines")(0, -1, false, lines{"one", "two", "three"});
    EXPECT_EQ(buffer.call("line_count").as<int>(), 3);
    EXPECT_EQ(buffer.attr("get_lines")(0, -1, false).as<lines>(), (lines{"one", "two", "three"}));
    // The same handle is the same object, and goes back as itself.
    EXPECT_EQ(editor_->call("list_bufs")[0].content(), buffer.content());
    const dynamic other = editor_->call("create_buf", true, false);
    EXPECT_NE(other.content(), buffer.content());
    editor_->call("set_current_buf", other);
    EXPECT_EQ(editor_->call("get_current_buf").content(), other.content());
    const dynamic window = editor_->call("get_current_win");
    EXPECT_EQ(window.type_name(), "Window");
    EXPECT_EQ(window.call("get_buf").content(), other.content());
    EXPECT_EQ(editor_->call("get_current_tabpage").call("get_win").content(), window.content());
    // A plain number stands for a handle, 0 for the current one.
    EXPECT_EQ(editor_->call("buf_line_count", 0).as<int>(), 1);
}

TEST_P(neovim, buffers_can_have_a_typed_interface) {
    const auto editor = session_.get<Editor>("");
    const ref<Buffer> buffer = editor->nvim_create_buf(false, true);
    buffer->set_lines(0, -1, false, {"a", "b"});
    EXPECT_EQ(buffer->line_count(), 2);
    EXPECT_EQ(buffer->get_lines(0, -1, true), (lines{"a", "b"}));
    editor->nvim_set_current_buf(buffer);
    EXPECT_EQ(editor->nvim_get_current_buf(), buffer);
}

TEST_P(neovim, values_of_all_its_types_arrive) {
    EXPECT_EQ(ask("[1.5, 'a', v:null, v:true, {'k': [1, -1]}]").content(),
              value::list({1.5, "a", nullptr, true, value::map({{"k", value::list({1, -1})}})}));
    const value mixed = value::map({{"text", "caf\u00e9"}, {"numbers", value::list({1, 2})}});
    editor_->call("set_var", "kept", mixed);
    EXPECT_EQ(editor_->call("get_var", "kept").content(), mixed);
    // Lines need not be UTF-8.
    const bytes odd = to_bytes("\xff\xfe");
    editor_->call("buf_set_lines", 0, 0, -1, false, value::list({odd}));
    EXPECT_EQ(editor_->call("buf_get_lines", 0, 0, -1, false).content(), value::list({odd}));
    const std::string large(3'000'000, 'x');
    editor_->call("set_var", "large", large);
    EXPECT_EQ(editor_->call("get_var", "large").as<std::string>(), large);
}

TEST_P(neovim, errors_are_thrown_with_their_kind) {
    try {
        static_cast<void>(ask("bogus("));
        FAIL() << "nothing was thrown";
    } catch (const remote_error& thrown) {
        EXPECT_EQ(thrown.type_name(), "Exception");
        EXPECT_NE(thrown.message().find("E116"), std::string::npos) << thrown.message();
    }
    try {
        editor_->call("buf_line_count", 999);
        FAIL() << "nothing was thrown";
    } catch (const remote_error& thrown) {
        EXPECT_EQ(thrown.type_name(), "Validation");
        EXPECT_EQ(thrown.message(), "Invalid buffer id: 999");
        EXPECT_EQ(msgpackrpc::error_object(thrown.failure()),
                  value::list({1, "Invalid buffer id: 999"}));
    }
    EXPECT_THROW(editor_->call("nope"), unknown_method);
    EXPECT_THROW(editor_->call("eval"), invalid_argument);
    const value both =
        editor_
            ->call("call_atomic", value::list({value::list({"nvim_eval", value::list({"1"})}),
                                               value::list({"nvim_eval", value::list({"1+"})})}))
            .content();
    EXPECT_EQ(both[0], value::list({1}));
    EXPECT_EQ(both[1][0], value(1));
}

TEST_P(neovim, requests_go_both_ways_and_wait_for_each_other) {
    const auto request = [&](std::string_view rest) {
        return ask(concat("rpcrequest(", editor_->channel(), ", ", rest, ")"));
    };
    EXPECT_EQ(request("'ping', 1, 2").as<int>(), 3);
    EXPECT_EQ(request("'deeper', 6").as<int>(), 6);
    try {
        static_cast<void>(request("'fail'"));
        FAIL() << "nothing was thrown";
    } catch (const remote_error& thrown) {
        EXPECT_NE(thrown.message().find("not today"), std::string::npos) << thrown.message();
    }
    // One that nobody serves is answered as well, or the editor would wait for ever.
    EXPECT_THROW(static_cast<void>(request("'unheard_of'")), exception);
    EXPECT_EQ(ask("1 + 1").as<int>(), 2);
}

TEST_P(neovim, events_arrive) {
    editor_->call("command", concat("call rpcnotify(", editor_->channel(), ", 'event', 1, 'x')"));
    EXPECT_EQ(shown_.wait_for_event(), value::list({1, "x"}));
    const dynamic buffer = editor_->call("create_buf", true, false);
    EXPECT_TRUE(buffer.call("attach", false, value::map()).as<bool>());
    buffer.call("set_lines", 0, -1, false, lines{"new"});
    const value event = shown_.wait_for_event();
    EXPECT_EQ(event[0], buffer.content());
    EXPECT_EQ(event[4], value::list({"new"}));
    // Broadcasts, once subscribed to.
    editor_->call("subscribe", "event");
    editor_->call("command", "call rpcnotify(0, 'event', 'to all')");
    EXPECT_EQ(shown_.wait_for_event(), value::list({"to all"}));
}

TEST_P(neovim, many_calls_in_flight_are_answered_each) {
    std::vector<future<dynamic>> later;
    for (int i = 0; i < 500; ++i)
        later.push_back(editor_->root().async().call("nvim_eval", concat(i, " * 2")));
    for (int i = 0; i < 500; ++i)
        EXPECT_EQ(later[static_cast<std::size_t>(i)].get().as<int>(), 2 * i);
}

TEST_P(neovim, its_end_fails_what_is_in_flight) {
    EXPECT_THROW(editor_->call("command", "qall!"), disconnected_error);
}

} // namespace
} // namespace beckon::interop
