#include "beckon/service/server.hpp"

#include "beckon/io/byte_stream.hpp"
#include "service/end_signals.hpp"
#include "service/server_state.hpp"

namespace beckon {

void server::state::forget() {
    std::vector<intrusive_ptr<session>> gone; // freed without the lock
    std::vector<std::shared_ptr<visit>> told;
    std::vector<std::shared_ptr<open_listener_entry>> closing;
    std::unique_lock lock(mutex);
    for (std::size_t i = 0; i < sessions.size();) {
        if (sessions[i].conversation->is_over()) {
            names_.erase(sessions[i].name);
            gone.push_back(std::move(sessions[i].conversation));
            sessions[i] = std::move(sessions.back());
            sessions.pop_back();
        } else {
            ++i;
        }
    }
    for (std::size_t i = 0; i < visits_.size();) {
        if (visits_[i]->has_ended()) {
            told.push_back(std::exchange(visits_[i], std::move(visits_.back())));
            visits_.pop_back();
        } else {
            ++i;
        }
    }
    go_on_accepting();
    finished = options.connections_in_all != 0 && taken_ >= options.connections_in_all &&
               beginning_ == 0 && sessions.empty();
    if (finished) closing = std::exchange(listeners, {}); // they fed those who were there
    changed.notify_all();
    lock.unlock();
    close_entries(std::move(closing));
}

void server::state::close_listeners(which_listeners which) {
    std::vector<std::shared_ptr<open_listener_entry>> closing;
    {
        const std::lock_guard lock(mutex);
        for (auto& each : std::exchange(listeners, {})) {
            if (which == which_listeners::all || !each->accepts->feeds_streams()) {
                closing.push_back(std::move(each));
                continue;
            }
            each->accepts->refuse_newcomers();
            listeners.push_back(std::move(each));
        }
    }
    close_entries(std::move(closing));
}

void server::state::close_entries(std::vector<std::shared_ptr<open_listener_entry>> closing) {
    for (auto& each : closing) {
        inside->runtime()->loop().unwatch(each->watch);
        each->accepts->close();
        // The accept that runs at this moment still uses it: it goes on the loop's own thread, behind that.
        inside->runtime()->loop().post([kept = std::move(each)] {});
    }
}

void server::state::stop() {
    std::vector<intrusive_ptr<session>> ending;
    std::vector<std::shared_ptr<visit>> telling;
    std::vector<std::shared_ptr<carrier_part>> parts;
    {
        const std::lock_guard lock(mutex);
        parts = std::exchange(parts_, {});
    }
    stop_announcing();
    for (const auto& each : parts) each->stop(fail(errc::disconnected, "server stops"));
    {
        const std::lock_guard lock(mutex);
        stopped = true;
        for (const open_session& each : sessions) ending.push_back(each.conversation);
        telling = visits_;
        changed.notify_all();
    }
    stop_telling_apart();
    // First, so that those whom a listener feeds end by this and not for want of it.
    for (const auto& each : ending) each->close(fail(errc::disconnected, "server stops"));
    if (const auto jobs = jobs_if_any()) jobs->stop();
    close_listeners(which_listeners::all);
    handshakes_.stop();
    for (const auto& each : telling) each->end();
    for (const auto& each : telling) each->await_end();
}

void server::state::reopen() {
    const std::lock_guard lock(mutex);
    stopped = false;
    finished = false;
    taken_ = 0;
    jobs_.reset();
    handshakes_.reopen();
}

void server::state::drain(nanoseconds at_most) {
    const time_point until = deadline_after(inside->runtime()->clock().now(), at_most);
    std::vector<intrusive_ptr<session>> draining;
    std::vector<std::shared_ptr<carrier_part>> resting;
    {
        const std::lock_guard lock(mutex);
        resting = parts_;
    }
    stop_announcing();
    for (const auto& each : resting) each->rest();
    {
        const std::lock_guard lock(mutex);
        for (const auto& each : listeners) {
            if (each->accepts->feeds_streams()) {
                each->accepts->refuse_newcomers();
            } else {
                inside->runtime()->loop().unwatch(each->watch);
            }
        }
        for (const open_session& each : sessions) draining.push_back(each.conversation);
    }
    stop_telling_apart();
    const auto jobs = jobs_if_any();
    if (jobs) jobs->rest();
    for (const auto& each : draining) each->drain(fail(errc::overloaded, "server stops"));
    for (const auto& each : draining) {
        while (!each->is_idle() && inside->runtime()->clock().now() < until) {
            if (options.admission) options.admission->rests(each->unnamed().conversation);
            std::unique_lock lock(mutex);
            changed.wait_for(lock, std::chrono::milliseconds(5));
        }
    }
    draining.clear();
    while (jobs && jobs->unfinished() != 0 && inside->runtime()->clock().now() < until) {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::milliseconds(5));
    }
    stop();
}

namespace {
carrier_options serving(server_options options) {
    carrier_options out;
    out.serving = std::move(options);
    return out;
}
} // namespace

server::server(server_options options)
    : state_(std::make_shared<state>(serving(std::move(options)))) {}
server::~server() { stop(); }

void server::publish(std::string name, const object& reference) {
    state_->published->publish(std::move(name), reference.core());
}
void server::publish_also(std::string further, std::string name) {
    state_->published->publish_also(std::move(further), std::move(name));
}
void server::set_service_names(std::vector<std::string> names) {
    state_->published->set_service_names(std::move(names));
}
std::vector<std::string> server::service_names() const {
    return state_->published->service_names();
}
void server::on_connect(std::function<void(const connected&)> told) {
    state_->published->tell({std::move(told), nullptr});
}
void server::on_disconnect(std::function<void(const connected&)> told) {
    state_->published->tell({nullptr, std::move(told)});
}
bool server::withdraw(const std::string& name) { return state_->published->withdraw(name); }
void server::set_root(std::string name) { state_->published->set_root(std::move(name)); }
const std::shared_ptr<publications>& server::published() const noexcept {
    return state_->published;
}

result<std::string> server::try_listen(std::string_view endpoint) {
    return state_->listen(endpoint);
}
std::string server::listen(std::string_view endpoint) {
    auto real = try_listen(endpoint);
    if (!real) throw_error(std::move(real).error());
    return std::move(real).value();
}

void server::adopt(std::unique_ptr<io::byte_stream> stream, std::string_view endpoint) {
    auto where = io::parse_endpoint(endpoint);
    if (!where) throw_error(std::move(where).error());
    auto security = state_->security_at(*where, security_side::accepting);
    if (!security) throw_error(std::move(security).error());
    if (auto speaks = make_protocol(*state_->inside, *where, *security, security_side::accepting);
        !speaks)
        throw_error(std::move(speaks).error());
    arrival come;
    come.security = std::move(security).value();
    come.stream = std::move(stream);
    come.where = std::move(*where);
    come.shared = shared_at(come.where, [this] { return state_->jobs(); });
    state_->take(std::move(come));
}

bool server::is_finished() const {
    const std::lock_guard lock(state_->mutex);
    return state_->finished;
}

void server::stop() { state_->stop(); }
void server::drain(nanoseconds at_most) { state_->drain(at_most); }

std::shared_ptr<announcement> server::announce(const value& description,
                                               const announce_options& options) {
    auto made = state_->announce(description, options);
    if (!made) throw_error(std::move(made).error());
    return std::move(made).value();
}

std::vector<connected> server::peers() const {
    std::vector<connected> out;
    for (auto& each : state_->peers(false)) out.emplace_back(std::move(each));
    return out;
}

std::optional<connected> server::find(std::string_view name) const {
    auto found = state_->find(name);
    if (!found) return {};
    return connected(std::move(found));
}

bool server::close(std::string_view name) {
    const auto found = state_->find(name);
    if (found) found->close(fail(errc::cancelled, "session was closed by this side"));
    return static_cast<bool>(found);
}

std::size_t server::connection_count() const {
    const std::lock_guard lock(state_->mutex);
    return state_->conversation_count();
}

void server::run() {
    const end_signals signals;
    {
        std::unique_lock lock(state_->mutex);
        // A signal handler can wake no condition variable: look ten times a second.
        while (!state_->stopped && !state_->finished && !signals.asked())
            state_->changed.wait_for(lock, std::chrono::milliseconds(100));
    }
    if (signals.asked()) {
        drain();
    } else {
        stop();
    }
}

std::vector<std::string> server::endpoints() const {
    const std::lock_guard lock(state_->mutex);
    std::map<std::uint64_t, std::string> told; // in the order in which they were listened at
    for (const auto& each : state_->listeners) {
        for (const auto& [number, endpoint] : each->told)
            told.emplace(number, io::to_string(endpoint));
    }
    std::vector<std::string> out;
    for (auto& [number, text] : told) out.push_back(std::move(text));
    return out;
}

} // namespace beckon
