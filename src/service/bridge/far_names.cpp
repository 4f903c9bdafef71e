#include "service/bridge/far_names.hpp"

#include "beckon/object/exception.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/session/session.hpp"

namespace beckon::bridging {

namespace {

[[nodiscard]] naming naming_of(const protocol_traits& traits) {
    if (!traits.dynamic) return naming::directory;
    if (!traits.tells_types) return naming::single;
    return traits.addresses_by_name ? naming::by_path : naming::by_root;
}

[[nodiscard]] remote_object* remote_of(const object& of) {
    if (!of || of.core()->is_local()) return nullptr;
    return static_cast<remote_object*>(of.core().get());
}

} // namespace

void far_names::arrive(const connected& peer) {
    const std::lock_guard lock(mutex_);
    peer_ = peer;
    how_ = naming_of(peer.core()->traits());
}

void far_names::leave(error why) {
    connected gone; // what it holds ends without the lock
    intrusive_ptr<object_core> root;
    {
        const std::lock_guard lock(mutex_);
        std::swap(gone, peer_);
        std::swap(root, typed_root_);
        how_ = naming::unknown;
        if (!gone_) gone_.emplace(std::move(why));
    }
    typed_->withdraw_all();
}

naming far_names::how() const {
    const std::lock_guard lock(mutex_);
    return how_;
}

result<connected> far_names::peer() const {
    const std::lock_guard lock(mutex_);
    if (how_ != naming::unknown) return peer_;
    if (gone_) return *gone_;
    return fail(errc::disconnected, "nobody is on the other side of the bridge yet");
}

error far_names::refusal() {
    if (refused_) refused_();
    const auto there = peer();
    return there ? fail(errc::disconnected, "the other side of the bridge has changed")
                 : there.error();
}

object far_names::untyped_root() const {
    const auto there = peer();
    if (!there) return {};
    const auto conversation = there->core();
    return object(intrusive_ptr<object_core>(conversation->traits().addresses_by_name
                                                 ? conversation->published_object({})
                                                 : conversation->root()));
}

intrusive_ptr<object_core> far_names::typed_root() const {
    const std::lock_guard lock(mutex_);
    return typed_root_;
}

void far_names::keep_root(intrusive_ptr<object_core> root) {
    const std::lock_guard lock(mutex_);
    if (how_ != naming::unknown) std::swap(typed_root_, root);
}

task<void> far_names::learn(std::shared_ptr<far_names> self) {
    const result<connected> there = self->peer();
    if (!there) throw_error(self->refusal());
    task<void> learning = self->how() == naming::directory ? learn_from_directory(self, *there)
                                                           : learn_from_schema(self, *there);
    co_await learning;
}

task<void> far_names::learn_from_directory(std::shared_ptr<far_names> self, connected peer) {
    const ref<directory> there = peer.services();
    future<std::vector<service_info>> asked = there.async()->list();
    const std::vector<service_info> listed = co_await asked;
    // All questions leave together.
    std::vector<future<object>> objects;
    std::vector<future<bytes>> schemas;
    for (const service_info& each : listed) {
        objects.push_back(there.async()->get(each.name, {}, {}));
        const bool is_known =
            each.interface.empty() || self->types_->told(each.digest, each.interface).has_value();
        schemas.push_back(is_known ? ready_future<bytes>(bytes())
                                   : there.async()->describe(each.name));
    }
    future<object> asked_root = there.async()->get({}, {}, {});
    for (std::size_t i = 0; i < listed.size(); ++i) {
        const service_info& each = listed[i];
        future<object> coming = std::move(objects[i]);
        const object found = co_await coming;
        future<bytes> told = std::move(schemas[i]);
        const bytes described = co_await told;
        remote_object* const remote = remote_of(found);
        if (remote == nullptr || each.interface.empty()) continue;
        auto known = self->types_->told(each.digest, each.interface);
        if (!known) {
            result<schema::document> read = schema::decode(described);
            if (!read) throw_error(read.error().note(concat("reading the schema of ", each.name)));
            auto made = dynamic_interface::create(std::move(*read), each.interface);
            if (!made) throw_error(made.error().note(concat("reading the schema of ", each.name)));
            known.emplace(*made);
            self->types_->keep(each.digest, *known);
        }
        if (found.core()->interface() == nullptr) {
            if (auto bound = known->bind(found); !bound) throw_error(std::move(bound).error());
            remote->set_label(each.name);
        }
        self->typed_->publish(each.name, found.core());
    }
    // An older peer has no root to tell of; its only object is one.
    object root;
    try {
        root = co_await asked_root;
    } catch (const exception& untold) {
        if (untold.failure().code() == errc::disconnected) throw;
        if (listed.size() == 1) root = object(self->typed_->find_object(listed.front().name));
    }
    if (root && root.core()->interface() != nullptr) self->keep_root(root.core());
}

task<object> far_names::find_untyped(connected peer, naming how, std::string name) {
    const auto conversation = peer.core();
    if (how == naming::by_path || how == naming::single) {
        // Of a peer with one object it is that, whatever the name.
        co_return object(intrusive_ptr<object_core>(conversation->published_object(
            how == naming::single ? std::string_view() : std::string_view(name))));
    }
    const object shown(intrusive_ptr<object_core>(conversation->root()));
    future<value> asked = operate(shown, {operation::root, "root"});
    value given = co_await asked;
    if (!name.empty() && given.is(value_kind::reference)) {
        const auto root = given.as<object>();
        future<value> attribute = operate(root, {operation::get_attribute, name});
        given = co_await attribute;
    }
    if (!given.is(value_kind::reference)) co_return object();
    co_return given.as<object>();
}

task<void> far_names::learn_from_schema(std::shared_ptr<far_names> self, connected peer) {
    const dynamic_interface* const root_interface = self->types_->root();
    if (root_interface == nullptr) co_return;
    const naming how = self->how();
    const auto learn = [](const object& found, const dynamic_interface& interface) {
        // One that the protocol itself knows better stays what it is.
        if (found && !found.core()->is_local() && found.core()->interface() == nullptr)
            static_cast<void>(interface.bind(found));
        return found && found.core()->interface() != nullptr;
    };
    try {
        task<object> finding = find_untyped(peer, how, std::string(self->types_->root_name()));
        const object root = co_await finding;
        if (learn(root, *root_interface)) self->keep_root(root.core());
    } catch (const exception& missing) {
        if (missing.failure().code() == errc::disconnected) throw;
        // What the schema says of one side need not be so on the other.
    }
    for (const auto& [name, interface] : self->types_->objects()) {
        if (name.empty()) continue;
        object found;
        try {
            task<object> finding = find_untyped(peer, how, name);
            found = co_await finding;
        } catch (const exception& missing) {
            if (missing.failure().code() == errc::disconnected) throw;
            continue; // it has none of that name
        }
        // Of a peer with one object only that one's names lead to it.
        const bool is_its = learn(found, interface) &&
                            found.core()->interface_name() == interface.descriptor().name;
        if (is_its) self->typed_->publish(name, found.core());
    }
}

task<object> far_names::find_as(std::shared_ptr<far_names> self, std::string name,
                                std::string interface) {
    const result<connected> there = self->peer();
    if (!there) throw_error(self->refusal());
    const result<dynamic_interface> wanted = self->types_->find(interface);
    if (!wanted) co_return object();
    task<object> finding = find_untyped(*there, self->how(), name);
    object found = co_await finding;
    if (found && !found.core()->is_local() && found.core()->interface() == nullptr) {
        if (auto bound = wanted->bind(found); !bound) throw_error(std::move(bound).error());
    }
    if (found) self->typed_->publish(std::move(name), found.core());
    co_return found;
}

} // namespace beckon::bridging
