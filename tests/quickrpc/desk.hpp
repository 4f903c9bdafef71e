// The API that the recorded dispatches are about, and its other side by hand.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "beckon/quickrpc.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "codec/quickrpc_vectors_test.hpp"

namespace quickrpc_test {

using namespace std::chrono_literals;
using namespace beckon::quickrpc;
using beckon::as_bytes;
using beckon::concat;
using beckon::metadata;
using beckon::result;
using beckon::value;
using beckon::quickrpc::vectors::described;
using beckon::quickrpc::vectors::section;
using beckon::quickrpc::vectors::text_of;

/// Sends a user's name with every message, and believes what it is told.
class believing final : public beckon::message_security {
public:
    explicit believing(std::string user) : user_(std::move(user)) {}
    [[nodiscard]] std::string_view name() const noexcept override { return "believing"; }
    [[nodiscard]] result<outgoing> protect(beckon::byte_view) override {
        return outgoing{.header = {{"user", user_}}};
    }
    [[nodiscard]] result<incoming> check(beckon::byte_view, const metadata& header) override {
        incoming made;
        for (const auto& [key, text] : header) {
            if (key == "user") made.user = text;
        }
        return made;
    }
    [[nodiscard]] bool takes_bare_messages() const noexcept override { return true; }

private:
    const std::string user_;
};

inline beckon::message_security_maker believes(const std::string& user) {
    return [user](beckon::security_side) { return std::make_unique<believing>(user); };
}

/// What the vectors call the declared API.
struct desk : remote_api {
    explicit desk(api_options options = {}) : remote_api(quiet(std::move(options))) {
        declare_local("helper");
    }

    incoming<void(value)> note{*this, "note", param("a", nullptr)};
    incoming<value(value, value)> add{*this, "add", "a", param("b", 5)};
    incoming<value(value, value)> pos{*this, "pos", "x", param("y", 2), allow_positional_args};
    incoming<std::string()> fixed{*this, "fixed",
                                  body([] { return std::string("from the declaration"); })};
    outgoing<void(std::string)> cast{*this, "cast", param("text", "")};
    outgoing<value(int)> ask{*this, "ask", param("q", 0)};
    outgoing<void(int, int)> pcast{*this, "pcast", param("x", 0), param("y", 0),
                                   allow_positional_args};
    outgoing<void(int)> checked{*this, "checked", param("n", 0), body([](int n) {
                                    if (n < 0) throw std::invalid_argument("negative");
                                })};

    void message_error(const std::string& sender, const beckon::error& failure,
                       std::string_view method) override {
        const std::lock_guard lock(mutex_);
        errors_.push_back(
            concat(sender.empty() ? "nobody" : "peer", ' ', method, ": ", failure.message()));
    }
    [[nodiscard]] std::vector<std::string> errors() const {
        const std::lock_guard lock(mutex_);
        return errors_;
    }

private:
    static api_options quiet(api_options options) {
        options.log = &beckon::null_log();
        return options;
    }
    mutable std::mutex mutex_;
    std::vector<std::string> errors_;
};

/// The bytes that one peer sees.
class raw_peer {
public:
    explicit raw_peer(std::unique_ptr<beckon::io::byte_stream> stream)
        : stream_(std::move(stream)) {}

    void send(std::string_view all) {
        beckon::byte_view left = as_bytes(all);
        while (!left.empty()) {
            const auto wrote = stream_->write({&left, 1});
            if (wrote.status == beckon::io::io_status::failed) return;
            if (wrote.status == beckon::io::io_status::ok) left = left.subspan(wrote.size);
        }
    }
    /// Up to and with the delimiter.
    [[nodiscard]] std::string read(char delimiter = '\0') {
        const auto end = std::chrono::steady_clock::now() + 10s;
        for (;;) {
            if (const std::size_t at = input_.find(delimiter); at != std::string::npos) {
                std::string one = input_.substr(0, at + 1);
                input_.erase(0, at + 1);
                return one;
            }
            std::byte more[4096];
            const auto got = stream_->read_waiting(more, 100ms);
            if (got.status == beckon::io::io_status::ok) {
                input_.append(reinterpret_cast<const char*>(more), got.size);
            } else if (got.status != beckon::io::io_status::would_block) {
                return {};
            } else if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "nothing came for ten seconds; there is: " << input_;
                return {};
            }
        }
    }
    void close() { stream_->close(); }

private:
    std::unique_ptr<beckon::io::byte_stream> stream_;
    std::string input_;
};

/// A transport that others connect to, within this process.
class wire {
public:
    wire()
        : inside_(*beckon::context::create({.log = &beckon::null_log()})), name_(fresh()),
          through(std::make_shared<transport>("listen:memory:" + name_, options())) {}

    [[nodiscard]] raw_peer connect() const { return raw_peer(*inside_->memory().connect(name_)); }
    /// The other end for an API.
    [[nodiscard]] std::shared_ptr<transport> other_end() const {
        return std::make_shared<transport>("memory:" + name_, options());
    }
    /// Waits until so many peers are there.
    void await_peers(std::size_t count) const {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (through->peers().size() != count && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        EXPECT_EQ(through->peers().size(), count);
    }

private:
    [[nodiscard]] static std::string fresh() {
        static int last = 0;
        return concat("desk-", std::chrono::steady_clock::now().time_since_epoch().count(), '-',
                      ++last);
    }
    [[nodiscard]] beckon::carrier_options options() const {
        beckon::carrier_options chosen;
        chosen.serving.context = inside_;
        return chosen;
    }

    const std::shared_ptr<beckon::context> inside_;
    const std::string name_;

public:
    const std::shared_ptr<transport> through;
};

/// A message to compare: without the text of a trace, which is free.
[[nodiscard]] inline std::string comparable(std::string text) {
    const std::size_t trace = text.find("\"data\": \"Traceback");
    if (trace == std::string::npos) return text;
    const std::size_t begin = trace + 9;
    std::size_t end = begin;
    while (text[end] != '"' || text[end - 1] == '\\') ++end;
    return text.erase(begin, end - begin);
}
/// The same of ours, where the original had a trace.
[[nodiscard]] inline std::string comparable_to(const std::string& theirs, std::string ours) {
    if (theirs.find("\"data\": \"Traceback") == std::string::npos) return ours;
    const std::size_t begin = ours.find("\"data\": \"");
    if (begin == std::string::npos) return ours;
    std::size_t end = begin + 9;
    while (ours[end] != '"' || ours[end - 1] == '\\') ++end;
    return ours.erase(begin + 9, end - begin - 9);
}

/// Looks until something holds that is about to; false after ten seconds.
[[nodiscard]] inline bool eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

} // namespace quickrpc_test
