// A session's open streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "beckon/base/ref_counted.hpp"
#include "beckon/codec/native/stream.hpp"

namespace beckon {

class session;

/// A stream that this side produces. Holds the session: a stream under way keeps the conversation.
class stream_out final : public native::stream_outlet {
public:
    stream_out(session& owner, std::uint32_t number,
               intrusive_ptr<native::stream_producer> source) noexcept;
    ~stream_out() override;

    [[nodiscard]] bool has_credit() const noexcept override;
    [[nodiscard]] native::writer* begin_item() override;
    bool end_item() override;
    [[nodiscard]] bool takes_values() const noexcept override;
    bool send_value(const value& item) override;
    void end(std::optional<error> failure) override;
    /// Calls the producer, without the lock.
    void produce();

    // Guarded by the session's lock.
    const std::uint32_t id;
    std::int64_t credit = 0; ///< Bytes, or items; the item that uses it up may go below zero.
    bool started = false;    ///< The peer has read its number.
    bool posted = false;     ///< The producer is about to be called.
    bool ended = false;
    intrusive_ptr<native::stream_producer> producer;

private:
    /// What was written of an item is complete, or is taken back and ends the stream. Unlocks.
    bool finish_item(std::size_t start, std::size_t size, std::optional<error> failure);

    const intrusive_ptr<session> session_;
};

/// A stream that the peer produces.
class stream_in final : public native::stream_inlet {
public:
    stream_in(beckon::session& owner, std::uint32_t number,
              intrusive_ptr<native::stream_sink> taker) noexcept;
    ~stream_in() override;

    [[nodiscard]] intrusive_ptr<peer> session() override;
    void taken(std::uint32_t wire_bytes) override;
    /// A stream is dropped anywhere, also where the lock is held: this only notes it.
    void stop() noexcept override;
    /// REQUIRES: the session's lock.
    void grant(std::uint32_t wire_bytes);

    // Guarded by the session's lock.
    const std::uint32_t id;
    std::int64_t outstanding = 0;  ///< Granted and not used yet: bytes, or items.
    std::uint32_t ungranted = 0;   ///< Taken and not granted again yet; likewise.
    std::size_t waiting_bytes = 0; ///< Come and not taken yet, where credit counts items.
    bool ended = false;
    intrusive_ptr<native::stream_sink>
        sink; ///< Null: an item was refused, and no more are looked at.

    stream_in* next_stopped = nullptr; ///< While it waits for the session to tell the producer.

private:
    const intrusive_ptr<beckon::session> session_;
};

} // namespace beckon
