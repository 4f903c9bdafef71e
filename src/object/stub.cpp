#include "beckon/object/stub.hpp"

#include "beckon/object/skeleton.hpp"
#include "beckon/schema/binary.hpp"

namespace beckon::detail {

void throw_null_reference(std::string_view interface, std::string_view method) {
    throw_error(fail(errc::invalid_argument, "call of ", interface, ".", method,
                     " through a null reference"));
}

error missing_method(std::string_view interface, std::string_view method) {
    return fail(errc::unknown_method, "implementation of ", interface, " has no method ", method);
}

void throw_missing_method(std::string_view interface, std::string_view method) {
    throw_error(missing_method(interface, method));
}

intrusive_ptr<object_core> as_interface(native::reader& in, intrusive_ptr<referent> found,
                                        const interface_descriptor& interface) {
    if (!found) return {};
    auto core = intrusive_ptr<object_core>(static_cast<object_core*>(found.get()));
    if (core->interface() == nullptr) {
        static_cast<remote_object&>(*core).set_interface(&interface);
    } else if (core->interface() != &interface && core->interface_name() != interface.name) {
        in.fail(fail(errc::type_mismatch, "peer sent a reference to a ", core->interface_name(),
                     "; expected a ", interface.name));
        return {};
    }
    return core;
}

digest schema_digest_of(const schema::document& document, std::string_view interface) {
    return schema::digest_of_interface(document, interface).value();
}

void wait_for_result(peer* source, waitable& waiting, time_point deadline) {
    if (waiting.done()) return;
    if (source != nullptr) return source->wait(waiting, deadline);
    parker& self = parker::mine();
    while (waiting.announce(self)) {
        if (deadline != never && steady_clock_source().now() >= deadline) break;
        self.park(deadline);
    }
    waiting.withdraw();
}

} // namespace beckon::detail
