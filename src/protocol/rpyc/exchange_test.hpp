// Objects by the names that their owners gave them, for tests of what refers to them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "beckon/codec/brine.hpp"
#include "protocol/rpyc/identity.hpp"

namespace beckon::rpyc::testing {

class named_object final : public referent {
public:
    named_object(bool mine, std::string pack) : is_mine(mine), id_pack(std::move(pack)) {}
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "Named"; }

    const bool is_mine; ///< Of the sender of the messages that are read and written.
    const std::string id_pack;
};

/// Keeps one object for each identity, so that what is read twice is the same. Sees messages with their sender's eyes:
/// what it reads as the sender's it writes as its own.
class named_objects final : public identity_exchange {
public:
    result<lent_reference> lend(referent* object) override {
        ++lent;
        const auto& named = static_cast<const named_object&>(*object);
        return lent_reference{named.is_mine, as_bytes(named.id_pack)};
    }
    result<lent_reference> lend_container(const value& container) override {
        if (!shows_containers)
            return fail(errc::unsupported, "no container is shown here").note("showing one");
        containers.push_back(container);
        buffer pack;
        put_id_pack(pack, concat("builtins.", container.type_name()), 7, containers.size());
        return lend(find(true, pack.view()).object());
    }
    result<value> come_home(const id_pack& ours) override {
        if (knows_nothing) return fail(errc::unknown_object, "no object ", ours.name, " is lent");
        return find(false, ours.encoded);
    }
    result<value> borrow(const id_pack& theirs) override {
        if (knows_nothing) return fail(errc::limit_exceeded, "peer lent too many objects");
        return find(true, theirs.encoded);
    }

    value find(bool mine, byte_view pack) {
        auto& known = objects[{mine, std::string(as_text(pack))}];
        if (!known) {
            known = intrusive_ptr<referent>(new named_object(mine, std::string(as_text(pack))));
        }
        return value(known);
    }
    /// An object by the parts of its identity; the integers in decimal.
    value find(bool mine, std::string_view name, std::string_view type, std::string_view object) {
        buffer pack;
        const value parts = value::tuple({name, *value::integer(type), *value::integer(object)});
        static_cast<void>(brine::write(pack, parts).value());
        return find(mine, pack.view());
    }

    std::map<std::pair<bool, std::string>, intrusive_ptr<referent>> objects;
    std::vector<value> containers;
    std::size_t lent = 0;
    bool shows_containers = true;
    bool knows_nothing = false;
};

} // namespace beckon::rpyc::testing
