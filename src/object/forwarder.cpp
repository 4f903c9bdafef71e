#include "beckon/object/forwarder.hpp"

#include "beckon/object/exception.hpp"

namespace beckon::detail {

forwarded_call::forwarded_call(intrusive_ptr<deferred_reply> reply, remote_object& to) noexcept
    : reply_(std::move(reply)), target_(&to) {}

forwarded_call::~forwarded_call() = default;

void forwarded_call::complete() noexcept {
    // Takes over the reference that the session held.
    const auto self = intrusive_ptr<forwarded_call>::adopt(this);
    finish();
    const auto reply = std::move(reply_);
    reply->lock();
    if (failure_) {
        reply->reject(std::move(*failure_));
    } else {
        send_result(*reply);
    }
    reply->unlock();
}

void forwarded_call::abandon() noexcept {
    if (!target_->session().cancel(*this)) return;
    on_failure(fail(errc::cancelled, "call was cancelled by its caller"));
    complete();
}

passing::passing(incoming_call& call, intrusive_ptr<forwarded_call> passed) noexcept
    : call_(call), reply_(passed->reply()), passed_(std::move(passed)) {
    call_.enter_handler();
    before_ = exchange_current_call(&reply_->context);
    passed_->acquire(); // the session's, until complete()
}

void passing::failed() noexcept {
    if (passed_->done()) return; // the session had it already, and failed it
    passed_->on_failure(beckon::error_of_current_exception());
    passed_->complete();
}

passing::~passing() {
    if (cancellation* const asked = reply_->context.cancellation)
        static_cast<void>(asked->on_request([passed = passed_] { passed->abandon(); }));
    exchange_current_call(before_);
    // The last hold of a reply locks the session to let go: not under its lock.
    passed_ = {};
    reply_ = {};
    call_.leave_handler();
}

void finish_oneway(incoming_call& call, std::optional<error> failure) {
    if (failure) {
        call.reject(std::move(*failure));
    } else {
        send_result(call);
    }
}

} // namespace beckon::detail
