#include "beckon/transport/memory/memory.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "beckon/base/function.hpp"
#include "io/os_error.hpp"
#include "transport/memory/channel.hpp"

namespace beckon::transport::memory {

namespace {

class memory_stream final : public io::byte_stream {
public:
    memory_stream(std::shared_ptr<channel> in, std::shared_ptr<channel> out, std::string peer,
                  io::audience reaches)
        : in_(std::move(in)), out_(std::move(out)), peer_(std::move(peer)), reaches_(reaches) {}
    ~memory_stream() override { memory_stream::close(); }

    io::io_result read(std::span<std::byte> into) noexcept override { return in_->read(into); }
    io::io_result write(std::span<const byte_view> gathered) noexcept override {
        return out_->write(gathered);
    }
    [[nodiscard]] int read_descriptor() const noexcept override { return in_->readable(); }
    [[nodiscard]] int write_descriptor() const noexcept override { return out_->writable(); }
    void shutdown_write() noexcept override { out_->end_writing(); }
    void close() noexcept override {
        out_->end_writing();
        in_->end_reading();
    }
    [[nodiscard]] io::reader_state peer_reads() const noexcept override {
        return out_->is_read() ? io::reader_state::there : io::reader_state::gone;
    }
    [[nodiscard]] std::string peer_name() const override { return peer_; }
    [[nodiscard]] bool is_local() const noexcept override { return true; }
    [[nodiscard]] io::audience reaches() const noexcept override { return reaches_; }

private:
    const std::shared_ptr<channel> in_;
    const std::shared_ptr<channel> out_;
    const std::string peer_;
    const io::audience reaches_;
};

/// The connections that wait under one name.
struct queue {
    std::mutex lock;
    std::deque<std::unique_ptr<io::byte_stream>> waiting;
    std::size_t most = 0;
    bool closed = false;
    io::descriptor event; ///< Readable while somebody waits.
};

std::string full_name(std::string_view name) {
    io::endpoint where;
    where.transport = "memory";
    where.address = name;
    return to_string(where);
}

} // namespace

class network::state {
public:
    std::mutex lock;
    std::map<std::string, std::shared_ptr<queue>, std::less<>> names;
    std::shared_ptr<bus_table> buses;
};

namespace {

class memory_listener final : public io::listener {
public:
    memory_listener(std::shared_ptr<queue> connections, io::endpoint local, function<void()> forget)
        : connections_(std::move(connections)), local_(std::move(local)),
          forget_(std::move(forget)) {}
    ~memory_listener() override { memory_listener::close(); }

    result<std::unique_ptr<io::byte_stream>> accept() override {
        const std::lock_guard guard(connections_->lock);
        if (connections_->closed)
            return fail(errc::disconnected, "listener ", to_string(local_), " was closed");
        if (connections_->waiting.empty()) return std::unique_ptr<io::byte_stream>();
        std::unique_ptr<io::byte_stream> next = std::move(connections_->waiting.front());
        connections_->waiting.pop_front();
        eventfd_t count = 0;
        if (connections_->waiting.empty()) ::eventfd_read(connections_->event.get(), &count);
        return next;
    }
    [[nodiscard]] int descriptor() const noexcept override { return connections_->event.get(); }
    [[nodiscard]] const io::endpoint& local_endpoint() const noexcept override { return local_; }
    void close() noexcept override {
        std::deque<std::unique_ptr<io::byte_stream>> refused; // Ends outside the lock.
        {
            const std::lock_guard guard(connections_->lock);
            if (std::exchange(connections_->closed, true)) return;
            refused.swap(connections_->waiting);
        }
        forget_();
    }

private:
    const std::shared_ptr<queue> connections_;
    const io::endpoint local_;
    function<void()> forget_;
};

} // namespace

network::network() : state_(std::make_shared<state>()) {}
network::~network() = default;

result<std::unique_ptr<io::listener>> network::listen(std::string_view name,
                                                      const io::listen_options& options) {
    if (name.empty()) {
        return fail(errc::invalid_argument,
                    "endpoint \"memory:\" has no name, expected memory:NAME");
    }
    const auto connections = std::make_shared<queue>();
    connections->most = static_cast<std::size_t>(std::max(options.backlog, 1));
    connections->event.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!connections->event)
        return io::os_fail(errc::io_error, errno, "cannot make an event descriptor");
    io::endpoint local;
    local.transport = "memory";
    local.address = name;
    {
        const std::lock_guard guard(state_->lock);
        if (!state_->names.emplace(name, connections).second) {
            return fail(errc::address_in_use, full_name(name),
                        " is taken: this program listens there already; close that listener, or "
                        "choose another name");
        }
    }
    return std::unique_ptr<io::listener>(std::make_unique<memory_listener>(
        connections, std::move(local), [names = state_, connections] {
            const std::lock_guard guard(names->lock);
            for (auto each = names->names.begin(); each != names->names.end(); ++each) {
                if (each->second != connections) continue;
                names->names.erase(each);
                return;
            }
        }));
}

result<network::pair> network::make_pair(std::string_view name) {
    return make_pair(full_name(name), full_name(name), io::audience::peer);
}

result<network::pair> network::make_pair(std::string first_sees, std::string second_sees,
                                         io::audience reaches) {
    BECKON_ASSIGN(const std::shared_ptr<channel> forth, channel::create());
    BECKON_ASSIGN(const std::shared_ptr<channel> back, channel::create());
    return pair{std::make_unique<memory_stream>(back, forth, std::move(first_sees), reaches),
                std::make_unique<memory_stream>(forth, back, std::move(second_sees), reaches)};
}

std::shared_ptr<network::bus_table> network::buses(std::shared_ptr<bus_table> (*make)()) const {
    const std::lock_guard guard(state_->lock);
    if (!state_->buses) state_->buses = make();
    return state_->buses;
}

result<std::unique_ptr<io::byte_stream>> network::connect(std::string_view name,
                                                          const io::connect_options&) {
    std::shared_ptr<queue> connections;
    {
        const std::lock_guard guard(state_->lock);
        const auto found = state_->names.find(name);
        if (found != state_->names.end()) connections = found->second;
    }
    if (!connections)
        return fail(errc::not_found, "nobody listens at ", full_name(name), " in this program");
    BECKON_ASSIGN(pair ends, make_pair(name));
    const std::lock_guard guard(connections->lock);
    if (connections->closed)
        return fail(errc::not_found, "nobody listens at ", full_name(name), " in this program");
    if (connections->waiting.size() >= connections->most) {
        return fail(errc::overloaded, "listener ", full_name(name), " has ", connections->most,
                    " connections waiting; its limit is ", connections->most);
    }
    connections->waiting.push_back(std::move(ends.second));
    if (connections->waiting.size() == 1) ::eventfd_write(connections->event.get(), 1);
    return std::move(ends.first);
}

result<std::unique_ptr<io::byte_stream>> connect(network& inside, const io::endpoint& where,
                                                 const io::connect_options& options) {
    return inside.connect(where.address, options);
}

result<std::unique_ptr<io::listener>> listen(network& inside, const io::endpoint& where,
                                             const io::listen_options& options) {
    return inside.listen(where.address, options);
}

} // namespace beckon::transport::memory
