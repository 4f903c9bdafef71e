// References in messages: lending, borrowing, coming home, releasing.
//
// Counted release: each side counts how often it sent an object; the other says how often it received it when it lets go.
// A reference sent while a release was on its way is not in that count, so the object stays.
#include "beckon/object/operation_forwarder.hpp"
#include "beckon/session/session.hpp"

#include "session/active_call.hpp"

namespace beckon {

result<wire_reference> session::lend(referent* object) {
    const std::uint32_t promise = std::exchange(binding_promise_, 0);
    // Nothing is lent to a peer that has gone.
    if (object == nullptr || state_ == state::over) return wire_reference{};
    auto& core = static_cast<object_core&>(*object);
    if (!core.is_local()) {
        auto& remote = static_cast<remote_object&>(core);
        if (&remote.session() == this && (!remote.is_root || traits_.passes_root)) {
            export_entry* const promised = promise != 0 ? exports_.find(promise) : nullptr;
            if (promised != nullptr && core.interface() != nullptr) {
                // Calls that came for the result before it was known go back to where its object is.
                exports_.resolve(*promised,
                                 core.interface()->make_forwarder(*core.interface(), core), &core,
                                 true);
                promise_ready(*promised);
            }
            return wire_reference{reference_kind::yours, remote.id()};
        }
    }
    export_entry* entry = exports_.find_object(&core);
    export_entry* const promised = promise != 0 ? exports_.find(promise) : nullptr;
    if (entry == nullptr && promised == nullptr && exports_.size() >= options_.limits.max_exports) {
        return fail(errc::limit_exceeded, options_.endpoint, " holds ", exports_.size(),
                    " objects already; limit is ", options_.limits.max_exports, " (max_exports)");
    }
    intrusive_ptr<servant> serving;
    if (entry == nullptr || promised != nullptr) {
        if (core.is_local()) {
            serving = intrusive_ptr<servant>(static_cast<servant*>(&core));
        } else if (core.interface() == nullptr && traits_.dynamic) {
            serving = entry != nullptr
                          ? entry->object
                          : make_operation_forwarder(intrusive_ptr<object_core>(&core));
        } else if (core.interface() == nullptr) {
            return fail(errc::unsupported, "an object of ",
                        static_cast<remote_object&>(core).session().endpoint_name(),
                        " whose interface is not known cannot be passed on to ", options_.endpoint);
        } else if (entry != nullptr) {
            serving = entry->object;
        } else {
            serving = core.interface()->make_forwarder(*core.interface(), core);
        }
    }
    if (promised != nullptr) {
        exports_.resolve(*promised, std::move(serving), &core, entry != nullptr);
        promise_ready(*promised);
        if (entry == nullptr) return wire_reference{reference_kind::promised, promise};
    } else if (entry == nullptr) {
        entry = &exports_.add(std::move(serving), &core);
    }
    ++entry->count;
    lent_.push_back(entry->id);
    return wire_reference{reference_kind::mine, entry->id};
}

referent* session::find_lent(std::uint32_t object) noexcept {
    export_entry* const entry = exports_.find(object);
    return entry != nullptr ? entry->object.get() : nullptr;
}

intrusive_ptr<remote_object> session::import(std::uint32_t id, std::uint32_t received) {
    if (remote_object** const known = imports_.find(id);
        known != nullptr && (*known)->try_acquire()) {
        (*known)->received += received;
        return intrusive_ptr<remote_object>::adopt(*known);
    }
    // Unknown, or dying: a dead one still in the list of dropped references carries its own count there.
    auto made = make_counted<remote_object>(intrusive_ptr<peer>(this), id, nullptr);
    made->received = received;
    imports_.set(id, made.get());
    return made;
}

result<intrusive_ptr<referent>> session::borrow(wire_reference from, std::string_view) {
    const std::uint32_t id = from.object;
    switch (from.kind) {
    case reference_kind::null: break;
    case reference_kind::mine: {
        if (id == 0 && traits_.passes_root) return intrusive_ptr<referent>(find_published({}));
        if (id == 0)
            return fail(errc::protocol_error, "peer lent object #0; that is its directory");
        if (imports_.size() >= options_.limits.max_exports && imports_.find(id) == nullptr) {
            return fail(errc::limit_exceeded, "peer lent more than ", options_.limits.max_exports,
                        " objects (max_exports)");
        }
        auto object = import(id, 1);
        if (!traits_.dynamic) borrowed_.push_back(id); // what came as values is let go of with them
        return intrusive_ptr<referent>(std::move(object));
    }
    case reference_kind::yours: {
        export_entry* const entry = exports_.find(id);
        if (entry == nullptr) {
            return fail(errc::unknown_object, "peer passed back object #", id,
                        ", which is not lent to it");
        }
        if (!entry->object) {
            if (entry->promise->failure) return *entry->promise->failure;
            return fail(errc::unknown_object,
                        "peer passed back the result of a call that has not returned");
        }
        // A reference that we forward comes home as the reference that it stands for.
        return intrusive_ptr<referent>(const_cast<object_core*>(entry->original));
    }
    case reference_kind::promised:
        if (binding_promise_ == 0) {
            return fail(errc::protocol_error, "peer sent a promised result that was not asked for");
        }
        return intrusive_ptr<referent>(import(std::exchange(binding_promise_, 0), 1));
    }
    return intrusive_ptr<referent>();
}

intrusive_ptr<remote_object> session::promised_object(pending_call& pending,
                                                      const interface_descriptor* interface) {
    const std::lock_guard lock(*this);
    if (pending.where == pending_call::state::answered || pending.promise_id == 0) return {};
    // Not counted: until the reply the call itself holds what the peer will count as sent once.
    auto object = import(pending.promise_id, 0);
    if (object->interface() == nullptr) object->set_interface(interface);
    return object;
}

/// The call is answered, and its result is no object under the number that it was promised under.
void session::give_back_promise(std::uint32_t promise) {
    if (remote_object** const known = imports_.find(promise)) {
        ++(*known)->received; // its holders give it back
        return;
    }
    const std::pair<std::uint32_t, std::uint32_t> released{promise, 1};
    protocol_->write_release(out_, {&released, 1});
    driver_.output_ready();
}

void session::released(remote_object& object) noexcept {
    // A reference is dropped anywhere, also where the lock is held: only note it. Whoever writes next sends it, and frees
    // the object, which may be the last to hold this session.
    const intrusive_ptr<session> kept(this);
    remote_object* head = released_.load(std::memory_order_relaxed);
    do {
        object.next_released = head;
    } while (!released_.compare_exchange_weak(head, &object, std::memory_order_release,
                                              std::memory_order_relaxed));
    if (head == nullptr) driver_.released();
}

void session::write_releases() {
    if (stopped_.load(std::memory_order_relaxed) != nullptr) write_stops();
    // A release must not overtake a call that waits for credit and passes the object back.
    if (!parked_.empty() && state_ == state::open) return;
    // Nor may a peer that makes us release, and reads nothing, fill our memory: they wait until it has.
    if (traits_.dynamic && state_ == state::open && !has_room()) return;
    remote_object* dropped = released_.exchange(nullptr, std::memory_order_acquire);
    if (dropped == nullptr) return;
    std::pair<std::uint32_t, std::uint32_t> gathered[64];
    std::size_t count = 0;
    const auto flush = [&] {
        if (count != 0 && state_ == state::open) {
            protocol_->write_release(out_, {gathered, count});
        }
        count = 0;
    };
    while (dropped != nullptr) {
        remote_object* const next = dropped->next_released;
        if (dropped->calls != 0) { // comes here again when the last of them is answered
            dropped->dropped = true;
            dropped = next;
            continue;
        }
        if (dropped->is_root) {
            const auto listed = published_.find(traits_.key_of_published(dropped->label()));
            if (listed != published_.end() && listed->second == dropped) published_.erase(listed);
        } else if (remote_object** const listed = imports_.find(dropped->id());
                   listed != nullptr && *listed == dropped) {
            imports_.erase(dropped->id());
        }
        if (dropped->received != 0) gathered[count++] = {dropped->id(), dropped->received};
        if (count == 64) flush();
        dead_.push_back(dropped); // its end may end the session: not under the lock
        dropped = next;
    }
    flush();
}

void session::drop_export(export_entry& entry, std::uint32_t count) {
    entry.count -= count;
    if (entry.count != 0 || (!entry.object && !entry.promise->failure)) return;
    if (unread_.empty()) return collect(exports_.remove(entry));
    unread_.keep(entry);
}

/// Forgets objects that were released while calls waited that might have named them.
void session::drop_kept() {
    unread_.drop_kept([this](std::uint32_t object, std::uint64_t kept_for) {
        export_entry* const entry = exports_.find(object);
        if (entry == nullptr || entry->kept_for != kept_for) return; // gone, or released once more
        entry->kept_for = 0;
        if (entry->count == 0) collect(exports_.remove(*entry));
    });
}

void session::on_release(std::uint32_t object, std::uint32_t count) {
    export_entry* const entry = exports_.find(object);
    if (entry == nullptr) {
        // The number of a result to come may belong to a call that was refused before it counted.
        if ((object & promise_bit) != 0) return;
        return on_oddity("BKN-RELEASE-STRAY",
                         concat("peer released object #", object, ", which is not lent to it"));
    }
    if (count > entry->count) {
        on_oddity("BKN-RELEASE-EXCESS", concat("peer released object #", object, " ", count,
                                               " times; it holds it ", entry->count, " times"));
        count = entry->count;
    }
    drop_export(*entry, count);
}

/// The message being taken is refused as a whole: what it lent counts as not sent.
void session::unborrow() {
    for (const std::uint32_t id : borrowed_) {
        remote_object** const known = imports_.find(id);
        if (known != nullptr && (*known)->received != 0) --(*known)->received;
    }
    borrowed_.clear();
}

void session::unlend(const std::vector<std::uint32_t>& lent) {
    for (const std::uint32_t id : lent) {
        export_entry* const entry = exports_.find(id);
        if (entry != nullptr && entry->count != 0) drop_export(*entry, 1);
    }
}

} // namespace beckon
