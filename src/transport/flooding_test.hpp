// A peer that never stops sending, for tests of what runs over it.
#pragma once

#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "beckon/io/byte_stream.hpp"
#include "io/descriptor.hpp"

namespace beckon::transport {

/// Gives `first`, then the same for ever, and counts how often it was asked.
class flooding final : public io::byte_stream {
public:
    flooding(std::string_view first, std::string_view text, unsigned most = 1000)
        : first_(first), text_(text), most_(most) {}
    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept override {
        if (silent) return {io::io_status::would_block, 0, 0};
        // So many that no reader with a bound comes here, and one without does not run for ever.
        if (++reads == most_) return {io::io_status::end, 0, 0};
        std::size_t size = 0;
        if (!first_.empty()) {
            size = std::min(first_.size(), into.size());
            std::memcpy(into.data(), first_.data(), size);
            first_.erase(0, size);
            return {io::io_status::ok, size, 0};
        }
        for (; size + text_.size() <= into.size(); size += text_.size())
            std::memcpy(into.data() + size, text_.data(), text_.size());
        return {io::io_status::ok, size, 0};
    }
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept override {
        std::size_t total = 0;
        for (const byte_view each : gathered) total += each.size();
        return {io::io_status::ok, total, 0};
    }
    [[nodiscard]] int read_descriptor() const noexcept override { return event_.get(); }
    [[nodiscard]] int write_descriptor() const noexcept override { return event_.get(); }
    void shutdown_write() noexcept override {}
    void close() noexcept override {}
    [[nodiscard]] std::string peer_name() const override { return "flood:"; }
    [[nodiscard]] bool is_local() const noexcept override { return true; }

    unsigned reads = 0;
    bool silent = false;

private:
    std::string first_;
    const std::string text_;
    const unsigned most_;
    const io::descriptor event_{::eventfd(1, EFD_CLOEXEC)};
};

} // namespace beckon::transport
