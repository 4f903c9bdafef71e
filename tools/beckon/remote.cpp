#include "remote.hpp"

#include "beckon/schema/binary.hpp"
#include "reach.hpp"

namespace command {

using beckon::errc;

remote::remote(beckon::connected session, std::optional<beckon::nanoseconds> timeout)
    : session_(std::move(session)) {
    // The first call shows whether the peer speaks the protocol at all.
    beckon::call_options options;
    if (timeout) options.timeout = *timeout;
    auto listed = session_.services().with(options).async()->list().result();
    if (!listed) throw first_failure(std::move(listed).error());
    services_ = std::move(listed).value();
}

beckon::schema::document remote::describe(const std::string& name) const {
    const beckon::bytes encoded = checked(session_.services().async()->describe(name).result());
    return checked(beckon::schema::decode(encoded).note("reading the peer's schema of " + name));
}

found_object remote::find(const std::string& name, const beckon::schema::document* schema) const {
    std::string known;
    for (const auto& service : services_) {
        if (service.name != name) {
            known += known.empty() ? service.name : ", " + service.name;
            continue;
        }
        auto interface =
            checked(beckon::dynamic_interface::create(schema != nullptr ? *schema : describe(name),
                                                      service.interface)
                        .note("looking up the interface of " + name));
        beckon::bytes digest;
        if (schema != nullptr) {
            const auto& own = interface.descriptor().schema_digest(interface.descriptor());
            digest.assign(own.begin(), own.end());
        }
        auto target = checked(
            session_.services().async()->get(name, service.interface, std::move(digest)).result());
        checked(interface.bind(target));
        if (target.core() && !target.core()->is_local())
            static_cast<beckon::remote_object&>(*target.core()).set_label(name);
        return {name, std::move(target), std::move(interface)};
    }
    throw failure{status::failed,
                  beckon::fail(errc::unknown_object, "nothing is published as ",
                               beckon::quoted(name), known.empty() ? "" : "; there is ", known)};
}

found_object remote::directory() const {
    const beckon::object root(session_.services());
    return {"directory", root, beckon::dynamic_interface::of(root).value()};
}

} // namespace command
