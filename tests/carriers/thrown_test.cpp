// What functions of the program throw on threads of the library ends one connection, and nothing else.
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

#include "beckon/object/exception.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "carriers/greeter.hpp"

namespace beckon::carrier_test {
namespace {

/// A listener, or a stream, that throws where it is asked so often.
class moods {
public:
    void throw_now() {
        if (left_.fetch_sub(1) > 0) throw std::runtime_error("in a bad mood");
    }
    void be_bad(int times) { left_ = times; }

private:
    std::atomic<int> left_{0};
};

class moody_stream final : public io::byte_stream {
public:
    moody_stream(std::unique_ptr<io::byte_stream> inner, std::shared_ptr<moods> has)
        : inner_(std::move(inner)), moods_(std::move(has)) {}
    io::io_result read(std::span<std::byte> into) noexcept override { return inner_->read(into); }
    io::io_result write(std::span<const byte_view> all) noexcept override {
        return inner_->write(all);
    }
    [[nodiscard]] int read_descriptor() const noexcept override {
        return inner_->read_descriptor();
    }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return inner_->write_descriptor();
    }
    void shutdown_write() noexcept override { inner_->shutdown_write(); }
    void close() noexcept override { inner_->close(); }
    [[nodiscard]] std::string peer_name() const override {
        moods_->throw_now();
        return "moody";
    }
    [[nodiscard]] bool is_local() const noexcept override { return false; }

private:
    const std::unique_ptr<io::byte_stream> inner_;
    const std::shared_ptr<moods> moods_;
};

class moody_listener final : public io::listener {
public:
    moody_listener(std::unique_ptr<io::listener> inner, std::shared_ptr<moods> accepts,
                   std::shared_ptr<moods> streams)
        : inner_(std::move(inner)), accepts_(std::move(accepts)), streams_(std::move(streams)) {}
    result<std::unique_ptr<io::byte_stream>> accept() override {
        accepts_->throw_now();
        BECKON_ASSIGN(auto stream, inner_->accept());
        if (!stream) return stream;
        return std::unique_ptr<io::byte_stream>(
            std::make_unique<moody_stream>(std::move(stream), streams_));
    }
    [[nodiscard]] int descriptor() const noexcept override { return inner_->descriptor(); }
    [[nodiscard]] const io::endpoint& local_endpoint() const noexcept override {
        return inner_->local_endpoint();
    }
    void close() noexcept override { inner_->close(); }

private:
    const std::unique_ptr<io::listener> inner_;
    const std::shared_ptr<moods> accepts_;
    const std::shared_ptr<moods> streams_;
};

class moody : public carriers {
protected:
    moody() {
        inside->add_transport(
            "moody",
            {.connect = [](const io::endpoint&,
                           const io::connect_options&) -> result<std::unique_ptr<io::byte_stream>> {
                 throw std::runtime_error("cannot dial today");
             },
             .listen = [this](const io::endpoint& where, const io::listen_options& with)
                 -> result<std::unique_ptr<io::listener>> {
                 listens->throw_now();
                 BECKON_ASSIGN(auto inner,
                               transport::memory::listen(inside->memory(), where, with));
                 return std::unique_ptr<io::listener>(
                     std::make_unique<moody_listener>(std::move(inner), accepts, streams));
             }});
    }
    /// Connects, which is refused or not, and then somebody who is served.
    void expect_others_are_served(const std::string& endpoint) const {
        connect_options briefly = connecting();
        briefly.limits.handshake_within = 10s;
        const auto first = try_connect(endpoint, briefly);
        if (first) {
            static_cast<void>(first->await_end(10s));
            EXPECT_TRUE(first->is_over());
        }
        EXPECT_EQ(greeting_at(endpoint), "greeter greets you");
    }

    const std::shared_ptr<moods> listens = std::make_shared<moods>();
    const std::shared_ptr<moods> accepts = std::make_shared<moods>();
    const std::shared_ptr<moods> streams = std::make_shared<moods>();
};

TEST_F(moody, dialling_fails_with_what_was_thrown) {
    carrier one("moody:x", carrying());
    const auto outcome = one.try_start();
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().to_string().find("cannot dial today"), std::string::npos);
    EXPECT_FALSE(one.try_start()) << "and can be tried again";
}

TEST_F(moody, listening_as_a_part_fails_with_what_was_thrown_and_can_be_tried_again) {
    carrier_options has = carrying();
    has.published = with_greeter("one");
    carrier one("listen:moody:x", has);
    listens->be_bad(1);
    const auto outcome = one.try_start();
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().to_string().find("in a bad mood"), std::string::npos);
    one.start();
    EXPECT_EQ(greeting_at("memory:x"), "one greets you");
}

TEST_F(moody, accepting_goes_on_after_what_was_thrown) {
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    there.listen("moody:x");
    accepts->be_bad(1);
    EXPECT_EQ(greeting_at("memory:x"), "greeter greets you");
    EXPECT_TRUE(log.has("BKN-ACCEPT-FAILED: remote_error (std::runtime_error): in a bad mood"))
        << log.lines();
}

TEST_F(moody, a_stream_that_throws_is_refused_alone) {
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    there.listen("moody:x");
    streams->be_bad(1);
    expect_others_are_served("memory:x");
    EXPECT_TRUE(log.has("BKN-CONNECT-REFUSED")) << log.lines();
}

TEST_F(moody, a_stream_that_throws_behind_an_authenticator_is_refused_alone) {
    server_options options = serving();
    std::atomic<int> judged{0};
    options.connection_authenticator = [&](raw_connection&) -> result<std::string> {
        if (++judged == 1) streams->be_bad(3); // whatever asks next, on that thread
        return std::string("somebody");
    };
    server there(options);
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    there.listen("moody:x");
    const auto first = try_connect("memory:x", connecting());
    if (first) static_cast<void>(first->await_end(10s));
    streams->be_bad(0);
    EXPECT_EQ(greeting_at("memory:x"), "greeter greets you");
    EXPECT_TRUE(log.has("BKN-CONNECT-REFUSED")) << log.lines();
}

TEST_F(moody, nobody_keeps_all_authenticators_waiting) {
    server_options options = serving();
    std::promise<void> opened;
    const std::shared_future<void> gate = opened.get_future().share();
    options.connection_authenticator = [gate](raw_connection&) -> result<std::string> {
        gate.wait();
        return std::string("somebody");
    };
    server there(options);
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    there.listen("moody:x"); // whose streams come from one address elsewhere
    there.listen("memory:here");
    std::vector<std::unique_ptr<io::byte_stream>> silent;
    for (std::size_t i = 0; i <= max_connection_handshakes; ++i)
        silent.push_back(*inside->memory().connect("x"));
    EXPECT_TRUE(eventually([&] {
        return log.has("16 from that address are being authenticated; limit is 16");
    })) << log.lines();
    opened.set_value();
    EXPECT_EQ(greeting_at("memory:here"), "greeter greets you");
}

TEST_F(moody, an_authenticator_of_greetings_that_throws_refuses_its_peer_alone) {
    server_options options = serving();
    options.authenticator = std::make_shared<function<result<std::string>(const greeting&)>>(
        [](const greeting& known) -> result<std::string> {
            if (known.user == "cause") throw std::runtime_error("cannot judge");
            return known.user;
        });
    server there(options);
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    there.listen("memory:x");
    connect_options trouble = connecting();
    trouble.user = "cause";
    const connected refused = connect("memory:x", trouble);
    EXPECT_FALSE(refused.try_get<Greeter>("greeter"));
    EXPECT_EQ(greeting_at("memory:x"), "greeter greets you");
}

#if BECKON_HAS_PROTOCOL_JSONRPC
TEST_F(moody, a_provider_that_throws_refuses_its_connection_alone) {
    const auto providers = std::make_shared<moods>();
    inside->add_security("moody",
                         [providers](const io::endpoint&,
                                     security_side) -> result<std::unique_ptr<message_security>> {
                             providers->throw_now();
                             return std::unique_ptr<message_security>();
                         });
    server there(serving());
    there.publish<Greeter>("greeter", std::make_shared<greeter>());
    providers->be_bad(1);
    there.listen("jsonrpc+moody+memory:x"); // which asks whether it proves who comes
    providers->be_bad(1);
    const auto first = try_connect("jsonrpc+memory:x", connecting());
    ASSERT_TRUE(first);
    static_cast<void>(first->await_end(10s));
    EXPECT_TRUE(first->is_over());
    EXPECT_TRUE(log.has("in a bad mood")) << log.lines();
    EXPECT_EQ(greeting_at("jsonrpc+memory:x"), "greeter greets you");
}
#endif

} // namespace
} // namespace beckon::carrier_test
