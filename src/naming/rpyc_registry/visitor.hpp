// One TCP connection to the registry: a request in, a reply out, the end.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "beckon/io/byte_stream.hpp"
#include "beckon/io/event_loop.hpp"
#include "beckon/naming/rpyc_registry/types.hpp"

namespace beckon::naming::rpyc_registry {

class server_core;

/// Thread-safety: its fields are guarded by the core's mutex.
class visitor final : public io::watcher {
public:
    visitor(intrusive_ptr<server_core> core, std::unique_ptr<io::byte_stream> connection) noexcept;
    ~visitor() override;

    void on_ready(bool readable, bool writable) noexcept override;

    const intrusive_ptr<server_core> core;
    const std::unique_ptr<io::byte_stream> stream;
    io::watch_id watch{};
    io::timer_id timer{};
    // One more than allowed, so that a longer request is seen as such.
    std::array<std::byte, max_packet_bytes + 1> request{};
    std::size_t size = 0;
};

} // namespace beckon::naming::rpyc_registry
