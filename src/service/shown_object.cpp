#include "service/session_factory.hpp"

#include "service/root_object.hpp"

namespace beckon {

shown_object::shown_object(const std::shared_ptr<publications>& published) {
    if (!published) return;
    directory_ = intrusive_ptr<servant>(
        static_cast<servant*>(make_ref<directory>(published, policy::inline_).core().get()));
    root_ = make_root_object(published);
}

std::shared_ptr<replay_memory> make_replay_memory() {
    return std::make_shared<replay_memory>(
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

shared_authorizer make_authorizer(const authorizer& asked,
                                  std::shared_ptr<publications> published) {
    if (!asked) return nullptr;
    return std::make_shared<const authorizer>(
        [asked, published = std::move(published)](const access_question& question) {
            access_question named = question;
            if (published) named.published = published->name_of(question.target);
            return asked(named);
        });
}

} // namespace beckon
