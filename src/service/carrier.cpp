#include "beckon/service/carrier.hpp"

#include <utility>

#include "beckon/object/exception.hpp"
#include "service/carrier_start.hpp"
#include "service/mux_part.hpp"
#include "service/outcome.hpp"

namespace beckon {

class carrier::state : public std::enable_shared_from_this<carrier::state> {
public:
    state(std::shared_ptr<server::state> host, std::shared_ptr<carrier_part> part,
          io::leaf_use endpoints, std::string protocol)
        : host_(std::move(host)), part_(std::move(part)), endpoints_(endpoints),
          protocol_(std::move(protocol)) {}
    ~state() { stop(); }

    void start(nanoseconds at_most, function<void(result<void>)> done) {
        {
            const std::lock_guard lock(mutex_);
            if (phase_ == phase::starting) {
                return done(fail(errc::invalid_argument, "carrier ", quoted(part_->name(), 200),
                                 " is being started already"));
            }
            if (phase_ == phase::running) return done({});
            phase_ = phase::starting;
            has_ended_ = false;
            failures_.clear();
        }
        host_->reopen();
        start_within(
            host_, part_, at_most,
            [self = shared_from_this(),
             done = std::move(done)](carrier_part::failures all) mutable {
                self->begun(std::move(all), std::move(done));
            },
            [this](carrier_part::started told) {
                part_->start(std::move(told), [weak = weak_from_this()](const error&) {
                    const auto self = weak.lock();
                    if (!self) return;
                    const std::lock_guard lock(self->mutex_);
                    self->phase_ = phase::idle;
                    self->has_ended_ = true;
                });
            });
    }

    /// Waits; where the program lends its thread to the context, with that.
    result<void> start_and_wait(nanoseconds at_most) {
        const auto told = std::make_shared<outcome<result<void>>>();
        start(at_most, [told](result<void> how) { told->give(std::move(how)); });
        return told->await(*host_->inside);
    }

    void stop() {
        part_->stop(fail(errc::cancelled, "carrier was stopped"));
        host_->stop();
        const std::lock_guard lock(mutex_);
        phase_ = phase::idle;
    }

    result<void> add(std::string_view expression, nanoseconds at_most) {
        const auto mux = std::dynamic_pointer_cast<mux_part>(part_);
        if (!mux) {
            return fail(errc::unsupported, "carrier ", quoted(part_->name(), 200),
                        " is no mux; only to one can ", quoted(expression, 200), " be added");
        }
        BECKON_ASSIGN(
            const io::transport_expression read,
            io::parse_transport_expression(expression, rules_of(host_->inside, protocol_)));
        BECKON_ASSIGN(auto child, make_part(host_, read, endpoints_));
        const auto told = std::make_shared<outcome<carrier_part::failures>>();
        start_within(
            host_, child, at_most,
            [told](carrier_part::failures all) { told->give(std::move(all)); },
            [&](carrier_part::started done) { mux->add(child, std::move(done)); });
        const carrier_part::failures all = told->await(*host_->inside);
        if (!all.empty()) return join_failures(read.text, all);
        return {};
    }

    bool remove(std::string_view expression) {
        const auto mux = std::dynamic_pointer_cast<mux_part>(part_);
        return mux && mux->remove(expression);
    }

    [[nodiscard]] bool is_running() const {
        const std::lock_guard lock(mutex_);
        return phase_ == phase::running;
    }
    [[nodiscard]] std::vector<carrier_failure> failures() const {
        const std::lock_guard lock(mutex_);
        return failures_;
    }
    [[nodiscard]] server::state& host() const noexcept { return *host_; }
    [[nodiscard]] std::string name() const { return part_->text(); }

private:
    void begun(carrier_part::failures all, function<void(result<void>)> done) {
        result<void> outcome;
        if (!all.empty()) outcome = join_failures(part_->name(), all);
        {
            const std::lock_guard lock(mutex_);
            // It may have ended already: who tells that is another thread.
            phase_ = all.empty() && !has_ended_ ? phase::running : phase::idle;
            failures_ = std::move(all);
        }
        done(std::move(outcome));
    }

    enum class phase : std::uint8_t { idle, starting, running };
    const std::shared_ptr<server::state> host_;
    const std::shared_ptr<carrier_part> part_;
    const io::leaf_use endpoints_;
    const std::string protocol_;
    mutable std::mutex mutex_;
    phase phase_ = phase::idle;
    bool has_ended_ = false;
    std::vector<carrier_failure> failures_;
};

result<carrier> carrier::make(std::string_view expression, carrier_options options) {
    options.serving.context =
        options.serving.context ? options.serving.context : context::standard();
    BECKON_ASSIGN(const io::transport_expression read,
                  io::parse_transport_expression(
                      expression, rules_of(options.serving.context, options.protocol)));
    const io::leaf_use endpoints = options.endpoints;
    std::string protocol = options.protocol;
    auto host = std::make_shared<server::state>(std::move(options));
    BECKON_ASSIGN(auto part, make_part(host, read, endpoints));
    return carrier(
        std::make_shared<state>(std::move(host), std::move(part), endpoints, std::move(protocol)));
}

carrier::carrier(std::string_view expression, carrier_options options) {
    auto made = make(expression, std::move(options));
    if (!made) throw_error(std::move(made).error());
    state_ = std::move(made->state_);
}

result<void> carrier::try_start(nanoseconds at_most) { return state_->start_and_wait(at_most); }

void carrier::start(nanoseconds at_most) {
    auto begun = try_start(at_most);
    if (!begun) throw_error(std::move(begun).error());
}

future<void> carrier::start_soon(nanoseconds at_most) {
    const promise<void> told;
    auto out = told.get_future();
    state_->start(at_most, [told](result<void> how) { told.set(std::move(how)); });
    return out;
}

std::vector<carrier_failure> carrier::failures() const { return state_->failures(); }
void carrier::stop() { state_->stop(); }
bool carrier::is_running() const { return state_->is_running(); }

namespace {
std::vector<connected> handles(std::vector<intrusive_ptr<session>> of) {
    std::vector<connected> out;
    for (auto& each : of) out.emplace_back(std::move(each));
    return out;
}
} // namespace

std::vector<connected> carrier::peers() const { return handles(state_->host().peers(false)); }
std::vector<connected> carrier::everybody() const { return handles(state_->host().peers(true)); }

std::optional<connected> carrier::find(std::string_view name) const {
    auto found = state_->host().find(name);
    if (!found) return {};
    return connected(std::move(found));
}

result<connected> carrier::reach(std::string_view name) {
    BECKON_ASSIGN(auto found, state_->host().reach(name));
    return connected(std::move(found));
}

bool carrier::close(std::string_view name) {
    const auto found = state_->host().find(name);
    if (found) found->close(fail(errc::cancelled, "session was closed by this side"));
    return static_cast<bool>(found);
}

void carrier::on_connect(std::function<void(const connected&)> told) {
    published()->tell({std::move(told), nullptr});
}
void carrier::on_disconnect(std::function<void(const connected&)> told) {
    published()->tell({nullptr, std::move(told)});
}
const std::shared_ptr<publications>& carrier::published() const noexcept {
    return state_->host().published;
}

std::shared_ptr<announcement> carrier::announce(const value& description,
                                                const announce_options& options) {
    auto made = state_->host().announce(description, options);
    if (!made) throw_error(std::move(made).error());
    return std::move(made).value();
}

result<void> carrier::try_add(std::string_view expression, nanoseconds at_most) {
    return state_->add(expression, at_most);
}
void carrier::add(std::string_view expression, nanoseconds at_most) {
    auto added = try_add(expression, at_most);
    if (!added) throw_error(std::move(added).error());
}
bool carrier::remove(std::string_view expression) { return state_->remove(expression); }
std::string carrier::name() const { return state_->name(); }

} // namespace beckon
