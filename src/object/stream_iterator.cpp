// A stream as an iterator object: each batch that its holder asks for is pulled from it then.
#include <array>
#include <deque>
#include <mutex>
#include <optional>

#include "beckon/object/python_errors.hpp"
#include "object/item_iterator.hpp"

namespace beckon::detail {

namespace {

class stream_iterator final : public answering_servant {
public:
    explicit stream_iterator(intrusive_ptr<stream_source<value>> source) noexcept
        : source_(std::move(source)) {}

    [[nodiscard]] nature what() const noexcept override { return nature::iterator; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "iterator"; }
    /// Where the items come from is the program's, and holds nothing that peers arrange.
    void add_held(std::vector<intrusive_ptr<servant>>&) const override {}
    void perform(incoming_call& call) noexcept override;

private:
    /// A request for items. The reply waits until there is one at least, or the end.
    struct demand {
        intrusive_ptr<deferred_reply> reply;
        std::size_t most = 1;
        bool in_list = false; ///< Else it is for a single item.
        std::vector<value> items;
    };

    ~stream_iterator() override {
        if (source_) source_->stop();
    }
    [[nodiscard]] std::span<const member> members() const noexcept override;
    answer itself(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        return reference_to(intrusive_ptr<servant>(this));
    }
    /// Only perform() can wait for an item, or for the turn to end the stream.
    answer at_once(dynamic_request& request) { return lacks(request.name); }
    [[nodiscard]] answer end(const dynamic_request& request);

    [[nodiscard]] static std::optional<demand> wanted_by(const dynamic_request& request);
    void pump();
    /// Serves the first demand with what is there; true where that is enough.
    [[nodiscard]] bool is_served();
    void take(result<std::optional<value>>& came);
    void reply_to_first();

    std::mutex mutex_;
    std::deque<demand> demands_; ///< Guarded by the mutex, as is whether a thread pulls for them.
    bool pulling_ = false;
    // All else belongs to that thread.
    std::optional<demand> first_;                ///< The one that is served now.
    intrusive_ptr<stream_source<value>> source_; ///< Null at the end.
    std::optional<future<std::optional<value>>> awaited_;
    std::optional<error> failure_;
};

std::span<const answering_servant::member> stream_iterator::members() const noexcept {
    using self = stream_iterator;
    static constexpr std::array<member, 5> all{{{"__iter__", &run<&self::itself>},
                                                {"__next__", &run<&self::at_once>},
                                                {"close", &run<&self::at_once>},
                                                {"send", &run<&self::at_once>},
                                                {"throw", &run<&self::at_once>}}};
    return all;
}

std::optional<stream_iterator::demand> stream_iterator::wanted_by(const dynamic_request& request) {
    demand wanted;
    if (request.what == operation::call_method && request.named.empty() &&
        ((request.name == "__next__" && request.arguments.empty()) ||
         (request.name == "send" && request.arguments.size() == 1))) {
        return wanted;
    }
    if (request.what != operation::next_items) return std::nullopt;
    const value& most = request.arguments[0];
    if (!most.is_uint64()) return std::nullopt;
    wanted.in_list = true;
    wanted.most = std::min<std::uint64_t>(most.uint64(), max_batch);
    return wanted;
}

void stream_iterator::perform(incoming_call& call) noexcept {
    const dynamic_request& request = *call.request;
    if (request.what == operation::call_method &&
        (request.name == "close" || request.name == "throw")) {
        call.enter_handler(); // what the stream's producer holds is the program's
        answer outcome = end(request);
        call.leave_handler();
        if (!outcome) return call.reject(std::move(outcome).error());
        return call.reply_value(*std::move(outcome));
    }
    std::optional<demand> wanted = wanted_by(request);
    if (!wanted) return answering_servant::perform(call);
    wanted->reply = call.defer();
    call.enter_handler();
    bool pull = false;
    {
        const std::lock_guard lock(mutex_);
        demands_.push_back(std::move(*wanted));
        pull = !std::exchange(pulling_, true);
    }
    wanted.reset();
    if (pull) pump();
    call.leave_handler();
}

answering_servant::answer stream_iterator::end(const dynamic_request& request) {
    std::optional<exception_parts> thrown;
    if (request.name == "throw") {
        BECKON_ASSIGN(thrown, thrown_into(request));
    } else {
        BECKON_TRY(expect_arguments(request, 0, 0));
    }
    {
        const std::lock_guard lock(mutex_);
        if (pulling_) {
            return python::to_error(
                {.type = std::string(python::type_name(python::builtin::value_error)),
                 .text = "generator already executing",
                 .arguments = value::tuple({"generator already executing"})});
        }
        pulling_ = true;
    }
    awaited_.reset();
    failure_.reset();
    if (source_) std::exchange(source_, {})->stop();
    pump(); // whoever asked meanwhile
    if (thrown) return python::to_error(*std::move(thrown));
    return value();
}

void stream_iterator::pump() {
    // The last holder may let go of it while a reply is sent.
    const intrusive_ptr<stream_iterator> keep(this);
    for (;;) {
        if (!first_) {
            const std::lock_guard lock(mutex_);
            if (demands_.empty()) {
                pulling_ = false;
                return;
            }
            first_.emplace(std::move(demands_.front()));
            demands_.pop_front();
        }
        if (is_served()) {
            reply_to_first();
            continue;
        }
        if (!awaited_) awaited_.emplace(source_->next());
        if (!awaited_->ready()) {
            if (!first_->items.empty()) { // not to wait with what is there
                first_->most = first_->items.size();
                continue;
            }
            auto& state = *awaited_->shared();
            state.then([keep, kept = std::move(*std::exchange(awaited_, std::nullopt))]() mutable {
                keep->take(kept.shared()->outcome());
                keep->pump();
            });
            return;
        }
        auto came = *std::exchange(awaited_, std::nullopt);
        take(came.shared()->outcome());
    }
}

bool stream_iterator::is_served() { return first_->items.size() == first_->most || !source_; }

void stream_iterator::take(result<std::optional<value>>& came) {
    if (came && *came) return first_->items.push_back(std::move(**came));
    if (!came) failure_.emplace(came.error());
    source_ = {};
}

void stream_iterator::reply_to_first() {
    demand served = std::move(*first_);
    first_.reset();
    for (value& each : served.items) lend_inside(each);
    deferred_reply& reply = *served.reply;
    reply.lock();
    // What came before a failure is handed over first; the failure is for who asks next, once.
    if (served.items.empty() && failure_ && served.most != 0) {
        reply.reject(*std::exchange(failure_, std::nullopt));
    } else if (served.in_list) {
        reply.reply_value(value::list(std::move(served.items)));
    } else if (served.items.empty()) {
        reply.reject(stop_iteration());
    } else {
        reply.reply_value(std::move(served.items[0]));
    }
    reply.unlock();
}

} // namespace

intrusive_ptr<servant> make_stream_iterator(intrusive_ptr<stream_source<value>> from) {
    return make_counted<stream_iterator>(std::move(from));
}

} // namespace beckon::detail
