#include "session/plain_handles.hpp"

#include "session/peer_notices.hpp"

namespace beckon {

namespace {

[[nodiscard]] result<std::uint32_t> number_in(const value& form, std::string_view key) {
    const value& given = form[key];
    if (given.is_int64() && given.int64() >= 1 && given.int64() <= most_number)
        return static_cast<std::uint32_t>(given.int64());
    return fail(errc::invalid_argument, "peer sent ", key, " ", given.to_text(32),
                "; expected an integer from 1 to ", most_number);
}

} // namespace

plain_handles::plain_handles(std::string_view prefix)
    : reference_key_(concat(prefix, "ref")), stream_key_(concat(prefix, "stream")) {}

result<value> plain_handles::to_form(const value& handle) {
    referent* const object = handle.object();
    if (handle.is(value_kind::stream)) {
        if (!no_streams_.empty())
            return fail(errc::unsupported, "streams cannot be carried by ", no_streams_);
        BECKON_ASSIGN(const std::uint32_t number, exchange_->lend_stream(object));
        return value::map({{stream_key_, number}});
    }
    BECKON_ASSIGN(const wire_reference lent, exchange_->lend(object));
    if (lent.kind == reference_kind::null) return value();
    if (lent.kind == reference_kind::mine && !no_lending_.empty()) {
        const std::string_view name = object->interface_name();
        return fail(errc::unsupported, "reference", name.empty() ? "" : " to ", name,
                    " cannot be carried by ", no_lending_);
    }
    value form = value::map({{reference_key_, lent.object}});
    if (const std::string_view name = object->interface_name(); !name.empty())
        form.insert_or_assign("interface", name);
    if (lent.kind == reference_kind::yours) form.insert_or_assign("mine", true);
    return form;
}

result<value> plain_handles::from_form(const value& form) {
    if (form.find(stream_key_) != nullptr) {
        if (!no_streams_.empty())
            return fail(errc::unsupported, "streams cannot be carried by ", no_streams_);
        BECKON_ASSIGN(const std::uint32_t number, number_in(form, stream_key_));
        BECKON_ASSIGN(auto items, exchange_->borrow_stream(number));
        return value::stream(std::move(items));
    }
    BECKON_ASSIGN(const std::uint32_t number, number_in(form, reference_key_));
    const value& mine = form["mine"];
    const bool comes_home = mine.is(value_kind::boolean) && mine.boolean();
    const value& given = form["interface"];
    const std::string_view name = given.is(value_kind::string) ? given.string() : "";
    BECKON_ASSIGN(auto object,
                  exchange_->borrow(
                      {comes_home ? reference_kind::yours : reference_kind::mine, number}, name));
    constexpr std::size_t most_kept = 100;
    if (!comes_home && !name.empty()) names_.set(number, std::string(name.substr(0, most_kept)));
    return value(std::move(object));
}

std::string plain_handles::name_of(std::uint32_t object) const {
    const std::string* const found = names_.find(object);
    return found != nullptr ? *found : std::string();
}

} // namespace beckon
