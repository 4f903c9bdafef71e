// In-process connections: `memory:name`, for tests and for parts of one program.
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"

namespace beckon::transport::memory {

/// The names that listen in one context. Two networks know nothing of each other.
///
/// Thread-safety: all functions from any thread.
/// Lifetime: streams and listeners may outlive the network.
class network {
public:
    network();
    ~network();
    network(const network&) = delete;
    network& operator=(const network&) = delete;

    /// Errors: invalid_argument for an empty name; address_in_use; io_error without descriptors.
    [[nodiscard]] result<std::unique_ptr<io::listener>>
    listen(std::string_view name, const io::listen_options& options = {});

    /// Never waits. Each direction holds up to `buffered_bytes`; a full one gives `would_block`.
    ///
    /// Errors: not_found when nobody listens under the name; overloaded when as many connections as
    /// `listen_options::backlog` says wait to be accepted; io_error without descriptors.
    [[nodiscard]] result<std::unique_ptr<io::byte_stream>>
    connect(std::string_view name, const io::connect_options& options = {});

    /// Two connected streams without a name that listens.
    ///
    /// Errors: io_error without descriptors.
    struct pair {
        std::unique_ptr<io::byte_stream> first;
        std::unique_ptr<io::byte_stream> second;
    };
    [[nodiscard]] static result<pair> make_pair(std::string_view name);
    /// The same, with what each side calls the other one.
    [[nodiscard]] static result<pair> make_pair(std::string first_sees, std::string second_sees,
                                                io::audience reaches);

    /// The buses of bus.hpp, made by `make` where there are none yet.
    class bus_table;
    [[nodiscard]] std::shared_ptr<bus_table> buses(std::shared_ptr<bus_table> (*make)()) const;

private:
    class state;
    std::shared_ptr<state> state_;
};

/// Bytes that each direction of a connection holds at most. The memory grows with what is in it.
inline constexpr std::size_t buffered_bytes = 65'536;

[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect(network& inside, const io::endpoint& where, const io::connect_options& options = {});
[[nodiscard]] result<std::unique_ptr<io::listener>>
listen(network& inside, const io::endpoint& where, const io::listen_options& options = {});

} // namespace beckon::transport::memory
