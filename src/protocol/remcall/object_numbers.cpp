#include "protocol/remcall/object_numbers.hpp"

#include <algorithm>

#include "beckon/object/object_core.hpp"
#include "codec/remcall/numbers.hpp"

namespace beckon::remcall {

namespace {
[[nodiscard]] result<void> check_interface(const referent& object, std::string_view interface) {
    const std::string_view known = object.interface_name();
    if (known.empty() || known == interface) return {};
    return fail(errc::type_mismatch, "expected an object of ", interface, ", found one of ", known);
}
} // namespace

// --- Objects of ours ---

result<std::int64_t> object_numbers::number_of(referent& object, std::string_view interface) {
    BECKON_TRY(check_interface(object, interface));
    if (&object == main_.get()) return main_number;
    BECKON_ASSIGN(const wire_reference lent, references_->lend(&object));
    if (lent.kind == reference_kind::mine) return number_lent(lent.object, object);
    if (lent.kind == reference_kind::yours) return number_of_theirs(lent.object);
    return 0; // the conversation is over
}

result<std::int64_t> object_numbers::number_lent(std::uint32_t id, const referent& object) {
    auto known = ours_.find(id);
    if (known != ours_.end() && known->second.object != &object) {
        forget_ours(id); // of an object that has gone without the peer's having said so
        known = ours_.end();
    }
    const bool is_new = known == ours_.end();
    if (is_new) {
        const std::int64_t first = plays_ == role::server ? main_number : 0;
        const std::int64_t step = plays_ == role::server ? 1 : -1;
        const std::int64_t number = (last_ours_ != 0 ? last_ours_ : first) + step;
        if (!fits_signed(number, width_)) {
            return fail(errc::limit_exceeded, "all numbers for objects of this side are given, to ",
                        last_ours_, ": references have ", width_, width_ == 1 ? " byte" : " bytes",
                        " in the schema");
        }
        last_ours_ = number;
        known = ours_.emplace(id, ours{number, 0, &object}).first;
        our_ids_.emplace(number, id);
    }
    ++known->second.sent;
    sent_now_.push_back({id, is_new});
    return known->second.number;
}

void object_numbers::take_back() {
    for (auto each = sent_now_.rbegin(); each != sent_now_.rend(); ++each) {
        const auto known = ours_.find(each->id);
        if (known == ours_.end()) continue;
        --known->second.sent;
        if (!each->is_new) continue;
        // Nobody has seen the number, and it was the last one given.
        last_ours_ += plays_ == role::server ? -1 : 1;
        forget_ours(each->id);
    }
    sent_now_.clear();
}

void object_numbers::forget_ours(std::uint32_t id) {
    const auto known = ours_.find(id);
    if (known == ours_.end()) return;
    our_ids_.erase(known->second.number);
    ours_.erase(known);
}

result<object_numbers::lent_object> object_numbers::find_ours(std::int64_t number) {
    if (number == 0) return fail(errc::unknown_object, "peer called null");
    if (!is_ours(number)) {
        return fail(errc::unknown_object, "peer called object ", number,
                    ", which is one of its own");
    }
    if (plays_ == role::server && number == main_number) return lent_object{0, main_.get()};
    const auto known = our_ids_.find(number);
    referent* const object =
        known != our_ids_.end() ? references_->find_lent(known->second) : nullptr;
    if (object == nullptr) {
        return fail(errc::unknown_object, "object ", number,
                    " is not lent to the peer; it was released, or never was");
    }
    return lent_object{known->second, object};
}

std::uint32_t object_numbers::released_by_peer(std::int64_t number, std::uint32_t& count) {
    const auto known = our_ids_.find(number);
    if (known == our_ids_.end()) return 0;
    const std::uint32_t id = known->second;
    ours& entry = ours_.at(id);
    count = static_cast<std::uint32_t>(std::min<std::uint64_t>(entry.sent, count));
    entry.sent -= count;
    if (entry.sent == 0) forget_ours(id);
    return id;
}

// --- Objects of the peer ---

result<value> object_numbers::object_of(std::int64_t number, std::string_view interface) {
    if (is_ours(number)) {
        if (plays_ == role::server && number == main_number && main_) return value(main_);
        BECKON_ASSIGN(const lent_object found, find_ours(number));
        BECKON_ASSIGN(intrusive_ptr<referent> home,
                      references_->borrow({reference_kind::yours, found.id}, interface));
        return value(std::move(home));
    }
    if (plays_ == role::client && number == main_number) {
        // What this side began with, and neither counts nor gives back.
        BECKON_ASSIGN(intrusive_ptr<referent> main,
                      references_->borrow({reference_kind::mine, 0}, interface));
        return value(std::move(main));
    }
    const auto known = their_ids_.find(number);
    std::uint32_t id = 0;
    if (known != their_ids_.end()) {
        id = known->second;
    } else {
        // Numbers come round after two billion objects; those still held are passed over.
        do {
            if (++last_id_ == 0x8000'0000u) last_id_ = 1;
        } while (theirs_.contains(last_id_));
        id = last_id_;
    }
    BECKON_ASSIGN(intrusive_ptr<referent> object,
                  references_->borrow({reference_kind::mine, id}, interface));
    if (known == their_ids_.end()) {
        theirs_.emplace(id, theirs{number, 0, std::string(interface)});
        their_ids_.emplace(number, id);
    }
    ++theirs_.at(id).received;
    return value(std::move(object));
}

result<std::int64_t> object_numbers::number_of_theirs(std::uint32_t id) const {
    if (id == 0) {
        if (plays_ == role::client) return main_number;
        return fail(errc::unsupported, "a client of remcall has no main object");
    }
    const auto known = theirs_.find(id);
    if (known == theirs_.end())
        return fail(errc::internal, "object #", id, " of the peer has no number");
    return known->second.number;
}

std::string_view object_numbers::interface_of_theirs(std::uint32_t id) const noexcept {
    if (id == 0) return main_interface_;
    const auto known = theirs_.find(id);
    return known != theirs_.end() ? std::string_view(known->second.interface) : std::string_view();
}

std::int64_t object_numbers::release_theirs(std::uint32_t id, std::uint32_t count) {
    const auto known = theirs_.find(id);
    if (known == theirs_.end()) return 0;
    theirs& entry = known->second;
    const std::int64_t number = entry.number;
    entry.received -= std::min<std::uint64_t>(entry.received, count);
    if (entry.received == 0) {
        their_ids_.erase(number);
        theirs_.erase(known);
    }
    return number;
}

} // namespace beckon::remcall
