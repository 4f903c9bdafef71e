#include "transport/tls/stream.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <cerrno>

#include "transport/many_streams_test.hpp"
#include "transport/tls/pair_test.hpp"

namespace beckon::transport::tls {
namespace {

using io::io_result;
using io::io_status;
using namespace std::chrono_literals;

/// A stream whose reader can be shown other bytes than came, and that can be made to take nothing.
class meddler final : public io::byte_stream {
public:
    explicit meddler(std::unique_ptr<io::byte_stream> below) : below_(std::move(below)) {}
    io_result read(std::span<std::byte> into) noexcept override {
        const io_result got = below_->read(into);
        if (got.status != io_status::ok) return got;
        read_bytes += got.size;
        if (std::exchange(flips_next, false)) into[got.size - 1] ^= std::byte{1};
        return got;
    }
    io_result write(std::span<const byte_view> gathered) noexcept override {
        if (takes == 0) return {io_status::would_block, 0, 0};
        const byte_view part = gathered[0].first(std::min(takes, gathered[0].size()));
        const io_result wrote = below_->write({&part, 1});
        if (wrote.status == io_status::ok) takes -= wrote.size;
        writes.push_back(wrote.size);
        return wrote;
    }
    [[nodiscard]] int read_descriptor() const noexcept override {
        return below_->read_descriptor();
    }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return below_->write_descriptor();
    }
    void shutdown_write() noexcept override { below_->shutdown_write(); }
    void close() noexcept override { below_->close(); }
    [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }
    [[nodiscard]] bool is_local() const noexcept override { return true; }

    bool flips_next = false;
    std::size_t takes = SIZE_MAX;
    std::size_t read_bytes = 0;
    std::vector<std::size_t> writes;

private:
    const std::unique_ptr<io::byte_stream> below_;
};

/// Both ends with a meddler below each.
struct meddled {
    meddled() {
        auto ends = *memory::network::make_pair("meddled");
        auto one = std::make_unique<meddler>(std::move(ends.first));
        auto two = std::make_unique<meddler>(std::move(ends.second));
        below_client = one.get();
        below_server = two.get();
        raw_pair made = over(std::move(one), std::move(two));
        client = std::move(made.client);
        server = std::move(made.server);
        greet_both(*client, *server);
        EXPECT_FALSE(client->failure() || server->failure());
    }
    meddler* below_client;
    meddler* below_server;
    std::unique_ptr<stream> client;
    std::unique_ptr<stream> server;
};

void send(io::byte_stream& to, std::string_view text) {
    const byte_view view = as_bytes(text);
    const io_result wrote = to.write({&view, 1});
    ASSERT_EQ(wrote.status, io_status::ok);
    ASSERT_EQ(wrote.size, text.size());
}

std::string receive(io::byte_stream& from, std::size_t most = 1000) {
    bytes into(most);
    const io_result got = from.read(into);
    return got.status == io_status::ok ? std::string(as_text(byte_view(into).first(got.size)))
                                       : concat("status ", static_cast<int>(got.status));
}

bool polls_readable(const io::byte_stream& stream) {
    return io::wait_readable(stream.read_descriptor(), time_point{}).ready;
}

TEST(tls_stream, a_changed_record_ends_the_stream_and_says_so) {
    meddled ends;
    send(*ends.client, "true");
    EXPECT_EQ(receive(*ends.server), "true");
    send(*ends.client, "false");
    ends.below_server->flips_next = true;
    std::byte letter[10];
    const io_result got = ends.server->read(letter);
    EXPECT_EQ(got.status, io_status::failed);
    EXPECT_EQ(got.os_error, EPROTO);
    EXPECT_EQ(ends.server->exit_description(),
              "a record of the peer was changed on its way (bad record mac)");
    const byte_view late = as_bytes("late");
    EXPECT_EQ(ends.server->write({&late, 1}).status, io_status::failed);
    EXPECT_EQ(ends.client->read(letter).status, io_status::failed) << "an alert tells the peer";
    EXPECT_EQ(ends.client->exit_description(),
              "peer says that a record of this side was changed on its way (bad record mac)");
}

TEST(tls_stream, an_end_without_goodbye_is_told_from_an_end) {
    meddled cut;
    send(*cut.client, "last");
    cut.below_client->close();
    EXPECT_EQ(receive(*cut.server), "last");
    std::byte letter[10];
    EXPECT_EQ(cut.server->read(letter).status, io_status::failed);
    EXPECT_EQ(
        cut.server->exit_description(),
        "peer ended the connection without close_notify, so what it sent last may be missing");
    EXPECT_TRUE(polls_readable(*cut.server));
    meddled ended;
    ended.client->close();
    EXPECT_EQ(ended.server->read(letter).status, io_status::end);
    EXPECT_EQ(ended.server->exit_description(), "");
}

TEST(tls_stream, input_that_no_socket_holds_any_more_keeps_it_readable) {
    meddled ends;
    send(*ends.client, std::string(10'000, 'x'));
    EXPECT_EQ(receive(*ends.server, 9'999).size(), 9'999u);
    EXPECT_FALSE(io::wait_readable(ends.below_server->read_descriptor(), time_point{}).ready);
    EXPECT_TRUE(polls_readable(*ends.server));
    EXPECT_EQ(receive(*ends.server), "x");
    EXPECT_FALSE(polls_readable(*ends.server));
}

TEST(tls_stream, bytes_that_came_with_the_end_of_the_handshake_are_not_lost) {
    auto below = *memory::network::make_pair("early");
    raw_pair ends = over(std::move(below.first), std::move(below.second));
    EXPECT_EQ(ends.client->advance(), handshake::wants_input);
    EXPECT_EQ(ends.server->advance(), handshake::wants_input);
    EXPECT_EQ(ends.client->advance(), handshake::done);
    send(*ends.client, "early"); // in one read with the client's last word
    EXPECT_EQ(ends.server->advance(), handshake::done);
    EXPECT_TRUE(polls_readable(*ends.server)) << "nothing more comes from below";
    EXPECT_EQ(receive(*ends.server), "early");
}

TEST(tls_stream, what_is_encrypted_counts_as_taken_when_it_has_left) {
    meddled ends;
    ends.below_client->takes = 100;
    const std::string text(40'000, 'y');
    byte_view rest = as_bytes(text);
    EXPECT_EQ(ends.client->write({&rest, 1}).status, io_status::would_block);
    ends.below_client->takes = SIZE_MAX;
    const io_result wrote = ends.client->write({&rest, 1});
    EXPECT_EQ(wrote.status, io_status::ok);
    EXPECT_EQ(wrote.size, text.size());
    EXPECT_EQ(receive(*ends.server, 50'000), text) << "and it is sent once";
}

TEST(tls_stream, views_share_records_unless_they_are_to_be_apart) {
    const std::vector<byte_view> views{as_bytes("first"), {}, as_bytes("second")};
    meddled joined;
    ASSERT_EQ(joined.client->write(views).size, 11u);
    EXPECT_EQ(receive(*joined.server), "firstsecond");
    const std::size_t one_record = joined.below_client->writes.back();
    meddled apart;
    ASSERT_TRUE(apart.client->separate_views());
    ASSERT_EQ(apart.client->write(views).size, 11u);
    EXPECT_EQ(receive(*apart.server), "firstsecond");
    const std::size_t overhead = one_record - 11;
    EXPECT_EQ(apart.below_client->writes.back(), 11 + 2 * overhead) << "in one system call";
}

TEST(tls_stream, closing_says_goodbye_once_and_writing_is_over) {
    meddled ends;
    const std::size_t before = ends.below_client->writes.size();
    ends.client->shutdown_write();
    ends.client->shutdown_write();
    EXPECT_EQ(ends.below_client->writes.size(), before + 1);
    send(*ends.server, "still heard");
    EXPECT_EQ(receive(*ends.client), "still heard");
    ends.client->close();
    EXPECT_EQ(ends.below_client->writes.size(), before + 1);
}

TEST(tls_stream, a_goodbye_that_does_not_fit_leaves_with_the_next_read) {
    meddled ends;
    ends.below_client->takes = 0;
    ends.client->shutdown_write();
    EXPECT_EQ(receive(*ends.server), "status 1") << "nothing yet";
    ends.below_client->takes = SIZE_MAX;
    EXPECT_EQ(receive(*ends.client), "status 1");
    EXPECT_EQ(receive(*ends.server), "status 2") << "the end";
}

/// A peer of another make: OpenSSL itself over a memory stream, driven by hand.
class bare_client {
public:
    explicit bare_client(std::unique_ptr<io::byte_stream> below)
        : below_(std::move(below)), context_(SSL_CTX_new(TLS_client_method())),
          ssl_(SSL_new(context_.get())) {
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl_.get());
    }
    SSL* get() { return ssl_.get(); }
    void exchange() {
        char* data = nullptr;
        const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
        const byte_view view = as_bytes({data, static_cast<std::size_t>(size)});
        if (size > 0) {
            ASSERT_EQ(below_->write({&view, 1}).size, view.size());
        }
        (void)BIO_reset(SSL_get_wbio(ssl_.get()));
        std::byte came[65'536];
        const io_result got = below_->read(came);
        if (got.status == io_status::ok)
            BIO_write(SSL_get_rbio(ssl_.get()), came, static_cast<int>(got.size));
    }
    void greet(stream& server) {
        for (int i = 0; i < 6; ++i) {
            SSL_do_handshake(ssl_.get());
            exchange();
            if (server.advance() == handshake::failed) break;
        }
        ERR_clear_error();
    }

private:
    const std::unique_ptr<io::byte_stream> below_;
    context_ptr context_;
    ssl_ptr ssl_;
};

std::unique_ptr<stream> server_over(std::unique_ptr<io::byte_stream> below) {
    return *stream::create(make_side(role::server, "cert=" + test_authority::shared().server_file),
                           std::move(below));
}

TEST(tls_stream, a_peer_that_asks_for_new_keys_gets_them_while_only_reading_goes_on) {
    auto below = *memory::network::make_pair("keys");
    bare_client client(std::move(below.first));
    const auto server = server_over(std::move(below.second));
    client.greet(*server);
    ASSERT_EQ(SSL_key_update(client.get(), SSL_KEY_UPDATE_REQUESTED), 1);
    ASSERT_EQ(SSL_do_handshake(client.get()), 1);
    ASSERT_EQ(SSL_write(client.get(), "new", 3), 3);
    client.exchange();
    EXPECT_EQ(receive(*server), "new");
    send(*server, "answer"); // under new keys, behind the word that says so
    client.exchange();
    char answer[10];
    EXPECT_EQ(SSL_read(client.get(), answer, 10), 6);
}

TEST(tls_stream, a_peer_that_asks_for_new_keys_for_ever_and_takes_none_is_dropped) {
    auto below = *memory::network::make_pair("greedy");
    bare_client client(std::move(below.first));
    auto meddles = std::make_unique<meddler>(std::move(below.second));
    meddler& between = *meddles;
    const auto server = server_over(std::move(meddles));
    client.greet(*server);
    between.takes = 0;
    std::string outcome = "status 1";
    for (int i = 0; i < 20'000 && outcome == "status 1"; ++i) {
        ASSERT_EQ(SSL_key_update(client.get(), SSL_KEY_UPDATE_REQUESTED), 1);
        ASSERT_EQ(SSL_do_handshake(client.get()), 1);
        client.exchange();
        outcome = receive(*server);
    }
    EXPECT_EQ(outcome, "status 3");
    EXPECT_NE(server->exit_description().find("peer asks for new keys and takes none"),
              std::string::npos)
        << server->exit_description();
}

TEST(tls_stream, renegotiation_is_refused) {
    auto below = *memory::network::make_pair("again");
    bare_client client(std::move(below.first));
    SSL_set_max_proto_version(client.get(), TLS1_2_VERSION);
    const auto server = server_over(std::move(below.second));
    client.greet(*server);
    ASSERT_FALSE(server->failure());
    SSL_renegotiate(client.get());
    SSL_do_handshake(client.get());
    client.exchange();
    EXPECT_EQ(receive(*server), "status 1");
    client.exchange();
    EXPECT_NE(SSL_do_handshake(client.get()), 1);
    ERR_clear_error();
}

/// What a server says of a client that begins so.
std::string told_of(byte_view first) {
    auto below = *memory::network::make_pair("odd");
    const auto server = server_over(std::move(below.second));
    EXPECT_EQ(below.first->write({&first, 1}).size, first.size());
    EXPECT_EQ(server->advance(), handshake::failed);
    return server->failure()->message();
}

TEST(tls_stream, a_peer_of_something_else_is_known_by_its_first_bytes) {
    EXPECT_EQ(
        told_of(as_bytes("GET / HTTP/1.0\r\n\r\n")),
        "peer does not speak TLS; its first bytes are \"GET / HTTP/1.0\\x0d\\x0a\", plain HTTP");
    EXPECT_EQ(told_of(as_bytes("x")), "peer does not speak TLS; its first bytes are \"x\"");
    EXPECT_EQ(told_of(as_bytes({"\x16\x04", 2})),
              "peer does not speak TLS; its first bytes are \"\\x16\\x04\"");
}

TEST(tls_stream, memory_before_the_handshake_is_bounded) {
    // A record of 1000 bytes whose hello says that it has 16 KiB and one byte.
    const char hello[] = {0x16, 3, 1, 3, '\xe8', 1, 0, 0x40, 1, 3, 3};
    EXPECT_EQ(told_of(as_bytes({hello, sizeof hello})),
              "peer's TLS hello has 16385 bytes; limit is 16384 bytes");
    // One of exactly 16 KiB is waited for.
    const char largest[] = {0x16, 3, 1, 3, '\xe8', 1, 0, 0x40, 0, 3, 3};
    auto below = *memory::network::make_pair("large");
    const auto server = server_over(std::move(below.second));
    const byte_view view = as_bytes({largest, sizeof largest});
    EXPECT_EQ(below.first->write({&view, 1}).size, view.size());
    EXPECT_EQ(server->advance(), handshake::wants_input);
}

TEST(tls_stream, each_of_very_many_tells_what_it_holds) {
    const descriptors_allowed room(very_many * 10 + 100);
    if (!room.enough()) GTEST_SKIP() << "the system allows too few descriptors";
    auto& files = test_authority::shared();
    const auto client_side = make_side(role::client, "ca=" + files.ca);
    const auto server_side = make_side(role::server, "cert=" + files.server_file);
    std::vector<raw_pair> pairs;
    watched_descriptors loop;
    for (std::size_t i = 0; i < very_many; ++i) {
        auto below = *memory::network::make_pair("many");
        pairs.push_back({*stream::create(client_side, std::move(below.first)),
                         *stream::create(server_side, std::move(below.second))});
        greet_both(*pairs.back().client, *pairs.back().server);
        loop.add(pairs.back().server->read_descriptor());
        if (HasFatalFailure()) return;
    }
    EXPECT_EQ(loop.readable(), 0u);
    const byte_view hello = as_bytes("hello");
    for (const auto& each : pairs) {
        ASSERT_EQ(each.client->write({&hello, 1}).size, hello.size());
        std::byte letter{};
        ASSERT_EQ(each.server->read({&letter, 1}).size, 1u);
    }
    EXPECT_EQ(loop.readable(), very_many) << "the rest is decrypted already";
    std::byte rest[16];
    for (const auto& each : pairs) ASSERT_EQ(each.server->read(rest).size, 4u);
    EXPECT_EQ(loop.readable(), 0u);
}

/// Gives a few bytes at a time, and counts how often.
class sipping final : public io::byte_stream {
public:
    explicit sipping(std::unique_ptr<io::byte_stream> below) : below_(std::move(below)) {}
    io_result read(std::span<std::byte> into) noexcept override {
        ++reads;
        return below_->read(into.first(std::min(into.size(), most)));
    }
    io_result write(std::span<const byte_view> gathered) noexcept override {
        return below_->write(gathered);
    }
    [[nodiscard]] int read_descriptor() const noexcept override {
        return below_->read_descriptor();
    }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return below_->write_descriptor();
    }
    void shutdown_write() noexcept override { below_->shutdown_write(); }
    void close() noexcept override { below_->close(); }
    [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }
    [[nodiscard]] bool is_local() const noexcept override { return true; }

    std::size_t most = 1u << 20;
    unsigned reads = 0;

private:
    const std::unique_ptr<io::byte_stream> below_;
};

TEST(tls_stream, what_is_no_input_leaves_others_their_turns) {
    auto below = *memory::network::make_pair("sips");
    auto slow = std::make_unique<sipping>(std::move(below.second));
    sipping& watched = *slow;
    const raw_pair ends = over(std::move(below.first), std::move(slow));
    greet_both(*ends.client, *ends.server);
    const std::string large(10'000, 'x');
    const byte_view view = as_bytes(large);
    ASSERT_EQ(ends.client->write({&view, 1}).size, view.size());
    watched.most = 8;
    watched.reads = 0;
    std::byte letter{};
    EXPECT_EQ(ends.server->read({&letter, 1}).status, io_status::would_block);
    EXPECT_LE(watched.reads, 16u) << "a record of 10,000 bytes";
    EXPECT_TRUE(
        io::wait_readable(ends.server->read_descriptor(), steady_clock_source().now()).ready);
    watched.most = 1u << 20;
    EXPECT_EQ(ends.server->read({&letter, 1}).size, 1u);
}

} // namespace
} // namespace beckon::transport::tls
