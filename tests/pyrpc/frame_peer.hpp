// Peers of pyrpc by hand: a client that sends bytes and reads frames, and a server that follows a script.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "beckon/codec/pickle.hpp"
#include "beckon/io/wait.hpp"
#include "beckon/pyrpc.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "codec/pickle_vectors_test.hpp"

namespace pyrpc_test {

using namespace std::chrono_literals;
using beckon::byte_view;
using beckon::bytes;
using beckon::concat;
using beckon::value;
using beckon::value_kind;

/// An endpoint that is nobody else's.
[[nodiscard]] inline std::string fresh_name() {
    static std::atomic<int> last = 0;
    return concat("pyrpc-", ++last);
}

[[nodiscard]] inline bytes framed(byte_view pickled) {
    bytes made;
    for (unsigned i = 4; i-- > 0;)
        made.push_back(static_cast<std::byte>(pickled.size() >> (8 * i) & 0xff));
    made.insert(made.end(), pickled.begin(), pickled.end());
    return made;
}
[[nodiscard]] inline bytes frame_of(const value& content) {
    beckon::buffer out;
    EXPECT_TRUE(beckon::pickle::write(out, content));
    return framed(out.view());
}

/// One connection, by hand.
class hand_connection {
public:
    explicit hand_connection(std::unique_ptr<beckon::io::byte_stream> stream)
        : stream_(std::move(stream)) {}

    /// Whether the other side took it.
    bool send(byte_view left) {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!left.empty() && std::chrono::steady_clock::now() < end) {
            const auto wrote = stream_->write({&left, 1});
            if (wrote.status == beckon::io::io_status::failed) return false;
            if (wrote.status == beckon::io::io_status::ok) left = left.subspan(wrote.size);
        }
        return left.empty();
    }
    void end_output() { stream_->shutdown_write(); }
    /// All that comes until the other side closes, or there are `enough` bytes.
    [[nodiscard]] bytes read(std::size_t enough = ~std::size_t{0}) {
        bytes all;
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (all.size() < enough) {
            std::byte more[4096];
            const auto got = stream_->read_waiting(
                std::span(more).first(std::min(sizeof more, enough - all.size())), 100ms);
            if (got.status == beckon::io::io_status::ok) {
                all.insert(all.end(), more, more + got.size);
            } else if (got.status != beckon::io::io_status::would_block) {
                break;
            } else if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "nothing came for twenty seconds";
                break;
            }
        }
        return all;
    }
    /// The pickle of one frame; nothing where the other side closes before.
    [[nodiscard]] std::optional<bytes> read_frame() {
        const bytes header = read(4);
        if (header.size() < 4) return {};
        std::size_t length = 0;
        for (const std::byte each : header)
            length = length << 8 | std::to_integer<std::size_t>(each);
        bytes body = read(length);
        if (body.size() != length) return {};
        return body;
    }

private:
    std::unique_ptr<beckon::io::byte_stream> stream_;
};

/// A server of ours in memory, and as many connections by hand as a test wants.
class served {
public:
    explicit served(const std::string& options = {}, beckon::limits allowed = {})
        : inside(*beckon::context::create({})), name_(fresh_name()),
          server({.context = inside, .limits = allowed}) {
        static_cast<void>(server.listen(concat("pyrpc+memory:", name_, options)));
    }
    [[nodiscard]] hand_connection connect() const {
        return hand_connection(*inside->memory().connect(name_));
    }
    [[nodiscard]] std::string endpoint() const { return concat("pyrpc+memory:", name_); }
    /// What is answered to some bytes; nothing where no whole frame is.
    [[nodiscard]] std::optional<value> answer_to(byte_view sent) const {
        hand_connection peer = connect();
        static_cast<void>(peer.send(sent));
        const auto came = peer.read_frame();
        EXPECT_EQ(peer.read(), bytes()) << "the server says more than one thing";
        if (!came) return {};
        const auto read = beckon::pickle::read(*came, {.is_reply = true});
        EXPECT_TRUE(read) << read.error().to_string();
        return read ? std::optional(*read) : std::nullopt;
    }
    [[nodiscard]] value ask(const std::string& method, value arguments = value::tuple(),
                            value named = value::map()) const {
        const auto came =
            answer_to(frame_of(value::tuple({method, std::move(arguments), std::move(named)})));
        EXPECT_TRUE(came);
        return came ? *came : value();
    }

    const std::shared_ptr<beckon::context> inside;

private:
    const std::string name_;

public:
    beckon::server server;
};

/// A server that has been told what to do with each connection that asks something.
class scripted {
public:
    /// Gets the connection and the pickle that was asked, which may be none.
    using step = std::function<void(hand_connection&, const bytes& asked)>;

    explicit scripted(std::vector<step> steps)
        : inside(*beckon::context::create({})), name_(fresh_name()),
          listening_(*inside->memory().listen(name_)),
          thread_([this, steps = std::move(steps)] { serve(steps); }) {}
    ~scripted() {
        stops_ = true;
        thread_.join();
    }
    scripted(const scripted&) = delete;
    scripted& operator=(const scripted&) = delete;

    [[nodiscard]] beckon::connected connect(const std::string& options = {},
                                            beckon::limits allowed = {}) const {
        return beckon::connect(concat("pyrpc+memory:", name_, options),
                               {.context = inside, .limits = allowed});
    }
    /// What was asked, in order.
    [[nodiscard]] std::vector<bytes> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

    const std::shared_ptr<beckon::context> inside;

private:
    void serve(const std::vector<step>& steps) {
        std::vector<std::unique_ptr<hand_connection>> kept; // until the test is over
        std::size_t next = 0;
        while (!stops_) {
            static_cast<void>(beckon::io::wait_readable(listening_->descriptor(),
                                                        std::chrono::steady_clock::now() + 20ms));
            auto accepted = listening_->accept();
            if (!accepted || *accepted == nullptr) continue;
            auto peer = std::make_unique<hand_connection>(std::move(*accepted));
            const auto request = peer->read_frame();
            if (!request) continue; // who only looked whether somebody is there
            {
                const std::lock_guard lock(mutex_);
                asked_.push_back(*request);
            }
            if (next < steps.size()) steps[next++](*peer, *request);
        }
    }

    const std::string name_;
    const std::unique_ptr<beckon::io::listener> listening_;
    mutable std::mutex mutex_;
    std::vector<bytes> asked_;
    std::atomic<bool> stops_ = false;
    std::thread thread_;
};

/// Sends bytes and closes.
[[nodiscard]] inline scripted::step say(bytes answer) {
    return [answer = std::move(answer)](hand_connection& peer, const bytes&) {
        static_cast<void>(peer.send(answer));
        peer.end_output();
    };
}
/// Sends bytes and stays until the client has closed.
[[nodiscard]] inline scripted::step say_and_stay(bytes answer = {}) {
    return [answer = std::move(answer)](hand_connection& peer, const bytes&) {
        static_cast<void>(peer.send(answer));
        static_cast<void>(peer.read());
    };
}

/// What a call of the client's gives, its failure too.
[[nodiscard]] inline beckon::result<value> outcome_of(const std::function<value()>& call) {
    try {
        return call();
    } catch (...) {
        return beckon::error_of_current_exception();
    }
}

} // namespace pyrpc_test
