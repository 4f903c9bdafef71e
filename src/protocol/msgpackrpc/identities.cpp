#include "protocol/msgpackrpc/identities.hpp"

#include <algorithm>
#include <optional>

#include "beckon/base/text.hpp"
#include "beckon/object/object_core.hpp"
#include "beckon/value/convert.hpp"

namespace beckon::msgpackrpc {

namespace {

constexpr std::string_view stream_key = "$stream";

/// The integer that a payload is, and nothing behind it; handles have 48 bits at most, so that a key holds type and number.
[[nodiscard]] std::optional<std::int64_t> number_in(byte_view payload) {
    const auto number = msgpack::read(payload);
    if (!number || !number->is_int64()) return {};
    constexpr std::int64_t most = (std::int64_t{1} << 47) - 1;
    if (number->int64() < -most || number->int64() > most) return {};
    return number->int64();
}

void put_handle(buffer& out, std::int64_t type, std::int64_t number) {
    buffer payload;
    msgpack::put_integer(payload, number);
    msgpack::put_extension(out, static_cast<std::int8_t>(type), payload.view());
}

} // namespace

std::uint64_t identities::key_of(const name_of_theirs& name) noexcept {
    return static_cast<std::uint64_t>(name.type) << 56 |
           (static_cast<std::uint64_t>(name.number) & 0xff'ffff'ffff'ffff);
}

result<void> identities::write(buffer& out, const value& handle) {
    if (handle.is(value_kind::stream)) {
        BECKON_ASSIGN(const std::uint32_t number, references_->lend_stream(handle.object()));
        msgpack::put_map(out, 1);
        msgpack::put_text(out, stream_key);
        msgpack::put_unsigned(out, number);
        return {};
    }
    BECKON_ASSIGN(const wire_reference lent, references_->lend(handle.object()));
    if (lent.kind == reference_kind::mine) {
        put_handle(out, lent_type, lent.object);
    } else if (lent.kind == reference_kind::yours) {
        const name_of_theirs* const home = find(lent.object);
        if (home == nullptr)
            return fail(errc::internal, "object #", lent.object, " of the peer has no name");
        put(out, *home);
    } else {
        msgpack::put_nil(out);
    }
    return {};
}

result<void> identities::read(value& form) {
    if (form.is(value_kind::map)) {
        if (!reads_references_ || form.size() != 1) return {};
        const value& number = form[stream_key];
        const auto stream = number.get<std::uint32_t>();
        if (!number.is_int64() || !stream) return {};
        BECKON_ASSIGN(intrusive_ptr<referent> source, references_->borrow_stream(*stream));
        met_beckon_ = true;
        form = value::stream(std::move(source));
        return {};
    }
    const std::int64_t type = form.number();
    const bool is_ours = reads_references_ && type == home_type;
    const bool is_theirs = reads_references_ && type == lent_type;
    if (!is_ours && !is_theirs && types_.find(type) == nullptr) return {};
    const auto number = number_in(form.content().bytes());
    if (!number) return {};
    if (!is_ours) {
        BECKON_ASSIGN(form, borrow({type, *number}));
        met_beckon_ = met_beckon_ || is_theirs;
        return {};
    }
    if (*number < 0 || *number > UINT32_MAX)
        return fail(errc::unknown_object, "peer passed back object #", *number,
                    ", which is not lent to it");
    BECKON_ASSIGN(
        intrusive_ptr<referent> object,
        references_->borrow({reference_kind::yours, static_cast<std::uint32_t>(*number)}, {}));
    met_beckon_ = true;
    form = value(std::move(object));
    return {};
}

result<value> identities::borrow(name_of_theirs name) {
    const std::uint64_t key = key_of(name);
    const auto known = numbers_.find(key);
    std::uint32_t number = 0;
    if (known != numbers_.end()) {
        number = known->second;
    } else {
        // Numbers come round after two billion objects; those still held are passed over.
        do {
            if (++last_number_ == 0x8000'0000u) last_number_ = 1;
        } while (theirs_.contains(last_number_));
        number = last_number_;
    }
    const handle_type* const type = types_.find(name.type);
    BECKON_ASSIGN(
        intrusive_ptr<referent> object,
        references_->borrow({reference_kind::mine, number},
                            type != nullptr ? std::string_view(type->name) : std::string_view()));
    if (known == numbers_.end()) {
        theirs_.emplace(number, theirs{name, 0});
        numbers_.emplace(key, number);
    }
    ++theirs_.at(number).received;
    return value(std::move(object));
}

const identities::name_of_theirs* identities::find(std::uint32_t object) const noexcept {
    const auto known = theirs_.find(object);
    return known != theirs_.end() ? &known->second.name : nullptr;
}

std::string_view identities::type_name(std::uint32_t object) const noexcept {
    const name_of_theirs* const known = find(object);
    const handle_type* const type = known != nullptr ? types_.find(known->type) : nullptr;
    return type != nullptr ? std::string_view(type->name) : std::string_view();
}

std::string identities::prefix(const name_of_theirs& object) const {
    if (object.type == lent_type) return concat("$ref/", object.number, '.');
    const handle_type* const type = types_.find(object.type);
    return type != nullptr ? type->prefix : std::string();
}

void identities::put(buffer& out, const name_of_theirs& object) {
    put_handle(out, object.type == lent_type ? home_type : object.type, object.number);
}

void identities::released(std::uint32_t object, std::uint32_t count) {
    const auto known = theirs_.find(object);
    if (known == theirs_.end()) return;
    theirs& entry = known->second;
    entry.received -= std::min<std::uint64_t>(entry.received, count);
    if (entry.received != 0) return;
    numbers_.erase(key_of(entry.name));
    theirs_.erase(known);
}

} // namespace beckon::msgpackrpc
