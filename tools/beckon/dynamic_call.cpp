// beckon call, by peers of protocols without schemas.
#include <chrono>
#include <memory>

#include "beckon/codec/json.hpp"
#include "beckon/value/plain.hpp"
#include "call.hpp"
#include "command.hpp"
#include "dynamic_peer.hpp"
#include "event_listener.hpp"
#include "fetch.hpp"
#include "input_stream.hpp"

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
void print_items(const dynamic_peer& peer, const object& iterator) {
    using clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds moment(50);
    constexpr std::size_t most = 4096;
    for (std::size_t batch = 1;;) {
        const auto before = clock::now();
        const value items =
            checked(peer.ask(iterator, {operation::next_items, {}, value::list({value(batch)})}));
        if (!items.is_sequence()) {
            throw failure{status::failed,
                          beckon::fail(errc::type_mismatch, "peer gave ", items.type_name(),
                                       " for items of ", type_of(iterator), "; expected a tuple")};
        }
        if (items.empty()) return;
        const bool quick = clock::now() - before < moment;
        for (const value& each : checked(fetch(peer, items))) print_json(each);
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
        : job_(job),
          peer_(std::make_shared<const dynamic_peer>(std::move(session), job.connecting)) {}

    void run() {
        try {
            print_outcome(call_all());
        } catch (const failure&) {
            if (!input_.complaint().empty()) fail_usage(input_.complaint());
            throw;
        }
        listener_.wait_until_released(job_.listen_for, [this] { return peer_->is_over(); });
        peer_->session().close();
    }

private:
    /// The result of the last call. Nothing else of the peer's is held when it returns.
    value call_all() {
        object target = peer_->root();
        value outcome;
        for (std::size_t i = 0; i < job_.line.steps.size(); ++i) {
            const call_step& step = job_.line.steps[i];
            std::string path = step.method;
            if (i == 0 && !job_.line.object.empty())
                path = beckon::concat(job_.line.object, '.', path);
            if (i != 0) {
                if (!outcome.is(value_kind::reference))
                    fail_step("the result of " + job_.line.steps[i - 1].method, outcome, path);
                target = outcome.as<object>();
            }
            outcome = call(target, path, step);
        }
        return outcome;
    }

    value call(const object& from, const std::string& path, const call_step& step) {
        if (step.arguments.empty()) return call_or_get(peer_->find(from, path));
        beckon::dynamic_request request = request_of(step, path);
        const auto dot = path.rfind('.');
        const std::string owner_path = dot == std::string::npos ? "" : path.substr(0, dot);
        request.name = path.substr(dot == std::string::npos ? 0 : dot + 1);
        const value owner = peer_->find(from, owner_path);
        if (!owner.is(value_kind::reference)) fail_step(owner_path, owner, request.name);
        return checked(peer_->ask(owner.as<object>(), std::move(request)));
    }

    [[noreturn]] static void fail_step(std::string_view what, const value& found,
                                       std::string_view name) {
        throw failure{status::failed,
                      beckon::fail(errc::type_mismatch, what, " is ", found.type_name(), "; .",
                                   name, " needs an object")};
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

    beckon::dynamic_request request_of(const call_step& step, const std::string& path) {
        beckon::dynamic_request made;
        for (const call_argument& each : step.arguments) {
            value content = content_of(each, path);
            if (each.name.empty()) {
                made.arguments.push_back(std::move(content));
                continue;
            }
            if (made.named.contains(value(each.name)))
                fail_usage(beckon::concat("argument ", each.name, " of ", path, " stands twice"));
            made.named.insert_or_assign(each.name, std::move(content));
        }
        return made;
    }

    value content_of(const call_argument& given, const std::string& path) {
        switch (given.is) {
        case call_argument::kind::listener: return value(listener_.make(peer_));
        case call_argument::kind::input: return input_.make();
        default:
            return checked(beckon::from_plain(given.content)
                               .note(beckon::concat("reading the arguments of ", path)));
        }
    }

    void print_outcome(const value& outcome) const {
        if (is_iterator(*peer_, outcome)) return print_items(*peer_, outcome.as<object>());
        print_json(checked(fetch(*peer_, outcome)));
    }

    const call_job& job_;
    const std::shared_ptr<const dynamic_peer> peer_;
    event_listener listener_;
    input_stream input_;
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
