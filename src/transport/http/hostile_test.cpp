// Clients and servers of HTTP that are many, or fast, or slow, or odd.
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include "transport/flooding_test.hpp"
#include "transport/http/ends_test.hpp"
#include "transport/little_memory_test.hpp"
#include "transport/many_streams_test.hpp"

namespace beckon::transport::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

bool is_readable(const io::byte_stream& stream) {
    return io::wait_readable(stream.read_descriptor(), steady_clock_source().now()).ready;
}
bool becomes_readable(const io::byte_stream& stream) {
    return io::wait_readable(stream.read_descriptor(), steady_clock_source().now() + 20s).ready;
}

TEST(http_hostile, each_of_very_many_connections_tells_what_it_holds) {
    const descriptors_allowed room(very_many * 8 + 100);
    if (!room.enough()) GTEST_SKIP() << "the system allows too few descriptors";
    const auto rules = rules_for_tests();
    std::vector<std::unique_ptr<raw_client>> clients;
    watched_descriptors loop;
    for (std::size_t i = 0; i < very_many; ++i) {
        clients.push_back(std::make_unique<raw_client>(rules));
        loop.add(clients.back()->near->read_descriptor());
        if (HasFatalFailure()) return;
    }
    EXPECT_EQ(loop.readable(), 0u);
    for (const auto& each : clients) {
        write_to(*each->raw, post("Content-Length: 5\r\n", "hello"));
        std::byte letter{};
        ASSERT_EQ(each->near->read({&letter, 1}).size, 1u);
    }
    EXPECT_EQ(loop.readable(), very_many) << "the rest is here already";
    for (const auto& each : clients) {
        ASSERT_EQ(read_from(*each->near), sized("hello").substr(1));
        EXPECT_FALSE(is_readable(*each->near))
            << "until it looks whether the client is still there";
    }
}

TEST(http_hostile, a_client_that_floods_leaves_others_their_turns) {
    for (const std::string_view first : {"", "SSH-2.0-x\r\n"}) {
        auto rules = rules_for_tests();
        rules->drains_for = 20ms;
        auto many = std::make_unique<flooding>(first, get);
        const flooding& below = *many;
        const auto near = *server_stream::create(rules, std::move(many));
        EXPECT_EQ(read_from(*near), "nothing") << first;
        EXPECT_LE(below.reads, 16u) << first;
        EXPECT_TRUE(is_readable(*near)) << "there is more";
    }
}

TEST(http_hostile, a_client_that_floods_after_its_last_answer_has_its_time) {
    auto rules = rules_for_tests();
    rules->drains_for = 1ms;
    const auto near = *server_stream::create(
        rules, std::make_unique<flooding>("SSH-2.0-x\r\n", "junk", 1u << 30));
    std::string got;
    while ((got = read_from(*near)) == "nothing") std::this_thread::yield();
    EXPECT_EQ(got, "end");
}

/// Looks at the stream that it is told of, as a program's sink may.
class curious_log final : public log_sink {
public:
    [[nodiscard]] bool wants(log_level) const noexcept override { return true; }
    void write(log_level, std::string_view id, std::string_view text) noexcept override {
        lines.push_back(concat(id, ' ', text));
        static_cast<void>(about->exit_description());
    }
    const io::byte_stream* about = nullptr;
    std::vector<std::string> lines;
};

TEST(http_hostile, refusals_are_told_seldom_where_there_are_many_and_without_a_lock) {
    curious_log log;
    auto rules = rules_for_tests();
    rules->log = &log;
    raw_client client(rules);
    log.about = client.near.get();
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(client.ask(get).starts_with("HTTP/1.1 405 "));
    ASSERT_EQ(log.lines.size(), 13u) << "ten, the 20th, the 40th, the 80th";
    EXPECT_TRUE(log.lines[8].ends_with("expected POST with a JSON body")) << log.lines[8];
    EXPECT_TRUE(log.lines[12].ends_with(
        "(the 80th request refused at this listener; of the next ones only the 160th is told)"))
        << log.lines[12];
    raw_client another(rules);
    log.about = another.near.get();
    EXPECT_TRUE(another.ask(get).starts_with("HTTP/1.1 405 "));
    EXPECT_EQ(log.lines.size(), 13u) << "to come again does not help";
}

TEST(http_hostile, the_log_is_told_why_where_the_answer_has_no_body) {
    curious_log log;
    auto rules = rules_for_tests();
    rules->log = &log;
    raw_client client(rules);
    log.about = client.near.get();
    const std::string answer = client.ask("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("Content-Length: 0\r\n\r\n")) << answer;
    ASSERT_EQ(log.lines.size(), 1u);
    EXPECT_TRUE(log.lines[0].ends_with("peer sent HEAD; expected POST with a JSON body"))
        << log.lines[0];
}

/// Takes nothing until it is let.
class stalling final : public io::byte_stream {
public:
    explicit stalling(std::unique_ptr<io::byte_stream> below) : below_(std::move(below)) {
        EXPECT_EQ(::eventfd_write(full_.get(), ~std::uint64_t{1}), 0); // not writable
    }
    void let() {
        eventfd_t count = 0;
        EXPECT_EQ(::eventfd_read(full_.get(), &count), 0);
        stalls_ = false;
    }
    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept override {
        return below_->read(into);
    }
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept override {
        if (stalls_) return {io::io_status::would_block, 0, 0};
        return below_->write(gathered);
    }
    [[nodiscard]] int read_descriptor() const noexcept override {
        return below_->read_descriptor();
    }
    [[nodiscard]] int write_descriptor() const noexcept override { return full_.get(); }
    void shutdown_write() noexcept override { below_->shutdown_write(); }
    void close() noexcept override { below_->close(); }
    [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }
    [[nodiscard]] bool is_local() const noexcept override { return true; }

private:
    const std::unique_ptr<io::byte_stream> below_;
    const io::descriptor full_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    bool stalls_ = true;
};

struct stalled_client {
    explicit stalled_client(std::shared_ptr<server_rules> rules) {
        auto below = *memory::network::make_pair("stalls");
        raw = std::move(below.second);
        auto under = std::make_unique<stalling>(std::move(below.first));
        stalls = under.get();
        near = *server_stream::create(std::move(rules), std::move(under));
    }
    std::unique_ptr<io::byte_stream> raw;
    stalling* stalls = nullptr;
    std::unique_ptr<io::byte_stream> near;
};

TEST(http_hostile, an_answer_of_ours_leaves_when_a_client_that_stalled_takes_it) {
    for (const std::string_view asked : {get, std::string_view("SSH-2.0-x\r\n")}) {
        stalled_client client(rules_for_tests());
        write_to(*client.raw, asked);
        EXPECT_EQ(read_from(*client.near), "nothing");
        EXPECT_FALSE(is_readable(*client.near));
        client.stalls->let();
        ASSERT_TRUE(is_readable(*client.near));
        EXPECT_EQ(read_from(*client.near), "nothing");
        EXPECT_TRUE(all_from(*client.raw).starts_with("HTTP/1.1 40")) << asked;
    }
}

TEST(http_hostile, a_client_that_never_takes_its_last_answer_is_given_up) {
    auto rules = rules_for_tests();
    rules->drains_for = 1ms;
    stalled_client client(rules);
    write_to(*client.raw, "SSH-2.0-x\r\n");
    std::string got;
    while ((got = read_from(*client.near)) == "nothing")
        ASSERT_TRUE(becomes_readable(*client.near));
    EXPECT_EQ(got, "end");
    EXPECT_EQ(client.near->exit_description(), "it does not take its last answer");
}

TEST(http_hostile, an_empty_line_before_a_request_is_passed_over_and_begins_none) {
    auto rules = rules_for_tests();
    rules->head_within = 1ms;
    raw_client client(rules);
    EXPECT_EQ(client.ask("\r\n"), "");
    EXPECT_FALSE(is_readable(*client.near));
    EXPECT_EQ(client.ask(post("Content-Length: 2\r\n", "{}")), sized("{}"));
    write_to(*client.near, sized("x"));
    static_cast<void>(all_from(*client.raw));
    EXPECT_EQ(client.ask("\r\n" + post("Content-Length: 2\r\n", "{}") + "\r\n"), sized("{}"));
}

TEST(http_hostile, a_target_may_be_a_whole_url) {
    for (const std::string_view target : {"http://proxied.example:1/", "HTTP://h", "https://h?q"}) {
        raw_client client;
        EXPECT_EQ(client.ask(concat("POST ", target,
                                    " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                                    "Content-Length: 2\r\n\r\n{}")),
                  sized("{}"))
            << target;
    }
    raw_client client;
    EXPECT_TRUE(
        client.ask("POST http://h/x HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 404"));
}

TEST(http_hostile, a_client_of_1_0_that_stays_is_told_so_in_refusals_too) {
    raw_client client;
    const std::string answer =
        client.ask("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 405 ")) << answer;
    EXPECT_NE(answer.find("Connection: keep-alive\r\n"), std::string::npos) << answer;
    raw_client other;
    EXPECT_EQ(other.ask(get).find("Connection:"), std::string::npos);
}

TEST(http_hostile, a_body_that_there_is_no_memory_for_ends_its_connection_alone) {
    if (!little_memory::possible()) GTEST_SKIP() << "a sanitizer has the address space";
    auto rules = rules_for_tests();
    rules->max_message_bytes = std::size_t(1) << 30;
    raw_client client(rules);
    write_to(*client.raw, post("Content-Length: 536870912\r\n", ""));
    const std::string part(32u << 10, 'x');
    const byte_view view = as_bytes(part);
    std::byte into[16];
    io::io_result got;
    bool took_all = true;
    {
        const little_memory tight(8u << 20);
        for (int i = 0; i < 8192 && got.status != io::io_status::failed; ++i) {
            took_all = took_all && client.raw->write({&view, 1}).size == view.size();
            got = client.near->read(into);
        }
    }
    EXPECT_TRUE(took_all);
    EXPECT_EQ(got.status, io::io_status::failed);
    EXPECT_EQ(got.os_error, ENOMEM);
    EXPECT_EQ(client.near->read(into).os_error, ENOMEM) << "and it stays so";
    EXPECT_TRUE(is_readable(*client.near));
}

TEST(http_client, a_server_that_gives_up_an_idle_connection_ends_that_alone) {
    for (const std::string_view said :
         {"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"}) {
        raw_server server;
        write_to(*server.near, sized("one"));
        EXPECT_NE(server.heard(), "nothing");
        server.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        EXPECT_EQ(read_from(*server.near), sized("1"));
        server.say(said);
        EXPECT_EQ(read_from(*server.near), "nothing") << said;
        write_to(*server.near, sized("two"));
        EXPECT_TRUE(server.heard().ends_with("two"));
        EXPECT_EQ(server.raws.size(), 2u);
        server.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
        EXPECT_EQ(read_from(*server.near), sized("2"));
    }
}

TEST(http_client, a_response_once_begun_must_keep_coming) {
    auto below = *memory::network::make_pair("slow");
    const auto near = *client_stream::create(
        std::move(below.first),
        [](const io::connect_options&) -> result<std::unique_ptr<io::byte_stream>> {
            return fail(errc::io_error, "nobody is there");
        },
        io::connect_options{.message_within = 20ms}, "POST / HTTP/1.1\r\nContent-Length: ");
    write_to(*near, sized("one"));
    write_to(*below.second, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n1");
    std::string got;
    while ((got = read_from(*near)) == "nothing") ASSERT_TRUE(becomes_readable(*near));
    EXPECT_EQ(got, "failed");
    EXPECT_NE(near->exit_description().find("left a message unfinished"), std::string::npos)
        << near->exit_description();
}

TEST(http_client, a_server_that_floods_leaves_others_their_turns) {
    auto many = std::make_unique<flooding>("", "HTTP/1.1 100 Continue\r\n\r\n");
    const flooding& below = *many;
    many->silent = true;
    flooding& floods = *many;
    const auto near = *client_stream::create(
        std::move(many),
        [](const io::connect_options&) -> result<std::unique_ptr<io::byte_stream>> {
            return fail(errc::io_error, "nobody is there");
        },
        io::connect_options{}, "POST / HTTP/1.1\r\nContent-Length: ");
    write_to(*near, sized("one"));
    floods.silent = false;
    EXPECT_EQ(read_from(*near), "nothing");
    EXPECT_LE(below.reads, 40u);
    EXPECT_TRUE(is_readable(*near)) << "there is more";
}

} // namespace
} // namespace beckon::transport::http
