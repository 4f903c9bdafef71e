#include "service/bridge/far_directory.hpp"

#include "beckon/object/exception.hpp"

namespace beckon::bridging {

task<object> far_directory::get(std::string name, std::string interface, bytes digest) {
    const std::shared_ptr<far_names> names = names_; // this may go meanwhile
    const auto known = [&] {
        return name.empty() ? names->typed_root() : names->typed()->find_object(name);
    };
    if (!known()) {
        task<void> learning = far_names::learn(names);
        co_await learning;
    }
    if (!known() && names->how() != naming::directory && !interface.empty()) {
        task<object> finding = far_names::find_as(names, name, interface);
        const object found = co_await finding;
        if (!found) {
            throw_error(fail(errc::unsupported, quoted(name), " cannot be reached as a ", interface,
                             ": the other side of the bridge does not tell types, and the bridge "
                             "was given no schema that has it"));
        }
    }
    if (name.empty()) co_return object(known());
    co_return names->typed()->get(name, interface, digest);
}

task<std::vector<service_info>> far_directory::list() {
    const std::shared_ptr<far_names> names = names_;
    task<void> learning = far_names::learn(names);
    co_await learning;
    co_return names->typed()->list();
}

task<bytes> far_directory::describe(std::string name) {
    const std::shared_ptr<far_names> names = names_;
    if (!names->typed()->find_object(name)) {
        task<void> learning = far_names::learn(names);
        co_await learning;
    }
    co_return names->typed()->describe(name);
}

intrusive_ptr<servant> make_far_directory(std::shared_ptr<far_names> names,
                                          std::shared_ptr<void> keeps) {
    const ref<directory> made = make_ref<directory>(
        std::make_shared<far_directory>(std::move(names), std::move(keeps)), policy::inline_);
    return intrusive_ptr<servant>(static_cast<servant*>(made.core().get()));
}

} // namespace beckon::bridging
