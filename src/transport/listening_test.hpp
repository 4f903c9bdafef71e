// Helpers for tests of transports that listen.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "beckon/base/log.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"
#include "beckon/io/wait.hpp"
#include "transport/conformance_test.hpp"

namespace beckon::transport {

inline io::endpoint at(std::string_view text) {
    auto where = io::parse_endpoint(text);
    EXPECT_TRUE(where) << text;
    return where ? *where : io::endpoint{};
}

/// Waits for the next connection.
inline std::unique_ptr<io::byte_stream> accept_one(io::listener& listening) {
    for (;;) {
        auto accepted = listening.accept();
        EXPECT_TRUE(accepted) << accepted.error().to_string();
        if (!accepted || *accepted) return std::move(accepted).value_or(nullptr);
        const time_point deadline = steady_clock_source().now() + std::chrono::seconds(20);
        EXPECT_TRUE(io::wait_readable(listening.descriptor(), deadline).ready);
    }
}

/// A listener and a client of it, as a pair for the conformance suite.
template <typename Connect, typename Listen>
stream_pair connect_pair(const io::endpoint& where, Connect connect, Listen listen) {
    auto listening = listen(where, io::listen_options{});
    EXPECT_TRUE(listening) << listening.error().to_string();
    auto near = connect((*listening)->local_endpoint(), io::connect_options{});
    EXPECT_TRUE(near) << near.error().to_string();
    auto far = accept_one(**listening);
    return {std::move(near).value(), std::move(far), nullptr};
}

/// A directory of its own, removed at the end.
class scratch_directory {
public:
    scratch_directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "beckon-XXXXXX").string();
        EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
        path_ = pattern;
    }
    ~scratch_directory() { std::filesystem::remove_all(path_); }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

/// Leaves this process no free descriptor while it lives.
class no_descriptors_left {
public:
    no_descriptors_left() {
        EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
        for (;;) {
            const int taken = ::dup(0);
            if (taken < 0) break;
            fillers_.push_back(taken);
            // Numbers may lie in use above the first gaps; below this limit no gap is left.
            if (fillers_.size() < 256) continue;
            rlimit tight = before_;
            tight.rlim_cur = static_cast<rlim_t>(taken) + 1;
            EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
        }
    }
    ~no_descriptors_left() {
        for (const int filler : fillers_) ::close(filler);
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    /// Frees some for use.
    void spare(std::size_t count) {
        for (; count > 0; --count) {
            ::close(fillers_.back());
            fillers_.pop_back();
        }
    }
    no_descriptors_left(const no_descriptors_left&) = delete;
    no_descriptors_left& operator=(const no_descriptors_left&) = delete;

private:
    rlimit before_{};
    std::vector<int> fillers_;
};

/// Keeps log lines as "[ID] text".
class kept_log final : public log_sink {
public:
    [[nodiscard]] bool wants(log_level) const noexcept override { return true; }
    void write(log_level, std::string_view id, std::string_view text) noexcept override {
        const std::lock_guard guard(lock_);
        lines_.push_back(concat("[", id, "] ", text));
    }
    [[nodiscard]] std::vector<std::string> lines() const {
        const std::lock_guard guard(lock_);
        return lines_;
    }

private:
    mutable std::mutex lock_;
    std::vector<std::string> lines_;
};

} // namespace beckon::transport
