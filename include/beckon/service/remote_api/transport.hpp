// What a RemoteAPI talks through: a transport expression at work.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/time.hpp"
#include "beckon/service/carrier.hpp"

namespace beckon::quickrpc {

namespace detail {
class api_port;
}

/// A carrier whose conversations are those of the RemoteAPI that it is given to.
///
///   auto wire = std::make_shared<quickrpc::transport>("tcp:localhost:8888");
///   wire->start();
///   desk api({.transport = wire});
///
/// Thread-safety: all functions, from any thread.
/// Lifetime: stops when the last holder lets go of it, an API that uses it among them.
class transport {
public:
    /// Reads the expression; `options.protocol`, `speaks` and `shows` are not used. Throws parse_error, unsupported.
    explicit transport(std::string_view expression, carrier_options options = {});
    ~transport();
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    /// As carrier::start: returns when it runs.
    void start(nanoseconds at_most = std::chrono::seconds(10)) { carrier_.start(at_most); }
    future<void> start_soon(nanoseconds at_most = std::chrono::seconds(10)) {
        return carrier_.start_soon(at_most);
    }
    void stop() { carrier_.stop(); }
    [[nodiscard]] bool is_running() const { return carrier_.is_running(); }
    [[nodiscard]] std::string name() const { return carrier_.name(); }
    /// Ends one conversation; whether it was there.
    bool close(std::string_view peer) { return carrier_.close(peer); }
    /// The names of those who are there.
    [[nodiscard]] std::vector<std::string> peers() const;
    /// All else that it can do.
    [[nodiscard]] beckon::carrier& carrier() noexcept { return carrier_; }
    [[nodiscard]] const std::shared_ptr<detail::api_port>& port() const noexcept { return port_; }

    /// Whom a message to these names goes to. Unknown names are passed over, but where peers are reached by name (udp, bus):
    /// there they are errors, and an empty list means everybody.
    [[nodiscard]] result<std::vector<connected>> find(const std::vector<std::string>& names);

    /// Whether it is a `udp:PORT`, or has one in it: there what one sends to everybody one hears oneself.
    [[nodiscard]] bool hears_itself() const noexcept { return hears_itself_; }

private:
    const std::shared_ptr<detail::api_port> port_;
    beckon::carrier carrier_;
    const bool reaches_by_name_;
    const bool hears_itself_;
};

} // namespace beckon::quickrpc
