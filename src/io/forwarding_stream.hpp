// A stream around another one, which does everything that it does not do otherwise by that.
#pragma once

#include "beckon/io/byte_stream.hpp"
#include "io/parting_words.hpp"

namespace beckon::io {

/// Of streams that look at what passes, or put something before it. What they do themselves they override.
class forwarding_stream : public byte_stream, public parting_words {
public:
    io_result read(std::span<std::byte> into) noexcept override { return below_.read(into); }
    io_result read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept override {
        return below_.read_waiting(into, at_most);
    }
    io_result write(std::span<const byte_view> gathered) noexcept override {
        return below_.write(gathered);
    }
    [[nodiscard]] int read_descriptor() const noexcept override { return below_.read_descriptor(); }
    [[nodiscard]] bool has_waiting_input() const noexcept override {
        return below_.has_waiting_input();
    }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return below_.write_descriptor();
    }
    void acknowledge_at_once() noexcept override { below_.acknowledge_at_once(); }
    bool separate_views() noexcept override { return below_.separate_views(); }
    message_mode keep_messages() noexcept override { return below_.keep_messages(); }
    [[nodiscard]] first_content begins_with() noexcept override { return below_.begins_with(); }
    void shutdown_write() noexcept override { below_.shutdown_write(); }
    void end_because(errc why, std::string_view text) noexcept override {
        io::end_because(below_, why, text);
    }
    void close() noexcept override { below_.close(); }
    [[nodiscard]] reader_state peer_reads() const noexcept override { return below_.peer_reads(); }
    [[nodiscard]] std::string peer_name() const override { return below_.peer_name(); }
    [[nodiscard]] bool is_local() const noexcept override { return below_.is_local(); }
    [[nodiscard]] std::string exit_description() const override {
        return below_.exit_description();
    }
    [[nodiscard]] std::size_t max_message_bytes() const noexcept override {
        return below_.max_message_bytes();
    }
    [[nodiscard]] audience reaches() const noexcept override { return below_.reaches(); }
    [[nodiscard]] bool was_refused() const override { return below_.was_refused(); }
    [[nodiscard]] std::optional<peer_identity> identity() const override {
        return below_.identity();
    }
    [[nodiscard]] std::string agreed_protocol() const override { return below_.agreed_protocol(); }

protected:
    /// The derived class owns it.
    explicit forwarding_stream(byte_stream& below) noexcept : below_(below) {}
    [[nodiscard]] byte_stream& below() const noexcept { return below_; }

private:
    byte_stream& below_;
};

} // namespace beckon::io
