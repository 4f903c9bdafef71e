#include "protocol/native/told_values.hpp"

#include "beckon/codec/native/dynamic.hpp"

namespace beckon::native {

namespace {

/// Stands for an object or a stream that a message names.
class named final : public referent {
public:
    named(value compared, std::string shown)
        : for_comparison(std::move(compared)), for_readers(std::move(shown)) {}
    [[nodiscard]] std::string_view interface_name() const noexcept override { return {}; }

    const value for_comparison;
    const std::string for_readers;
};

[[nodiscard]] intrusive_ptr<referent> make_named(value compared, std::string shown) {
    return intrusive_ptr<referent>(make_counted<named>(std::move(compared), std::move(shown)));
}

/// The same value with something else for each object and stream in it, and for each record.
template <typename Replace>
[[nodiscard]] value with_names(const value& from, const Replace& replace) {
    const auto again = [&](const value& part) { return with_names(part, replace); };
    switch (from.kind()) {
    case value_kind::reference:
    case value_kind::stream: {
        const auto* const known = dynamic_cast<const named*>(from.object());
        return known != nullptr ? replace(*known) : value();
    }
    case value_kind::list:
    case value_kind::tuple: {
        std::vector<value> items;
        items.reserve(from.size());
        for (const value& each : from.items()) items.push_back(again(each));
        return from.is(value_kind::list) ? value::list(std::move(items))
                                         : value::tuple(std::move(items));
    }
    case value_kind::map: {
        value made = value::map();
        for (const auto& [key, mapped] : from.entries())
            made.insert_or_assign(again(key), again(mapped));
        return made;
    }
    case value_kind::record: {
        std::vector<record_field> fields;
        for (const record_field& each : from.fields())
            fields.push_back({each.name, again(each.content)});
        return replace(from.declared_type(), std::move(fields));
    }
    case value_kind::variant: return value::map({{from.name(), again(from.content())}});
    default: return from;
    }
}

[[nodiscard]] error only_read() {
    return fail(errc::unsupported, "what was recorded is read, not written");
}

} // namespace

result<wire_reference> told_values::lend(referent*) { return only_read(); }

result<std::uint32_t> told_values::lend_stream(referent*) { return only_read(); }

result<void> told_values::borrow_stream(std::uint32_t, stream_sink&) { return only_read(); }

result<intrusive_ptr<referent>> told_values::borrow(wire_reference from,
                                                    std::string_view interface_name) {
    switch (from.kind) {
    case reference_kind::null: return intrusive_ptr<referent>();
    case reference_kind::mine: lent_.push_back({from.object, std::string(interface_name)}); break;
    case reference_kind::yours: homecoming_.push_back(reader_.offset() - sizeof from.object); break;
    case reference_kind::promised:
        return make_named("the promised object", "<the promised object>");
    }
    // Numbers of the client's objects are the same in each run: it says again what it has said.
    const bool is_servers = (from.kind == reference_kind::mine) == (who_ == speaker::server);
    std::string shown = concat(is_servers ? "<object " : "<the client's object ", from.object, ">");
    return is_servers
               ? make_named(name_in_content(told_name::object, from.object), std::move(shown))
               : make_named(value(shown), shown);
}

result<intrusive_ptr<referent>> told_values::borrow_stream(std::uint32_t stream) {
    return stream_named(stream, nullptr);
}

intrusive_ptr<referent> told_values::stream_named(std::uint32_t number, const schema::type* item) {
    streams_.push_back({number, item});
    std::string shown = concat("<stream ", number, ">");
    return who_ == speaker::server
               ? make_named(name_in_content(told_name::stream, number), std::move(shown))
               : make_named(value(shown), shown);
}

value told_values::get(const schema::document& types, const schema::type& type) {
    if (type.kind == schema::kind::void_) return {};
    if (type.kind != schema::kind::stream) return read_typed(reader_, types, type);
    return value::stream(stream_named(reader_.get<std::uint32_t>(), &type.arguments[0]));
}

value told_values::compared(const value& from) {
    struct {
        value operator()(const named& each) const { return each.for_comparison; }
        value operator()(std::string_view type, std::vector<record_field> fields) const {
            value made = value::map({{"(type)", type}});
            for (const record_field& each : fields) made.insert_or_assign(each.name, each.content);
            return made;
        }
    } replace;
    return with_names(from, replace);
}

value told_values::shown(const value& from) {
    struct {
        value operator()(const named& each) const { return value(each.for_readers); }
        value operator()(std::string_view type, std::vector<record_field> fields) const {
            return value::record(type, std::move(fields));
        }
    } replace;
    return with_names(from, replace);
}

} // namespace beckon::native
