#include "service/detection/begun_stream.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "io/forwarding_stream.hpp"

namespace beckon::detection {

namespace {

class begun_stream final : public io::forwarding_stream {
public:
    begun_stream(std::unique_ptr<io::byte_stream> below, bytes heard)
        : forwarding_stream(*below), below_(std::move(below)), heard_(std::move(heard)) {}

    io::io_result read(std::span<std::byte> into) noexcept override {
        return at_ == heard_.size() ? below_->read(into) : give(into);
    }
    io::io_result read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept override {
        return at_ == heard_.size() ? below_->read_waiting(into, at_most) : give(into);
    }
    [[nodiscard]] bool has_waiting_input() const noexcept override {
        return at_ != heard_.size() || below_->has_waiting_input();
    }
    /// Those that were heard were none.
    io::message_mode keep_messages() noexcept override { return io::message_mode::none; }

private:
    [[nodiscard]] io::io_result give(std::span<std::byte> into) noexcept {
        const std::size_t size = std::min(into.size(), heard_.size() - at_);
        std::memcpy(into.data(), heard_.data() + at_, size);
        at_ += size;
        if (at_ == heard_.size()) {
            heard_ = bytes();
            at_ = 0;
        }
        return {io::io_status::ok, size, 0};
    }

    const std::unique_ptr<io::byte_stream> below_;
    bytes heard_; // the reader's own
    std::size_t at_ = 0;
};

} // namespace

std::unique_ptr<io::byte_stream> make_begun_stream(std::unique_ptr<io::byte_stream> below,
                                                   bytes heard) {
    if (heard.empty()) return below;
    return std::make_unique<begun_stream>(std::move(below), std::move(heard));
}

} // namespace beckon::detection
