// One direction of an in-process connection.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "io/descriptor.hpp"

namespace beckon::transport::memory {

/// A bounded ring of bytes. One eventfd polls readable while there is something to read, another one
/// writable while there is room; they are touched only when that changes.
///
/// Thread-safety: all functions from any thread.
class channel {
public:
    [[nodiscard]] static result<std::shared_ptr<channel>> create();
    channel(io::descriptor readable, io::descriptor writable) noexcept;

    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept;
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept;

    /// No more will be written; what is inside can still be read.
    void end_writing() noexcept;
    /// No more will be read; writing fails from now on.
    void end_reading() noexcept;
    [[nodiscard]] bool is_read() noexcept;

    [[nodiscard]] int readable() const noexcept { return readable_.get(); }
    [[nodiscard]] int writable() const noexcept { return writable_.get(); }

private:
    [[nodiscard]] bool grow(std::size_t needed) noexcept;
    void put(byte_view part) noexcept;
    void update() noexcept;

    const io::descriptor readable_; ///< Counter 1 while readable, else 0.
    const io::descriptor writable_; ///< Counter at its top while there is no room, else 0.

    std::mutex lock_;
    std::vector<std::byte> ring_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
    bool write_ended_ = false;
    bool read_ended_ = false;
    bool shows_readable_ = false;
    bool shows_full_ = false;
};

} // namespace beckon::transport::memory
