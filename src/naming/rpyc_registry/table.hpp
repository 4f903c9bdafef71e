// Who registered which names, and when last; and the answers that follow from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/naming/rpyc_registry/types.hpp"

namespace beckon::naming::rpyc_registry {

struct table_options {
    nanoseconds prune_after{};
    std::size_t max_registrations_per_host = 0;
    std::size_t max_registrations = 0;
};

/// What has become of a name of a service.
struct table_event {
    bool added = false; ///< Else removed.
    std::string name;
    service_address where;
};

/// The registrations. What is out of date is never told, and goes when somebody asks for it or room is needed.
///
/// Thread-safety: none.
class table {
public:
    explicit table(const table_options& options) : options_(options) {}

    /// Registers or renews all the names, or none.
    ///
    /// Errors: limit_exceeded; invalid_argument for an empty name.
    result<void> add(const std::string& host, const std::vector<std::string>& names,
                     const service_port& port, time_point now);
    void remove(const std::string& host, const service_port& port);
    /// The one renewed longest ago first.
    [[nodiscard]] std::vector<service_address> find(std::string_view name, time_point now);
    /// In the order in which they were first registered.
    [[nodiscard]] std::vector<std::string> names(const std::optional<std::string>& host,
                                                 time_point now);
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// What has happened since this was called last, in order.
    [[nodiscard]] std::vector<table_event> take_events() noexcept {
        return std::exchange(events_, {});
    }

private:
    struct registration {
        service_address where;
        time_point renewed;
    };
    struct service {
        std::uint64_t order = 0;
        std::vector<registration> registrations{}; ///< By time of renewal.
    };

    template <typename Gone>
    void erase_if(const std::string& name, service& from, Gone gone);
    template <typename Gone>
    void erase_everywhere_if(Gone gone);
    void prune(time_point now);
    [[nodiscard]] bool is_out_of_date(const registration& each, time_point now) const noexcept;
    /// How many of the names the service does not hold yet.
    [[nodiscard]] std::size_t count_new(const service_address& where,
                                        const std::vector<std::string>& names) const;
    [[nodiscard]] result<void> check_room(const std::string& host, std::size_t more) const;

    const table_options options_;
    std::unordered_map<std::string, service> services_;
    std::unordered_map<std::string, std::size_t> per_host_;
    std::size_t size_ = 0;
    std::uint64_t next_order_ = 0;
    std::vector<table_event> events_;
};

struct answer_options {
    bool allow_listing = false;
    std::size_t max_list_bytes = max_packet_bytes;
};

/// The reply to a request that came from `host`.
///
/// Errors: why there is none.
[[nodiscard]] result<buffer> answer(table& known, byte_view packet, const std::string& host,
                                    time_point now, const answer_options& options);

} // namespace beckon::naming::rpyc_registry
