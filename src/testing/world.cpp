#include "beckon/testing/world.hpp"

#include <algorithm>

#include "beckon/io/endpoint.hpp"
#include "beckon/object/exception.hpp"
#include "service/session_factory.hpp"
#include "testing/endpoint.hpp"
#include "testing/link_core.hpp"
#include "testing/node_core.hpp"
#include "testing/world_core.hpp"

namespace beckon::testing {

// --- node ---

void node_core::begin() {
    up = true;
    published = std::make_shared<publications>();
    root = make_ref<directory>(published, policy::inline_);
    node self(shared_from_this());
    if (start) start(self);
}

void node_core::crash() {
    up = false;
    const error reason = fail(errc::disconnected, "program ", name, " has crashed");
    for_each_endpoint([&reason](endpoint& each) { each.kill(reason); });
    root = {};
    published = {};
}

void node_core::world_ended() {
    start = nullptr;
    for_each_endpoint([](endpoint& each) { each.free_what_is_left(); });
}

template <typename Do>
void node_core::for_each_endpoint(Do what) {
    const auto all = endpoints; // each may go meanwhile, and others with it
    for (endpoint* const each : all) {
        if (std::find(endpoints.begin(), endpoints.end(), each) != endpoints.end()) what(*each);
    }
}

const std::string& node::name() const noexcept { return core_->name; }
bool node::is_up() const noexcept { return core_->up; }
void node::publish(std::string object_name, const object& reference) {
    BECKON_ASSERT(core_->up, "a program that is down publishes nothing");
    core_->published->publish(std::move(object_name), reference.core());
}
std::vector<connected> node::sessions() const {
    std::vector<connected> all;
    for (endpoint* const each : core_->endpoints) {
        if (!each->is_over()) all.emplace_back(intrusive_ptr<session>(&each->session()));
    }
    return all;
}

// --- link ---

namespace {
connected side_of(const link_core& of, std::size_t side) {
    if (of.ends[side] == nullptr) return {};
    return connected(intrusive_ptr<session>(&of.ends[side]->session()));
}
} // namespace

connected link::near_side() const { return side_of(*core_, 0); }
connected link::far_side() const { return side_of(*core_, 1); }
bool link::is_open() const noexcept {
    for (const endpoint* const end : core_->ends) {
        if (end == nullptr || end->is_over()) return false;
    }
    return !core_->is_broken() && !core_->vanished;
}
void link::cut() { core_->cut("connection was reset"); }
void link::cut_after(std::size_t more_bytes) { core_->cut_after = more_bytes; }
void link::vanish() { core_->vanished = true; }
void link::stop_reading(const node& reader, nanoseconds length) {
    for (std::size_t side = 0; side < 2; ++side) {
        if (core_->nodes[side] == reader.core_ && core_->ends[side] != nullptr)
            core_->ends[side]->stop_reading(length);
    }
}

// --- world ---

world::world(std::uint64_t seed, world_options options)
    : core_(std::make_shared<world_core>(seed, std::move(options))) {}

world::~world() {
    for (const auto& each : core_->nodes) each->crash();
    // Whatever still waits on the stack below belongs to the test: nothing can be run for it any more.
    core_->end();
    for (const auto& each : core_->nodes) each->world_ended();
}

node world::add_node(std::string name, function<void(node&)> start) {
    auto made = std::make_shared<node_core>(std::move(name), core_->nodes.size(), std::move(start));
    core_->nodes.push_back(made);
    made->begin();
    return node(std::move(made));
}

connected world::connect(const node& from, const node& to) {
    auto made = try_connect(from, to);
    if (!made) throw_error(std::move(made).error());
    return std::move(made).value();
}

result<connected> world::try_connect(const node& from, const node& to) {
    const auto& near_node = from.core_;
    const auto& far_node = to.core_;
    for (const auto& each : {near_node, far_node}) {
        if (!each->up) return fail(errc::disconnected, "program ", each->name, " is down");
    }
    if (core_->is_partitioned(*near_node, *far_node))
        return fail(errc::disconnected, "no way from ", near_node->name, " to ", far_node->name);
    const auto speak = [this]() -> std::unique_ptr<protocol> {
        auto made = core_->options.make_protocol ? core_->options.make_protocol() : nullptr;
        if (made) return made;
        return std::move(make_protocol(io::endpoint{}).value());
    };
    const auto options_of = [this](const node_core& mine, const node_core& peer) {
        session_options options;
        options.limits = core_->options.limits;
        options.log = core_->options.log;
        options.endpoint = concat("world:", peer.name);
        options.user = mine.name;
        options.authenticator = core_->options.authenticator;
        return options;
    };
    auto carries = std::make_shared<link_core>(*core_, near_node, far_node);
    core_->links.push_back(carries);
    core_->note(carries->number, near_node->name, " - ", far_node->name, " #", carries->number,
                ": connected");
    auto conversation =
        endpoint::start(*core_, {carries, 0, false}, speak(), options_of(*near_node, *far_node));
    // The far side lives until its conversation is over: nobody may hold it there.
    static_cast<void>(
        endpoint::start(*core_, {carries, 1, true}, speak(), options_of(*far_node, *near_node)));
    return connected(std::move(conversation));
}

link world::link_of(const connected& conversation) const {
    for (const auto& weak : core_->links) {
        const auto each = weak.lock();
        if (!each) continue;
        for (const endpoint* const end : each->ends) {
            if (end != nullptr && &end->session() == conversation.core().get()) return link(each);
        }
    }
    throw_error(fail(errc::invalid_argument, "conversation with ", conversation.peer_name(),
                     " is none of this world"));
}

void world::partition(const node& one, const node& other) {
    core_->note(1, one.name(), " - ", other.name(), ": partitioned");
    core_->partitions.insert(std::minmax(one.core_->number, other.core_->number));
}

void world::heal(const node& one, const node& other) {
    core_->note(2, one.name(), " - ", other.name(), ": healed");
    core_->partitions.erase(std::minmax(one.core_->number, other.core_->number));
    for (const auto& weak : core_->links) {
        if (const auto each = weak.lock()) each->resume();
    }
}

void world::crash(const node& victim) {
    core_->note(3, victim.name(), ": crashed");
    victim.core_->crash();
}

void world::restart(const node& victim) {
    BECKON_ASSERT(!victim.core_->up, "only a program that is down can be restarted");
    core_->note(4, victim.name(), ": restarted");
    victim.core_->begin();
}

time_point world::now() const noexcept { return core_->now(); }
void world::after(nanoseconds delay, function<void()> action) {
    core_->schedule(delay, std::move(action));
}
bool world::step() { return core_->step(); }
void world::run_for(nanoseconds length) { core_->run_for(length); }
random& world::chance() noexcept { return core_->tests_chance; }
std::uint64_t world::seed() const noexcept { return core_->seed; }
std::uint64_t world::trace_digest() const noexcept { return core_->digest; }
const std::vector<std::string>& world::trace() const noexcept { return core_->trace; }
std::uint64_t world::events_run() const noexcept { return core_->events; }
std::size_t world::session_count() const noexcept { return core_->sessions; }
void world::note(std::string_view text) {
    if (core_->options.keep_trace) core_->add_line(text);
}

} // namespace beckon::testing
