#include "protocol/rpyc/identities.hpp"

#include <algorithm>

#include "beckon/object/containers.hpp"
#include "beckon/object/peer.hpp"
#include "protocol/rpyc/boxing.hpp"

namespace beckon::rpyc {

namespace {

/// Names that Python has a class of its own for, so that it asks for no methods.
[[nodiscard]] std::string_view python_class(servant::nature what) noexcept {
    switch (what) {
    case servant::nature::method: return "builtins.method";
    case servant::nature::function: return "builtins.function";
    case servant::nature::list: return "builtins.list";
    case servant::nature::map: return "builtins.dict";
    case servant::nature::set: return "builtins.set";
    case servant::nature::iterator: return "builtins.generator";
    case servant::nature::object: break;
    }
    return {};
}

[[nodiscard]] error not_lent(const id_pack& pack) {
    error failure = fail(errc::unknown_object, "no object (", pack.name, ", ",
                         pack.type_id.to_text(32), ", ", pack.object_id.to_text(32), ") is lent");
    failure.set_type_name("builtins.KeyError");
    return failure;
}

} // namespace

const identities::told_class& identities::class_of(const servant& object) {
    const std::uint64_t next = known_classes_.size() + classes_.size() + 1;
    if (const std::string_view known = python_class(object.what()); !known.empty()) {
        told_class& told = known_classes_[known];
        if (told.type_id == 0) told = {std::string(known), next};
        return told;
    }
    const std::string_view name = object.interface_name();
    if (const auto found = classes_.find(name); found != classes_.end()) return found->second;
    // No Python program imports that prefix, so that none of its classes is taken for ours.
    told_class told{concat("beckon.", name.empty() ? "object" : name), next};
    return classes_.emplace(name, std::move(told)).first->second;
}

result<lent_reference> identities::lend(referent* object) {
    BECKON_ASSIGN(const wire_reference lent, references_->lend(object));
    if (lent.kind == reference_kind::yours) {
        const byte_view home = identity_of(lent.object);
        if (home.empty())
            return fail(errc::internal, "object #", lent.object, " of the peer has no identity");
        return lent_reference{false, home};
    }
    const auto* const ours = static_cast<const servant*>(references_->find_lent(lent.object));
    if (lent.kind != reference_kind::mine || ours == nullptr)
        return fail(errc::disconnected, "the peer has gone; nothing is lent to it any more");
    const told_class& told = class_of(*ours);
    holdings_.note(lent.object, *ours);
    pack_.clear();
    put_id_pack(pack_, told.name, told.type_id, lent.object);
    return lent_reference{true, pack_.view()};
}

result<lent_reference> identities::lend_container(const value& container) {
    const intrusive_ptr<servant> shown = beckon::lend_container(container);
    if (!shown) return fail(errc::unsupported, container.type_name(), " has no form in rpyc");
    return lend(shown.get());
}

result<std::uint32_t> identities::number_of(const id_pack& ours) {
    const auto number = ours.object_id.get<std::uint32_t>();
    const auto* const object =
        number ? static_cast<const servant*>(references_->find_lent(*number)) : nullptr;
    if (object == nullptr) return not_lent(ours);
    const told_class& told = class_of(*object);
    if (ours.name != told.name || ours.type_id != value(told.type_id)) return not_lent(ours);
    return *number;
}

result<std::uint32_t> identities::number_of(const value& ours) {
    if (!ours.is(value_kind::tuple) || ours.size() != 3 || !ours[0].is(value_kind::string)) {
        error failure = fail(errc::type_mismatch, "an identity is (name, type, object), not ",
                             ours.type_name());
        failure.set_type_name("builtins.TypeError");
        return failure;
    }
    return number_of(id_pack{ours[0].string(), ours[1], ours[2], {}});
}

result<value> identities::come_home(const id_pack& ours) {
    BECKON_ASSIGN(const std::uint32_t number, number_of(ours));
    BECKON_ASSIGN(intrusive_ptr<referent> object,
                  references_->borrow({reference_kind::yours, number}, {}));
    return value(std::move(object));
}

result<value> identities::borrow(const id_pack& peers) {
    const auto known = numbers_.find(as_text(peers.encoded));
    std::uint32_t number = 0;
    if (known != numbers_.end()) {
        number = known->second;
    } else {
        // Numbers come round after four billion objects; those still held are passed over.
        do {
            if (++last_number_ == 0x8000'0000u) last_number_ = 1;
        } while (theirs_.contains(last_number_));
        number = last_number_;
    }
    BECKON_ASSIGN(intrusive_ptr<referent> object,
                  references_->borrow({reference_kind::mine, number}, peers.name));
    if (known == numbers_.end()) {
        theirs& added = theirs_[number];
        added.encoded = as_text(peers.encoded);
        added.name = peers.name;
        numbers_.emplace(added.encoded, number);
    }
    ++theirs_[number].received;
    return value(std::move(object));
}

byte_view identities::identity_of(std::uint32_t number) noexcept {
    const auto known = theirs_.find(number);
    return known != theirs_.end() ? as_bytes(known->second.encoded) : byte_view();
}

result<void> identities::put_identity(buffer& out, referent* object) {
    if (!static_cast<const object_core*>(object)->is_local()) {
        BECKON_ASSIGN(const wire_reference known, references_->lend(object));
        if (known.kind == reference_kind::yours) {
            put_label(out, label::value);
            out.append(identity_of(known.object));
            return {};
        }
    }
    return fail(errc::unsupported, "whether an object is an instance of a class is for the peer "
                                   "to say only of objects of its own");
}

bool identities::is_class_of(std::uint32_t number, referent* object) {
    const auto read = [&](std::uint32_t of, const auto& use) {
        const auto known = theirs_.find(of);
        if (known == theirs_.end()) return false;
        const byte_view encoded = as_bytes(known->second.encoded);
        const limits unbounded;
        brine::reader in(encoded, unbounded);
        const auto pack = read_id_pack(in, encoded);
        return pack && use(*pack);
    };
    if (static_cast<const object_core*>(object)->is_local()) return false;
    const auto instance =
        references_->lend(object); // which tells whether it is of this conversation
    if (!instance || instance->kind != reference_kind::yours) return false;
    return read(number, [&](const id_pack& type) {
        return type.is_class() && read(instance->object, [&](const id_pack& its) {
                   return !its.is_class() && its.type_id == type.type_id;
               });
    });
}

std::string_view identities::name_of(std::uint32_t number) const noexcept {
    const auto known = theirs_.find(number);
    return known != theirs_.end() ? std::string_view(known->second.name) : std::string_view();
}

void identities::released(std::uint32_t number, std::uint32_t count) {
    const auto known = theirs_.find(number);
    if (known == theirs_.end()) return;
    known->second.received -= std::min<std::uint64_t>(known->second.received, count);
    if (known->second.received != 0) return;
    numbers_.erase(known->second.encoded);
    theirs_.erase(known);
}

} // namespace beckon::rpyc
