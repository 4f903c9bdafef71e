// A client's ways to call, and what ends its conversation.
#include <atomic>

#include "wire_peer.hpp"

namespace basic_test {
namespace {

using namespace beckon::basic;

/// A client that has been let in by a server by hand.
struct dialed : place {
    explicit dialed(client_options options = {}) : here(endpoint(), with_context(options)) {
        auto listener = std::move(inside->memory().listen(name)).value();
        std::thread connects([this] { here.connect(); });
        std::unique_ptr<beckon::io::byte_stream> stream;
        while (!stream) stream = std::move(listener->accept()).value();
        peer.emplace(std::move(stream));
        EXPECT_EQ(peer->read().hex(), init);
        peer->send(let_in);
        connects.join();
    }
    client_options with_context(client_options& options) const {
        options.context = inside;
        return std::move(options);
    }
    client here;
    std::optional<wire_peer> peer;
};

TEST(basic_client, calls_have_the_bytes_of_the_original) {
    dialed at;
    auto sum = at.here.start(recorded::add_2_words, 1000, 2050);
    EXPECT_EQ(at.peer->read().hex(), "0f000000010200e803000002080000");
    at.peer->send("0900000001ea0b0000");
    EXPECT_EQ(sum.get(), 3050u);
    auto nothing_back = at.here.start(recorded::func_no_args);
    EXPECT_EQ(at.peer->read().hex(), "07000000010300");
    at.peer->send("0500000001");
    nothing_back.get();
    auto both = at.here.start(recorded::sum_and_echo, std::vector<int>{16, 0x22222222}, "blah");
    EXPECT_EQ(at.peer->read().hex(),
              "1f000000010b000c00000002000000100000002222222204000000626c6168");
    at.peer->send("11000000013222222204000000626c6168");
    EXPECT_EQ(both.get(), (std::tuple<std::uint32_t, std::string>(0x22222232, "blah")));
}

TEST(basic_client, answers_belong_to_calls_in_their_order) {
    dialed at;
    std::vector<beckon::future<std::string>> all;
    for (int i = 0; i < 64; ++i)
        all.push_back(
            at.here.start(recorded::hello, std::string(1, static_cast<char>('a' + i % 26))));
    for (int i = 0; i < 64; ++i) {
        const message asked = at.peer->read();
        bytes answer = from_hex("0a0000000101000000");
        answer.push_back(asked.whole.back());
        at.peer->send(byte_view(answer));
    }
    for (int i = 63; i >= 0; --i)
        EXPECT_EQ(all[static_cast<std::size_t>(i)].get(),
                  std::string(1, static_cast<char>('a' + i % 26)));
}

TEST(basic_client, a_call_whose_time_passes_ends_the_conversation) {
    dialed at;
    auto other = at.here.start(recorded::hello, "b");
    EXPECT_THROW(static_cast<void>(at.here.call(recorded::hello.within(20ms), "x")),
                 beckon::timeout_error);
    EXPECT_THROW(static_cast<void>(other.get()), beckon::disconnected_error);
    static_cast<void>(at.peer->read());
    static_cast<void>(at.peer->read());
    EXPECT_TRUE(at.peer->is_over());
    EXPECT_FALSE(at.here.is_connected());
    EXPECT_THROW(static_cast<void>(at.here.call(recorded::hello, "x")), beckon::disconnected_error);
}

TEST(basic_client, a_call_that_is_dropped_ends_the_conversation) {
    dialed at;
    { auto dropped = at.here.start(recorded::hello, "x"); }
    static_cast<void>(at.peer->try_read());
    EXPECT_TRUE(at.peer->is_over());
    EXPECT_FALSE(at.here.is_connected());
}

TEST(basic_client, what_cannot_be_written_fails_here_and_nothing_is_sent) {
    dialed at;
    EXPECT_THROW(static_cast<void>(at.here.call(recorded::add_2_words, -1, 1)),
                 beckon::python::overflow_error);
    EXPECT_THROW(static_cast<void>(at.here.call(recorded::add_2_words, std::int64_t{1} << 32, 1)),
                 beckon::python::overflow_error);
    EXPECT_THROW(static_cast<void>(at.here.call(recorded::sum_fixed, std::vector<int>{1, 2})),
                 beckon::python::value_error);
    auto fine = at.here.start(recorded::func_no_args);
    EXPECT_EQ(at.peer->read().hex(), "07000000010300");
    at.peer->send("0500000001");
    fine.get();
}

TEST(basic_client, a_traceback_is_told_by_its_last_line) {
    dialed at;
    auto failing = at.here.start(recorded::hello, "x");
    static_cast<void>(at.peer->read());
    const std::string trace =
        "Traceback (most recent call last):\n  File \"a.py\", line 1, in run\n"
        "    raise KeyError: no\nshop.errors.MyErr: out of\nbolts\n";
    beckon::buffer out;
    put_number(out, 5 + 4 + 5 + 4 + trace.size(), 4);
    put_number(out, 4, 1);
    ASSERT_TRUE(put_text(out, "MyErr"));
    ASSERT_TRUE(put_text(out, trace));
    at.peer->send(out.view());
    auto outcome = failing.result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().type_name(), "MyErr");
    EXPECT_EQ(outcome.error().message(), "out of\nbolts");
    EXPECT_EQ(outcome.error().trace(), trace);
}

TEST(basic_client, a_server_that_ends_says_so_before_the_next_call) {
    dialed at;
    at.peer->send("1f000000040e00000053657276657253687574646f776e0400000074657874");
    // As the answer of the call, or before it, whichever comes first.
    const auto outcome = at.here.try_call(recorded::hello, "x");
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().to_string().find("text"), std::string::npos)
        << outcome.error().to_string();
}

TEST(basic_client, hooks_see_the_clients_own_data) {
    place at;
    server served(recorded_service(), at.endpoint(), {.context = at.inside});
    client_options options;
    options.context = at.inside;
    options.local = 1;
    options.on_connect = [](std::any& local) { local = std::any_cast<int>(local) + 10; };
    options.on_disconnect = [](std::any& local) { local = std::any_cast<int>(local) + 100; };
    client here(at.endpoint(), options);
    here.connect();
    EXPECT_EQ(std::any_cast<int>(here.local()), 11);
    EXPECT_THROW(here.connect(), beckon::invalid_argument);
    here.disconnect();
    here.disconnect();
    EXPECT_EQ(std::any_cast<int>(here.local()), 211);
    here.connect(); // again, as often as one likes
    EXPECT_EQ(here.call(recorded::goodbye, "x"), "goodbye x");
}

TEST(basic_client, the_end_of_its_scope_is_a_disconnect) {
    place at;
    server served(recorded_service(), at.endpoint(), {.context = at.inside});
    int told = 0;
    client_options options;
    options.context = at.inside;
    options.on_disconnect = [&](std::any&) {
        if (++told == 2) throw std::runtime_error("nobody to tell");
    };
    { const client never_connected(at.endpoint(), options); }
    EXPECT_EQ(told, 0);
    for (int i = 0; i < 2; ++i) {
        client here(at.endpoint(), options);
        here.connect();
    }
    EXPECT_EQ(told, 2);
    EXPECT_TRUE(at.log.has("BKN-BASIC-DISCONNECT"));
    while (served.connection_count() != 0) std::this_thread::yield();
}

TEST(basic_client, a_server_that_never_answers_is_left_in_time) {
    place at;
    auto listener = std::move(at.inside->memory().listen(at.name)).value();
    client here(at.endpoint(), {.timeout = 30ms, .context = at.inside});
    try {
        here.connect();
        ADD_FAILURE() << "it has been let in by nobody";
    } catch (const beckon::timeout_error& thrown) {
        EXPECT_NE(std::string(thrown.what()).find("did not greet in time"), std::string::npos)
            << thrown.what();
    }
    EXPECT_FALSE(here.is_connected());
}

TEST(basic_client, endpoints_of_other_protocols_are_refused) {
    client here("tcp://127.0.0.1:1");
    EXPECT_THROW(here.connect(), beckon::invalid_argument);
}

TEST(basic_client, large_messages_go_and_come) {
    place at;
    constexpr auto echo = command(7, "echo", bytes_in_place, beckon::basic::bytes);
    service<> what;
    what.respond(echo, [](byte_view content) { return bytes(content.begin(), content.end()); });
    server served(what, at.endpoint(), {.context = at.inside});
    client here(at.endpoint(), {.context = at.inside});
    here.connect();
    const bytes large(20u << 20, std::byte{7});
    EXPECT_EQ(here.call(echo, large), large);
    const bytes too_large(64u << 20, std::byte{7});
    EXPECT_THROW(static_cast<void>(here.call(echo, too_large)), beckon::limit_exceeded);
    EXPECT_EQ(here.call(echo, bytes()), bytes());
}

} // namespace
} // namespace basic_test
