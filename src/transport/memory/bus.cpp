#include "beckon/transport/memory/bus.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "io/descriptor.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::memory {

namespace {

/// Where the others put their connections. Guarded by its bus's lock, but for what is constant.
struct member {
    std::string name;
    std::deque<std::unique_ptr<io::byte_stream>> waiting;
    io::descriptor event; ///< Readable while somebody waits.

    void put(std::unique_ptr<io::byte_stream> stream) {
        waiting.push_back(std::move(stream));
        ::eventfd_write(event.get(), 1);
    }
};

struct bus {
    std::string name;
    std::uint64_t next_number = 0; ///< Of members without a name.
    std::vector<std::shared_ptr<member>> members;
};

[[nodiscard]] std::string called(const std::string& name) { return concat("internal://", name); }

} // namespace

class network::bus_table {
public:
    std::mutex lock;
    std::map<std::string, std::shared_ptr<bus>, std::less<>> buses;
};

namespace {

class bus_listener final : public io::listener {
public:
    bus_listener(std::shared_ptr<network::bus_table> table, std::shared_ptr<bus> joined,
                 std::shared_ptr<member> self)
        : table_(std::move(table)), bus_(std::move(joined)), self_(std::move(self)) {
        local_.transport = "internal";
        local_.address = concat(bus_->name, ':', self_->name);
    }
    ~bus_listener() override { bus_listener::close(); }

    result<std::unique_ptr<io::byte_stream>> accept() override {
        const std::lock_guard guard(table_->lock);
        if (closed_) return fail(errc::disconnected, "member ", to_string(local_), " has left");
        if (self_->waiting.empty()) return std::unique_ptr<io::byte_stream>();
        std::unique_ptr<io::byte_stream> next = std::move(self_->waiting.front());
        self_->waiting.pop_front();
        eventfd_t count = 0;
        if (self_->waiting.empty()) ::eventfd_read(self_->event.get(), &count);
        return next;
    }
    [[nodiscard]] int descriptor() const noexcept override { return self_->event.get(); }
    [[nodiscard]] const io::endpoint& local_endpoint() const noexcept override { return local_; }
    result<std::unique_ptr<io::byte_stream>> reach(std::string_view name) override {
        const std::lock_guard guard(table_->lock);
        for (const auto& each : bus_->members) {
            if (each->name != name) continue;
            BECKON_ASSIGN(
                network::pair ends,
                network::make_pair(called(each->name), called(self_->name), io::audience::aside));
            each->put(std::move(ends.second));
            return std::move(ends.first);
        }
        return fail(errc::not_found, "sending to bus ", quoted(bus_->name), ": unknown receiver ",
                    quoted(name));
    }
    void close() noexcept override {
        std::deque<std::unique_ptr<io::byte_stream>> refused; // ends outside the lock
        const std::lock_guard guard(table_->lock);
        if (std::exchange(closed_, true)) return;
        refused.swap(self_->waiting);
        std::erase(bus_->members, self_);
        if (!bus_->members.empty()) return;
        // Not the one of that name that was made since.
        const auto found = table_->buses.find(bus_->name);
        if (found != table_->buses.end() && found->second == bus_) table_->buses.erase(found);
    }

private:
    const std::shared_ptr<network::bus_table> table_;
    const std::shared_ptr<bus> bus_;
    const std::shared_ptr<member> self_;
    io::endpoint local_;
    bool closed_ = false; ///< Guarded by the table's lock.
};

} // namespace

result<std::unique_ptr<io::listener>> join(network& inside, const io::endpoint& where,
                                           const io::listen_options&) {
    const std::string_view address = where.address;
    const std::size_t first = std::min(address.find(':'), address.size());
    const std::string_view rest = first < address.size() ? address.substr(first + 1) : "";
    const std::string bus_name(first == 0 ? "internal" : address.substr(0, first));
    const auto self = std::make_shared<member>();
    self->name = rest.substr(0, rest.find(':'));
    self->event.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!self->event) return io::os_fail(errc::io_error, errno, "cannot make an event descriptor");

    const auto table = inside.buses([] { return std::make_shared<network::bus_table>(); });
    const std::lock_guard guard(table->lock);
    std::shared_ptr<bus> joined;
    const auto found = table->buses.find(bus_name);
    if (found != table->buses.end()) joined = found->second;
    if (!joined) {
        joined = std::make_shared<bus>();
        joined->name = bus_name;
    }
    if (joined->members.size() >= max_bus_members) {
        return fail(errc::overloaded, "bus ", quoted(bus_name), " has ", joined->members.size(),
                    " members; its limit is ", max_bus_members);
    }
    std::string name = self->name;
    if (name.empty()) name = concat(bus_name, '.', joined->next_number);
    // All connections first, so that nobody hears of one who could not join.
    std::vector<network::pair> pairs;
    for (const auto& each : joined->members) {
        BECKON_ASSIGN(
            network::pair ends,
            network::make_pair(called(each->name), called(name),
                               each->name == name ? io::audience::aside : io::audience::peer));
        pairs.push_back(std::move(ends));
    }
    if (self->name.empty()) ++joined->next_number;
    self->name = std::move(name);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        self->put(std::move(pairs[i].first));
        joined->members[i]->put(std::move(pairs[i].second));
    }
    joined->members.push_back(self);
    table->buses.insert_or_assign(bus_name, joined);
    return std::unique_ptr<io::listener>(std::make_unique<bus_listener>(table, joined, self));
}

} // namespace beckon::transport::memory
