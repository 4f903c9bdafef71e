#include "naming/rpyc_registry/table.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "naming/rpyc_registry/packets.hpp"

namespace beckon::naming::rpyc_registry {

bool table::is_out_of_date(const registration& each, time_point now) const noexcept {
    return now - each.renewed > options_.prune_after;
}

template <typename Gone>
void table::erase_if(const std::string& name, service& from, Gone gone) {
    const auto forget = [&](const registration& each) {
        if (!gone(each)) return false;
        events_.push_back({false, name, each.where});
        const auto host = per_host_.find(each.where.host);
        if (--host->second == 0) per_host_.erase(host);
        --size_;
        return true;
    };
    std::erase_if(from.registrations, forget);
}

template <typename Gone>
void table::erase_everywhere_if(Gone gone) {
    for (auto next = services_.begin(); next != services_.end();) {
        erase_if(next->first, next->second, gone);
        next = next->second.registrations.empty() ? services_.erase(next) : std::next(next);
    }
}

void table::prune(time_point now) {
    erase_everywhere_if([&](const registration& each) { return is_out_of_date(each, now); });
}

std::size_t table::count_new(const service_address& where,
                             const std::vector<std::string>& names) const {
    return static_cast<std::size_t>(
        std::count_if(names.begin(), names.end(), [&](const auto& name) {
            const auto found = services_.find(name);
            if (found == services_.end()) return true;
            const auto& held = found->second.registrations;
            return std::none_of(held.begin(), held.end(),
                                [&](const registration& each) { return each.where == where; });
        }));
}

result<void> table::check_room(const std::string& host, std::size_t more) const {
    const auto found = per_host_.find(host);
    const std::size_t held = found == per_host_.end() ? 0 : found->second;
    if (held + more > options_.max_registrations_per_host) {
        return fail(errc::limit_exceeded, "host ", quoted(host), " would have ", held + more,
                    " registrations; limit is ", options_.max_registrations_per_host,
                    " (max_registrations_per_host)");
    }
    if (size_ + more > options_.max_registrations) {
        return fail(errc::limit_exceeded, "registry would have ", size_ + more,
                    " registrations; limit is ", options_.max_registrations,
                    " (max_registrations)");
    }
    return {};
}

result<void> table::add(const std::string& host, const std::vector<std::string>& names,
                        const service_port& port, time_point now) {
    std::vector<std::string> upper;
    std::unordered_set<std::string> seen;
    for (const std::string& name : names) {
        if (name.empty()) return fail(errc::invalid_argument, "service has an empty name");
        if (auto next = upper_case(name); seen.insert(next).second)
            upper.push_back(std::move(next));
    }
    const service_address where{host, port};
    if (!check_room(host, count_new(where, upper))) {
        prune(now);
        BECKON_TRY(check_room(host, count_new(where, upper)));
    }
    for (const std::string& name : upper) {
        const auto [found, is_new] = services_.try_emplace(name);
        if (is_new) found->second.order = next_order_++;
        auto& held = found->second.registrations;
        const auto old = std::find_if(held.begin(), held.end(), [&](const registration& each) {
            return each.where == where;
        });
        if (old != held.end()) { // renewed: the last of all from now on
            old->renewed = now;
            std::rotate(old, old + 1, held.end());
            continue;
        }
        held.push_back({where, now});
        ++per_host_[host];
        ++size_;
        events_.push_back({true, name, where});
    }
    return {};
}

void table::remove(const std::string& host, const service_port& port) {
    if (!per_host_.contains(host)) return;
    const service_address where{host, port};
    erase_everywhere_if([&](const registration& each) { return each.where == where; });
}

std::vector<service_address> table::find(std::string_view name, time_point now) {
    const auto found = services_.find(upper_case(name));
    if (found == services_.end()) return {};
    erase_if(found->first, found->second,
             [&](const registration& each) { return is_out_of_date(each, now); });
    std::vector<service_address> made;
    for (const registration& each : found->second.registrations) made.push_back(each.where);
    if (made.empty()) services_.erase(found);
    return made;
}

std::vector<std::string> table::names(const std::optional<std::string>& host, time_point now) {
    prune(now);
    std::vector<std::pair<std::uint64_t, std::string>> ordered;
    for (const auto& [name, held] : services_) {
        const auto& all = held.registrations;
        if (host && std::none_of(all.begin(), all.end(), [&](const registration& each) {
                return each.where.host == *host;
            })) {
            continue;
        }
        ordered.emplace_back(held.order, name);
    }
    std::sort(ordered.begin(), ordered.end());
    std::vector<std::string> made;
    for (auto& [order, name] : ordered) made.push_back(std::move(name));
    return made;
}

result<buffer> answer(table& known, byte_view packet, const std::string& host, time_point now,
                      const answer_options& options) {
    if (packet.size() > max_packet_bytes) {
        return fail(errc::limit_exceeded, "peer sent a request of more than ", max_packet_bytes,
                    " bytes");
    }
    BECKON_ASSIGN(const request asked, read_request(packet));
    switch (asked.command) {
    case command::query:
        return write_addresses(known.find(asked.names.front(), now), max_packet_bytes);
    case command::list:
        if (!options.allow_listing) return write_no_names();
        return write_names(known.names(asked.host, now), options.max_list_bytes);
    case command::add: BECKON_TRY(known.add(host, asked.names, asked.port, now)); break;
    case command::remove: known.remove(host, asked.port); break;
    }
    return write_acknowledgement();
}

} // namespace beckon::naming::rpyc_registry
