#include "service/session_factory.hpp"

#include "service/root_object.hpp"

namespace beckon {

shown_object::shown_object(const std::shared_ptr<publications>& published) {
    if (!published) return;
    directory_ = intrusive_ptr<servant>(
        static_cast<servant*>(make_ref<directory>(published, policy::inline_).core().get()));
    root_ = make_root_object(published);
}

} // namespace beckon
