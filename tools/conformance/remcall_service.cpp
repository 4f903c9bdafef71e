#include "conformance/remcall_service.hpp"

namespace conformance::remcall {

namespace {

/// A listener of remcall's, to the service.
struct listener_here {
    beckon::ref<Listener> to;
    void on_event(std::int64_t sequence, std::string text) {
        to->onEvent(sequence, std::move(text));
    }
};

[[nodiscard]] beckon::ref<conformance::Listener> here(beckon::ref<Listener> listener) {
    if (!listener) return {};
    return beckon::make_ref<conformance::Listener>(
        std::make_shared<listener_here>(listener_here{std::move(listener)}));
}

class main_object {
public:
    explicit main_object(beckon::ref<Conformance> of) : service_(std::move(of)) {}

    std::int64_t add(std::int64_t a, std::int64_t b) { return service_->add(a, b); }
    std::string concat(std::string a, const std::string& b) { return std::move(a += b); }
    void fail(std::string message) { service_->fail(std::move(message)); }
    std::string sleep(std::int64_t milliseconds) { return service_->sleep(milliseconds); }
    beckon::ref<Counter> makeCounter(std::int64_t start) { return service_->make_counter(start); }
    std::int64_t liveObjects() { return service_->live_objects(); }
    std::int64_t callBack(beckon::ref<Listener> listener, std::int64_t times) {
        return service_->call_back(here(std::move(listener)), times);
    }
    void subscribe(beckon::ref<Listener> listener, std::int64_t times, std::int64_t intervalMs) {
        service_->subscribe(here(std::move(listener)), times, intervalMs);
    }
    std::int64_t nest(const beckon::ref<Main>& peer, std::int64_t depth) {
        if (depth <= 0) return 0;
        const beckon::ref<Main> mine{beckon::intrusive_ptr<beckon::object_core>(self)};
        return 1 + peer->nest(mine, depth - 1);
    }
    Mood mood(Mood mood) { return mood; }
    double half(double number) { return number / 2; }
    std::string whoami() { return beckon::this_call::caller_name(); }

    beckon::object_core* self = nullptr; // not counted: it holds this

private:
    beckon::ref<Conformance> service_;
};

} // namespace

beckon::ref<Main> make_main(beckon::ref<Conformance> of) {
    const auto made = std::make_shared<main_object>(std::move(of));
    auto reference = beckon::make_ref<Main>(made);
    made->self = reference.core().get();
    return reference;
}

void publish(beckon::server& at) {
    beckon::ref<Conformance> of(at.published()->find_object("conformance"));
    at.published()->publish_beside("Main", make_main(std::move(of)).core());
}

} // namespace conformance::remcall
