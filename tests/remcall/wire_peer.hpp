// The other side of a remcall conversation, by hand: bytes out, bytes in.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/kept_log_test.hpp"
#include "beckon/beckon.hpp"
#include "beckon/protocol/remcall/remcall.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "codec/vector_file_test.hpp"

namespace remcall_test {

using namespace std::chrono_literals;
using beckon::byte_view;
using beckon::bytes;
using beckon::concat;
using beckon::errc;
using beckon::kept_log;
using beckon::value;
using beckon::vectors::from_hex;

[[nodiscard]] inline std::string fresh_name() {
    static int last = 0;
    return concat("remcall-", std::chrono::steady_clock::now().time_since_epoch().count(), '-',
                  ++last);
}

/// The section of the recorded vectors.
[[nodiscard]] inline value section(std::string_view key) {
    return beckon::vectors::section_of("remcall.json", key, value::list());
}
/// The member of a section that has the name.
[[nodiscard]] inline value named(std::string_view key, std::string_view name) {
    for (const value& each : section(key)) {
        if (each["name"] == value(name)) return each;
    }
    ADD_FAILURE() << "nothing of " << key << " is called " << name;
    return value::map();
}

class wire_peer {
public:
    explicit wire_peer(std::unique_ptr<beckon::io::byte_stream> stream)
        : stream_(std::move(stream)) {}

    void send(byte_view left) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!left.empty() && std::chrono::steady_clock::now() < end) {
            const auto wrote = stream_->write({&left, 1});
            if (wrote.status == beckon::io::io_status::failed) return; // what follows finds the end
            if (wrote.status == beckon::io::io_status::ok) left = left.subspan(wrote.size);
        }
        EXPECT_TRUE(left.empty()) << "the session takes nothing";
    }
    void send(std::string_view hex) { send(byte_view(from_hex(hex))); }
    /// The next so many bytes, as digits; fewer where the conversation has ended.
    [[nodiscard]] std::string read(std::size_t count) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (input_.size() < count) {
            std::byte more[4096];
            const auto got = stream_->read_waiting(more, 100ms);
            if (got.status == beckon::io::io_status::ok) {
                input_.append({more, got.size});
            } else if (got.status != beckon::io::io_status::would_block) {
                break;
            } else if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "nothing came for ten seconds, after "
                              << beckon::to_hex(input_.view());
                break;
            }
        }
        const std::size_t size = std::min(count, input_.size());
        std::string hex = beckon::to_hex(input_.view().first(size));
        input_.consume(size);
        return hex;
    }
    /// Reads as much as was expected, and compares.
    void expect(std::string_view hex) { EXPECT_EQ(read(hex.size() / 2), hex); }
    /// What comes until the end.
    [[nodiscard]] std::string read_all() { return read(SIZE_MAX); }
    void close() { stream_.reset(); }

private:
    std::unique_ptr<beckon::io::byte_stream> stream_;
    beckon::buffer input_;
};

inline constexpr std::string_view knock = "0707070707070707";

/// A place in memory that servers listen at and clients connect to.
struct place {
    place() : inside(*beckon::context::create({.log = log})), name(fresh_name()) {}
    [[nodiscard]] std::string endpoint(std::string_view options = "") const {
        return concat("remcall+memory:", name, options);
    }
    [[nodiscard]] wire_peer connect() const { return wire_peer(*inside->memory().connect(name)); }

    kept_log log;
    const std::shared_ptr<beckon::context> inside;
    const std::string name;
};

/// Until `holds` does, at most ten seconds.
template <typename Condition>
void await(const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
        ASSERT_LT(std::chrono::steady_clock::now(), end);
        std::this_thread::yield();
    }
}

} // namespace remcall_test
