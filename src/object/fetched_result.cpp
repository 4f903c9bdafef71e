// Typed calls at peers of dynamic protocols, whose results may be objects where the interface says containers.
#include <algorithm>
#include <optional>
#include <utility>

#include "beckon/object/materialize.hpp"
#include "beckon/object/stub.hpp"
#include "beckon/object/thread_time.hpp"
#include "object/declaration.hpp"

namespace beckon::detail {

namespace {

/// Stands in the session for a call, and hands its result on when it is there by value.
class fetched_result final : public pending_call, public ref_counted {
public:
    fetched_result(pending_call& owner, remote_object& called, const schema::document& document,
                   const schema::type& wanted)
        : owner_(&owner), target_(&called), document_(&document), wanted_(&wanted) {
        owner.comes_by_input = true; // who waits for the one waits for the other
    }

    void on_reply(native::reader&) noexcept override {}
    void on_value(value result) noexcept override { result_ = std::move(result); }
    void on_failure(error failure) noexcept override { failure_.emplace(std::move(failure)); }
    [[nodiscard]] discard_function discarder() const noexcept override { return nullptr; }

    void complete() noexcept override {
        // Takes over the reference that the session held.
        const auto self = intrusive_ptr<fetched_result>::adopt(this);
        finish();
        if (failure_ || !needs_materializing(result_, *document_, *wanted_)) return hand_on();
        materialize_options options;
        options.owner = self;
        // What is left of the call's own time; and what this thread serves has nothing to do with it.
        if (deadline != never) {
            options.call.timeout =
                std::max(nanoseconds(1), nanoseconds(deadline - thread_time::mine().now()));
        }
        call_context* const serving = exchange_current_call(nullptr);
        future<value> fetched = materialize(std::move(result_), *document_, *wanted_, options);
        auto& coming = *fetched.shared();
        coming.then([self, &coming, kept = std::move(fetched)] {
            result<value>& outcome = coming.outcome();
            if (outcome) {
                self->result_ = std::move(outcome).value();
            } else {
                self->failure_.emplace(std::move(outcome).error().note("fetching the result"));
            }
            self->hand_on();
        });
        exchange_current_call(serving);
    }

private:
    void hand_on() noexcept {
        pending_call& owner = *std::exchange(owner_, nullptr);
        if (failure_) {
            owner.on_failure(std::move(*failure_));
        } else {
            owner.on_value(std::move(result_));
        }
        owner.complete();
    }

    pending_call* owner_; ///< Lives until it is completed, as a call in a session does.
    const intrusive_ptr<remote_object> target_; ///< Keeps its interface, and so the schema.
    const schema::document* document_;
    const schema::type* wanted_;
    value result_;
    std::optional<error> failure_;
};

/// Whether a dynamic peer may answer with an object where the type wants something else. Not what lies inside tuples: that
/// is looked for when it is there.
[[nodiscard]] bool may_be_lent(const schema::type& wanted) noexcept {
    switch (wanted.kind) {
    case schema::kind::list:
    case schema::kind::map:
    case schema::kind::tuple:
    case schema::kind::record:
    case schema::kind::optional:
    case schema::kind::variant:
    case schema::kind::stream: return true;
    default: return false;
    }
}

} // namespace

void send_values(const call_request& request, value arguments, pending_call* pending) {
    peer& session = request.target->session();
    dynamic_request asked = method_request(*request.method, std::move(arguments));
    const interface_descriptor* const interface = request.target->interface();
    // Another interface may be known of the object than the one that it is called by here.
    if (pending != nullptr && interface != nullptr &&
        request.method_index < interface->methods.size() &&
        request.method == &interface->methods[request.method_index]) {
        const schema::document& document = interface->document(*interface);
        const schema::interface* const declared = declaration_of(document, interface->name);
        const schema::type& wanted = declared->methods[request.method_index].result;
        if (may_be_lent(wanted)) {
            auto standing =
                make_counted<fetched_result>(*pending, *request.target, document, wanted);
            standing->acquire(); // the session's, until complete()
            return session.call_dynamic(request, std::move(asked), standing.get());
        }
    }
    session.call_dynamic(request, std::move(asked), pending);
}

} // namespace beckon::detail
