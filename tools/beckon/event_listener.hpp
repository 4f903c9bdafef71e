// `@events`: an object that prints each call it gets.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>

#include "beckon/object/dynamic_interface.hpp"
#include "dynamic_peer.hpp"

namespace command {

/// Makes listeners, and knows when nobody has a reference to one any more.
class event_listener {
public:
    event_listener();

    /// An object of the interface that prints {"method": ..., "arguments": {...}} for each call. Its
    /// results are zero, empty or null.
    [[nodiscard]] beckon::object make(const beckon::dynamic_interface& interface);
    /// The same for a peer without schemas: an object with every method that anybody calls.
    [[nodiscard]] beckon::object make(std::shared_ptr<const dynamic_peer> peer);
    /// Waits until the peer has let go of all of them, or the time is over, or `given_up` says so.
    void wait_until_released(std::optional<std::chrono::nanoseconds> at_most,
                             const std::function<bool()>& given_up);

private:
    struct alive {
        ~alive() { gone.set_value(); }
        std::promise<void> gone;
    };
    bool made_ = false;
    std::shared_ptr<alive> alive_;
    std::future<void> released_;
};

} // namespace command
