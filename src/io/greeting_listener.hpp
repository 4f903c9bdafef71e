// Accepts connections of a transport that greets, once the greeting is done; those under way are driven by whoever calls
// accept.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "beckon/base/function.hpp"
#include "beckon/base/log.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"
#include "io/descriptor.hpp"
#include "io/greeting_stream.hpp"

namespace beckon::io {

/// Handshakes that one remote address may have under way.
inline constexpr std::size_t most_handshakes_of_address = 64;

/// Its descriptor is an epoll set of the listener below, the connections whose handshake is under way, and a timer for the
/// one that began first: all have the same time.
class greeting_listener final : public listener {
public:
    /// Puts the greeting over a connection that was accepted.
    using maker = function<result<std::unique_ptr<greeting_stream>>(std::unique_ptr<byte_stream>)>;

    /// `path` stands behind the address that the listener tells. Errors: io_error without descriptors.
    [[nodiscard]] static result<std::unique_ptr<listener>>
    create(const greeting_words& words, maker make, std::unique_ptr<listener> below,
           const listen_options& options, std::string_view path = {});
    ~greeting_listener() override;

    [[nodiscard]] result<std::unique_ptr<byte_stream>> accept() override;
    [[nodiscard]] int descriptor() const noexcept override { return set_.get(); }
    [[nodiscard]] const endpoint& local_endpoint() const noexcept override { return local_; }
    void close() noexcept override;

private:
    struct greeting_peer {
        std::unique_ptr<greeting_stream> connection;
        std::string address; ///< Without the port; empty where the peer is on this machine.
        time_point until;
        bool awaits_room = false;
    };

    greeting_listener(const greeting_words& words, maker make, std::unique_ptr<listener> below,
                      io::descriptor set, io::descriptor timer, const listen_options& options,
                      std::string_view path);

    [[nodiscard]] result<std::uint64_t> take_next();
    [[nodiscard]] std::unique_ptr<byte_stream> go_on(std::uint64_t number);
    void drop(std::uint64_t number, const error& reason);
    void make_room_for(const std::string& address);
    void drop_late();
    void set_timer() noexcept;
    [[nodiscard]] bool watch(int fd, std::uint32_t events, std::uint64_t number,
                             int command) noexcept;

    const greeting_words words_;
    maker make_;
    const std::unique_ptr<listener> below_;
    const io::descriptor set_;
    const io::descriptor timer_;
    const nanoseconds within_;
    const std::size_t most_;
    log_sink& log_;
    endpoint local_;

    // Used by accept alone.
    std::unordered_map<std::uint64_t, greeting_peer> peers_;
    std::deque<std::uint64_t> order_; ///< By age; some may be done already.
    std::uint64_t last_ = 1;
    unsigned work_ = 0; ///< Since the last time that there was nobody.
};

} // namespace beckon::io
