#include "beckon/object/dynamic_interface.hpp"

#include <optional>

#include "beckon/schema/binary.hpp"
#include "beckon/schema/check.hpp"
#include "object/schema_servant.hpp"

namespace beckon {

struct dynamic_schema::entry : interface_descriptor {
    explicit entry(const schema::interface& declared) {
        table.reserve(declared.methods.size());
        for (const schema::method& each : declared.methods)
            table.push_back({each.name, each.oneway, each.idempotent});
        name = declared.name;
        methods = table;
    }
    std::vector<method_descriptor> table;

    // Made when somebody asks: few programs do.
    struct closure {
        schema::document document;
        beckon::digest digest;
    };
    mutable std::once_flag once;
    mutable std::optional<closure> made;
    const closure& closed() const {
        std::call_once(once, [this] {
            const auto& whole = static_cast<const dynamic_schema*>(owner)->document_;
            schema::document needed = schema::closure(whole, name).value();
            const beckon::digest sum = schema::digest_of(needed);
            made.emplace(closure{std::move(needed), sum});
        });
        return *made;
    }
};

dynamic_schema::dynamic_schema(schema::document document) : document_(std::move(document)) {
    for (const schema::interface& declared : document_.interfaces) {
        entry& made = entries_.emplace_back(declared);
        made.document = [](const interface_descriptor& self) -> const schema::document& {
            return static_cast<const entry&>(self).closed().document;
        };
        made.schema_digest = [](const interface_descriptor& self) -> const digest& {
            return static_cast<const entry&>(self).closed().digest;
        };
        made.make_forwarder = [](const interface_descriptor& self, object_core& target) {
            return detail::make_dynamic_forwarder(self, target);
        };
        made.owner = this;
        by_name_.emplace(declared.name, entries_.size() - 1);
    }
}

dynamic_schema::~dynamic_schema() = default;

result<intrusive_ptr<const dynamic_schema>> dynamic_schema::create(schema::document document) {
    BECKON_TRY(schema::validate(document));
    return intrusive_ptr<const dynamic_schema>(new dynamic_schema(std::move(document)));
}

intrusive_ptr<const dynamic_schema> dynamic_schema::of(const interface_descriptor& known) {
    if (known.owner != nullptr)
        return intrusive_ptr<const dynamic_schema>(static_cast<const dynamic_schema*>(known.owner));
    // Descriptors of C++ interfaces live as long as the program and are as many as it declares. Never freed: threads that
    // serve may outlive `main`.
    static std::mutex mutex;
    static auto& made =
        *new std::map<const interface_descriptor*, intrusive_ptr<const dynamic_schema>>;
    const std::lock_guard lock(mutex);
    intrusive_ptr<const dynamic_schema>& found = made[&known];
    if (!found)
        found = intrusive_ptr<const dynamic_schema>(new dynamic_schema(known.document(known)));
    return found;
}

const interface_descriptor* dynamic_schema::find(std::string_view name) const noexcept {
    const auto found = by_name_.find(name);
    return found != by_name_.end() ? &entries_[found->second] : nullptr;
}

const schema::interface& dynamic_schema::declaration(const interface_descriptor& descriptor) const {
    const auto found = by_name_.find(descriptor.name);
    BECKON_ASSERT(found != by_name_.end(), "interface is of another schema");
    return document_.interfaces[found->second];
}

void dynamic_schema::bind_references(const schema::type& type, const value& inside) const {
    using schema::kind;
    // A stack of its own: a value may nest deeper than this thread's.
    std::vector<std::pair<const schema::type*, const value*>> open{{&type, &inside}};
    while (!open.empty()) {
        const auto [as, from] = open.back();
        open.pop_back();
        switch (as->kind) {
        case kind::interface:
            if (from->is(value_kind::reference)) {
                auto& core = static_cast<object_core&>(*from->object());
                if (!core.is_local())
                    static_cast<remote_object&>(core).set_interface(find(as->name));
            }
            break;
        case kind::optional:
            if (!from->is_null()) open.emplace_back(&as->arguments[0], from);
            break;
        case kind::list:
            if (as->arguments[0].kind < kind::any || !from->is_sequence()) break; // scalars
            for (const value& item : from->items()) open.emplace_back(&as->arguments[0], &item);
            break;
        case kind::map:
            if (!from->is(value_kind::map)) break;
            for (const map_entry& each : from->entries())
                open.emplace_back(&as->arguments[1], &each.mapped);
            break;
        case kind::tuple:
            if (!from->is_sequence()) break;
            for (std::size_t i = 0; i < as->arguments.size(); ++i)
                open.emplace_back(&as->arguments[i], &(*from)[i]);
            break;
        case kind::variant:
            if (!from->is(value_kind::variant)) break;
            for (std::size_t i = 0; i < as->case_names.size(); ++i) {
                if (as->case_names[i] == from->name())
                    open.emplace_back(&as->arguments[i], &from->content());
            }
            break;
        case kind::record:
            if (const schema::record* const declared = document_.find_record(as->name);
                declared != nullptr && from->is(value_kind::record)) {
                for (const schema::field& field : declared->fields)
                    open.emplace_back(&field.type, &(*from)[std::string_view(field.name)]);
            }
            break;
        default: break;
        }
    }
}

result<dynamic_interface> dynamic_interface::create(schema::document document,
                                                    std::string_view name) {
    BECKON_ASSIGN(auto schema, dynamic_schema::create(std::move(document)));
    const interface_descriptor* const found = schema->find(name);
    if (found == nullptr) return fail(errc::not_found, "schema has no interface ", quoted(name));
    return dynamic_interface(std::move(schema), *found);
}

result<dynamic_interface> dynamic_interface::of(const object& known) {
    const interface_descriptor* const descriptor = known ? known.core()->interface() : nullptr;
    if (descriptor == nullptr)
        return fail(errc::unsupported, "the interface of the object is not known");
    return dynamic_interface(dynamic_schema::of(*descriptor), *descriptor);
}

result<dynamic_interface> dynamic_interface::sibling(std::string_view name) const {
    const interface_descriptor* const found = schema_->find(name);
    if (found == nullptr) return fail(errc::not_found, "schema has no interface ", quoted(name));
    return dynamic_interface(schema_, *found);
}

result<void> dynamic_interface::bind(const object& target) const {
    if (!target) return fail(errc::invalid_argument, "a null reference has no interface");
    object_core& core = *target.core();
    if (!core.is_local()) static_cast<remote_object&>(core).set_interface(descriptor_);
    if (core.interface_name() != descriptor_->name) {
        return fail(errc::type_mismatch, "object is a ", core.interface_name(), "; expected a ",
                    descriptor_->name);
    }
    return {};
}

result<std::uint16_t> dynamic_interface::find_method(std::string_view name) const {
    const auto& methods = declaration().methods;
    for (std::size_t i = 0; i < methods.size(); ++i) {
        if (methods[i].name == name) return static_cast<std::uint16_t>(i);
    }
    std::string known;
    for (const schema::method& each : methods) {
        if (!known.empty()) known += ", ";
        known += each.name;
    }
    return fail(errc::unknown_method, "interface ", descriptor_->name, " has no method ",
                quoted(name), known.empty() ? "" : "; there are ", known);
}

} // namespace beckon
