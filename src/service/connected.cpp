#include "beckon/object/operate.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/schema/compatible.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/session/session.hpp"
#include "service/renewal.hpp"

namespace beckon {

connected::connected() noexcept = default;
connected::connected(intrusive_ptr<beckon::session> conversation) noexcept
    : session_(std::move(conversation)) {}
connected::connected(std::shared_ptr<renewal> renewing) noexcept : renewal_(std::move(renewing)) {}
connected::connected(const connected&) noexcept = default;
connected::connected(connected&&) noexcept = default;
connected& connected::operator=(const connected&) noexcept = default;
connected& connected::operator=(connected&&) noexcept = default;
connected::~connected() = default;

intrusive_ptr<session> connected::core() const noexcept {
    return renewal_ ? renewal_->now() : session_;
}

ref<directory> connected::services() const {
    auto core = this->core()->root();
    core->set_interface(&descriptor_of<directory>());
    core->set_label("directory");
    return ref<directory>(intrusive_ptr<object_core>(std::move(core)));
}

result<object> connected::try_root(nanoseconds timeout) const {
    if (!core()->is_dynamic()) return object(services());
    if (core()->traits().addresses_by_name)
        return object(intrusive_ptr<object_core>(core()->published_object({})));
    call_options options;
    options.timeout = timeout;
    const object shown(intrusive_ptr<object_core>(core()->root()));
    BECKON_ASSIGN(const value given, operate_and_wait(shown, {operation::root, "root"}, options));
    if (!given.is(value_kind::reference)) {
        return fail(errc::type_mismatch, "peer ", peer_name(), " shows ", given.type_name(),
                    " first; expected an object");
    }
    return given.get<object>();
}

object connected::root() const {
    auto found = try_root();
    if (!found) throw_error(std::move(found).error());
    return std::move(found).value();
}

/// The names of a peer of a dynamic protocol that are for its users.
std::vector<service_info> connected::list() const {
    if (!core()->is_dynamic()) return services()->list();
    auto names = operate_and_wait(root(), {operation::names});
    if (!names) throw_error(std::move(names).error());
    std::vector<service_info> listed;
    for (const value& each : *names) {
        if (each.is(value_kind::string) && !each.string().starts_with("_"))
            listed.push_back({std::string(each.string()), {}, {}});
    }
    return listed;
}
void connected::close() const {
    if (renewal_) renewal_->rest(); // what is to be done before still finds its conversation
    core()->close_by_user(fail(errc::cancelled, "session was closed by this side"));
    if (renewal_) renewal_->end();
}
session_stats connected::stats() const { return core()->stats(); }
std::string connected::peer_name() const { return core()->endpoint_name(); }
std::string connected::name() const { return core()->name(); }

namespace {

/// Whether the two sides' versions of an interface can talk; an error that names each difference that forbids it.
result<void> check_versions(const bytes& theirs, std::string_view name,
                            const interface_descriptor& ours) {
    BECKON_ASSIGN(const schema::document described,
                  schema::decode(theirs).note(concat("reading the peer's schema of ", name)));
    BECKON_ASSIGN(const auto differences,
                  schema::compare(described, ours.document(ours), ours.name));
    if (schema::is_compatible(differences)) return {};
    std::string text;
    for (const schema::difference& each : differences) {
        if (each.severity != schema::severity::breaking) continue;
        if (!text.empty()) text += "; ";
        text += concat(each.path, ": ", each.what);
    }
    return fail(errc::schema_mismatch, quoted(name), " has another version of ", ours.name, ": ",
                text);
}

} // namespace

/// In protocols with one root object: an attribute of it, or, without a name, the root itself. Where names are the
/// addresses, the peer is not asked.
result<object> connected::try_get(std::string_view name) const {
    if (!core()->is_dynamic()) {
        return services().async()->get(std::string(name), {}, {}).result();
    }
    if (core()->traits().addresses_by_name)
        return object(intrusive_ptr<object_core>(core()->published_object(name)));
    BECKON_ASSIGN(object found, try_root());
    if (name.empty()) return found;
    BECKON_ASSIGN(const value attribute,
                  operate_and_wait(found, {operation::get_attribute, std::string(name)}));
    return attribute.get<object>().note(concat("looking up ", name));
}

object connected::get(std::string_view name) const {
    auto found = try_get(name);
    if (!found) throw_error(std::move(found).error());
    return std::move(found).value();
}

result<intrusive_ptr<object_core>>
connected::find_attribute(std::string_view name, const interface_descriptor& interface) const {
    BECKON_ASSIGN(const object found, try_get(name));
    if (!found) return fail(errc::unknown_object, "peer gave no object for ", quoted(name));
    // One that others hold already stays as they know it.
    if (!found.core()->is_local() && found.core()->interface() == nullptr) {
        auto& remote = static_cast<remote_object&>(*found.core());
        remote.set_interface(&interface);
        if (!core()->traits().addresses_by_name) remote.set_label(std::string(name));
    }
    return found.core();
}

result<intrusive_ptr<object_core>>
connected::try_find(std::string_view name, const interface_descriptor& interface) const {
    if (core()->is_dynamic()) return find_attribute(name, interface);
    const ref<directory> there = services();
    const digest& wanted = interface.schema_digest(interface);
    const auto ask = [&](bytes with) {
        return there.async()
            ->get(std::string(name), std::string(interface.name), std::move(with))
            .result();
    };
    result<object> found = ask({wanted.begin(), wanted.end()});
    if (!found && found.error().code() == errc::schema_mismatch) {
        // Another version perhaps: compare in detail, and if it will do, ask again without insisting.
        BECKON_ASSIGN(const bytes described, there.async()->describe(std::string(name)).result());
        result<void> fits = check_versions(described, name, interface);
        if (!fits && fits.error().code() == errc::not_found)
            return std::move(found).error(); // another interface
        BECKON_TRY(std::move(fits));
        found = ask({});
    }
    if (!found) return std::move(found).error();
    if (!*found) return fail(errc::unknown_object, "peer gave no object for ", quoted(name));
    intrusive_ptr<object_core> core = found->core();
    if (!core->is_local()) {
        auto& remote = static_cast<remote_object&>(*core);
        remote.set_interface(&interface);
        remote.set_label(std::string(name));
    }
    return core;
}

intrusive_ptr<object_core> connected::find(std::string_view name,
                                           const interface_descriptor& interface) const {
    auto found = try_find(name, interface);
    if (!found) throw_error(std::move(found).error());
    return std::move(found).value();
}

} // namespace beckon
