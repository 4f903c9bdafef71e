// beckon call, by peers whose objects are reached by the names of their methods, and tell nothing of themselves.
#include <memory>

#include "beckon/object/operate.hpp"
#include "beckon/object/stream_value.hpp"
#include "beckon/session/session.hpp"
#include "call.hpp"
#include "command.hpp"
#include "dynamic_arguments.hpp"
#include "handles.hpp"
#include "reach.hpp"
#include "stream_output.hpp"

namespace command {

namespace {

using beckon::errc;
using beckon::object;
using beckon::value;
using beckon::value_kind;

/// One run of the command.
class named_caller {
public:
    named_caller(beckon::connected session, const call_job& job)
        : job_(job),
          peer_(std::make_shared<const dynamic_peer>(std::move(session), job.connecting)),
          arguments_(peer_) {}

    void run() {
        const call_time time(job_);
        const value outcome =
            call_in_turn(job_.line, peer_->root(),
                         [&](const object& target, const std::string& method,
                             const call_step& step) { return call(target, method, step); });
        print_outcome(outcome, time);
        arguments_.wait_for_events(job_);
        peer_->session().close();
    }

private:
    value call(const object& target, const std::string& method, const call_step& step) {
        auto request = arguments_.request_of(step, method);
        const bool both = !request.named.empty() && !request.arguments.empty();
        auto answer = beckon::operate_and_wait(target, std::move(request), job_.options);
        if (answer) return std::move(answer).value();
        arguments_.blame_input();
        // Some protocols take only one or the other; theirs is the last word on it.
        if (both && answer.error().code() == errc::unsupported)
            fail_usage(answer.error().message());
        // Only now it shows whether the peer speaks the protocol at all; that it takes long does not say so.
        if (&step == &job_.line.steps.front() && answer.error().code() != errc::timeout)
            throw first_failure(std::move(answer).error());
        return checked(std::move(answer));
    }

    static void print_outcome(const value& outcome, const call_time& time) {
        if (!outcome.is(value_kind::stream)) return print_line(to_json(outcome));
        time.print_items(checked(outcome.get<beckon::stream<value>>()));
    }

    const call_job& job_;
    const std::shared_ptr<const dynamic_peer> peer_;
    dynamic_arguments arguments_;
};

} // namespace

void call_by_name(beckon::connected session, const call_job& job) {
    if (job.schema && !session.core()->traits().tells_types)
        return call_by_schema(std::move(session), job);
    if (job.schema) {
        fail_usage(beckon::concat("--schema is for protocols whose values need types; those of ",
                                  session.peer_name(), " say themselves what they are"));
    }
    named_caller(std::move(session), job).run();
}

} // namespace command
