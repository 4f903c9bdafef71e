// Requests of the peer that wait for their answers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "protocol/rpyc/handler.hpp"
#include "protocol/rpyc/message.hpp"

namespace beckon::rpyc {

/// What an answer needs of its request.
struct open_request {
    std::string sequence; ///< Brine, to be echoed.
    handler asked = handler::ping;
    thread_binding threads; ///< As the request had them.
};

/// Gives requests the numbers that the session knows them by: RPyC's own may be any value, and double.
///
/// Thread-safety: none.
class open_requests {
public:
    /// Never 0.
    [[nodiscard]] std::uint32_t add(open_request request) {
        if (free_.empty()) {
            slots_.emplace_back();
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        }
        const std::uint32_t number = free_.back();
        free_.pop_back();
        slots_[number - 1] = {std::move(request), true};
        return number;
    }
    [[nodiscard]] const open_request& find(std::uint32_t number) const noexcept {
        return slots_[number - 1].request;
    }
    /// It has been answered.
    void remove(std::uint32_t number) {
        // Twice would give two requests the same number, and one of them the other's answer.
        if (std::exchange(slots_[number - 1].used, false)) free_.push_back(number);
    }

private:
    struct slot {
        open_request request;
        bool used = false;
    };
    std::vector<slot> slots_;
    std::vector<std::uint32_t> free_;
};

} // namespace beckon::rpyc
