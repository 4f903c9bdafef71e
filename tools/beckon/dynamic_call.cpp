// beckon call, by peers of protocols without schemas.
#include <chrono>
#include <memory>

#include "beckon/codec/json.hpp"
#include "call.hpp"
#include "command.hpp"
#include "dynamic_arguments.hpp"
#include "dynamic_peer.hpp"
#include "fetch.hpp"
#include "stream_output.hpp"

namespace command {

namespace {

using beckon::errc;
using beckon::object;
using beckon::operation;
using beckon::value;
using beckon::value_kind;

void print_json(const value& plain) {
    auto text = beckon::json::to_string(plain).note("printing the result as JSON");
    print_line(checked(std::move(text)));
}

/// Prints an item a line, soon after it has come: in batches that take the peer no more than a moment.
void print_items(const dynamic_peer& peer, const object& iterator, const call_time& time) {
    using clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds moment(50);
    constexpr std::size_t most = 4096;
    std::size_t printed = 0;
    for (std::size_t batch = 1;;) {
        const auto before = clock::now();
        auto coming =
            peer.start(iterator, {operation::next_items, {}, value::list({value(batch)})});
        time.await(coming, printed);
        const value items = checked(coming.result());
        if (!items.is_sequence()) {
            throw failure{status::failed,
                          beckon::fail(errc::type_mismatch, "peer gave ", items.type_name(),
                                       " for items of ", type_of(iterator), "; expected a tuple")};
        }
        if (items.empty()) return;
        const bool quick = clock::now() - before < moment;
        for (const value& each : checked(fetch(peer, items))) print_json(each);
        printed += items.size();
        batch = quick ? std::min(batch * 2, most) : std::max<std::size_t>(batch / 2, 1);
    }
}

bool is_iterator(const dynamic_peer& peer, const value& outcome) {
    if (!outcome.is(value_kind::reference)) return false;
    const auto target = outcome.as<object>();
    if (target.core()->is_local()) return false;
    switch (kind_of(type_of(target))) {
    case object_kind::iterator: return true;
    case object_kind::other: return peer.describe(target).is_iterator();
    default: return false;
    }
}

/// One run of the command.
class dynamic_caller {
public:
    dynamic_caller(beckon::connected session, const call_job& job)
        : job_(job), time_(job),
          peer_(std::make_shared<const dynamic_peer>(std::move(session), job.connecting)),
          arguments_(peer_) {}

    void run() {
        try {
            const value outcome =
                call_in_turn(job_.line, peer_->root(),
                             [&](const object& from, const std::string& path,
                                 const call_step& step) { return call(from, path, step); });
            print_outcome(outcome); // nothing else of the peer's is held any more
        } catch (const failure&) {
            arguments_.blame_input();
            throw;
        }
        arguments_.wait_for_events(job_);
        peer_->session().close();
    }

private:
    value call(const object& from, const std::string& path, const call_step& step) {
        if (step.arguments.empty()) return call_or_get(peer_->find(from, path));
        beckon::dynamic_request request = arguments_.request_of(step, path);
        const auto dot = path.rfind('.');
        const std::string owner_path = dot == std::string::npos ? "" : path.substr(0, dot);
        request.name = path.substr(dot == std::string::npos ? 0 : dot + 1);
        const object owner = next_target(peer_->find(from, owner_path), owner_path, request.name);
        return checked(peer_->ask(owner, std::move(request)));
    }

    /// Without arguments: a method, function or class is called, anything else is what was asked for.
    value call_or_get(value found) {
        if (!found.is(value_kind::reference)) return found;
        const auto target = found.as<object>();
        switch (kind_of(type_of(target))) {
        case object_kind::list:
        case object_kind::map:
        case object_kind::iterator: return found;
        case object_kind::other:
            if (const auto its = peer_->describe(target);
                !its.methods.empty() && !its.is_callable()) {
                return found;
            }
            [[fallthrough]];
        case object_kind::function: break;
        }
        return checked(peer_->ask(target, {operation::call}));
    }

    void print_outcome(const value& outcome) const {
        if (is_iterator(*peer_, outcome)) return print_items(*peer_, outcome.as<object>(), time_);
        print_json(checked(fetch(*peer_, outcome)));
    }

    const call_job& job_;
    const call_time time_;
    const std::shared_ptr<const dynamic_peer> peer_;
    dynamic_arguments arguments_;
};

} // namespace

void call_dynamically(beckon::connected session, const call_job& job) {
    if (job.schema) {
        fail_usage(beckon::concat("--schema is for protocols whose peers know the interfaces of "
                                  "their objects; at ",
                                  session.peer_name(), " objects are asked for what they are"));
    }
    dynamic_caller(std::move(session), job).run();
}

} // namespace command
