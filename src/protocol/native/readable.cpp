#include "protocol/native/readable.hpp"

#include <array>
#include <cstring>

#include "beckon/object/exception_codec.hpp"
#include "beckon/protocol/native/native.hpp"
#include "protocol/native/call_extras.hpp"
#include "protocol/native/error_frame.hpp"
#include "protocol/native/native_teller.hpp"

namespace beckon::native {

namespace {

/// Beyond what anybody allows: what looks so is no frame.
constexpr std::size_t most_frame_bytes = 64u << 20;
/// What a reply that is a reference alone has: a kind and a number. Real numbers are small, so that the text "x", a
/// length and a letter, is none.
constexpr std::size_t reference_bytes = 5;
constexpr std::uint32_t most_reference = 1u << 24;
constexpr std::size_t most_asked = 4'096;

[[nodiscard]] bool is_lent_reference(byte_view content) noexcept {
    return content.size() == reference_bytes && content[0] == std::byte{1} &&
           number_at(content, 1) != 0 && number_at(content, 1) < most_reference;
}

/// Bytes as a reader can make something of them: text as text.
[[nodiscard]] std::string shown(byte_view content) {
    constexpr std::size_t most = 120;
    return content.empty() ? std::string() : concat(" ", quoted(as_text(content), most));
}

} // namespace

/// All arguments by their names.
value read_arguments(told_values& in, const told_types::typed& as) {
    value made = value::map();
    for (const schema::field& each : as.method->parameters)
        made.insert_or_assign(each.name, in.get(*as.types, each.type));
    return made;
}

result<told_message> native_teller::take(speaker who, byte_view input, bool) {
    told_message made;
    bool& began = began_[static_cast<std::size_t>(who)];
    const std::size_t skip = began ? 0 : sizeof native_magic;
    if (input.size() < skip) return made;
    if (!began && std::memcmp(input.data(), native_magic, skip) != 0)
        return fail(errc::protocol_error, "these bytes begin no conversation of native");
    if (input.size() < skip + header_size) return made;
    const frame_header header = header_at(input.subspan(skip));
    if (header.size < header_size || header.size > most_frame_bytes) {
        return fail(errc::protocol_error, "these bytes are no frame of native: ", header.size,
                    " bytes");
    }
    const std::size_t whole = skip + padded(header.size);
    if (input.size() < whole) return made;
    began = true;
    made.bytes = whole;
    made.message = input.first(whole);
    tell(who, header, input.subspan(skip, header.size), made);
    return made;
}

std::string native_teller::label(speaker owner, std::uint32_t object) const {
    const auto found = labels_.find({owner, object});
    return found != labels_.end() ? found->second : concat("object ", object);
}

void native_teller::tell_hello(byte_view frame, told_message& made) {
    const limits allowed;
    reader in(frame, allowed);
    in.skip_to(header_size);
    const auto oldest = in.get<std::uint16_t>();
    const auto newest = in.get<std::uint16_t>();
    static_cast<void>(in.get<std::uint32_t>());
    const auto features = in.get<std::uint64_t>();
    value sizes = value::list();
    for (int i = 0; i < 4; ++i) sizes.push_back(in.get<std::uint32_t>());
    const std::string software(in.get_text());
    const std::string user(in.get_text());
    made.text = concat("hello from ", quoted(software), user.empty() ? "" : ", user ",
                       user.empty() ? "" : quoted(user));
    made.content = value::map({{"hello", value::map({{"oldest", oldest},
                                                     {"newest", newest},
                                                     {"features", features},
                                                     {"limits", std::move(sizes)},
                                                     {"user", user}})}});
}

value native_teller::content_of_error(speaker who, byte_view frame, std::string& text) {
    told_values from(who, frame, header_size);
    const error told = read_error(from.in());
    if (from.in().failed()) return value(frame.subspan(header_size));
    text += concat(" ", told.to_string());
    value notes = value::list();
    for (const std::string& each : told.notes()) notes.push_back(each);
    value made = value::map({{"code", to_string(told.code())},
                             {"type", told.type_name()},
                             {"message", told.message()},
                             {"while", std::move(notes)}});
    if (const auto* const declared = dynamic_cast<const exception_fields*>(told.detail().get()))
        made.insert_or_assign("fields", told_values::compared(declared->fields()));
    return made;
}

void native_teller::add_spoken_of(told_message& made, std::uint32_t object) {
    const value name = name_in_content(told_name::perhaps_object, object);
    const byte_view bytes_of_name = name_of_content(name)->second;
    made.speaks_of.emplace_back(bytes_of_name.begin(), bytes_of_name.end());
}

void native_teller::tell_directory_call(speaker who, const frame_header& header,
                                        byte_view arguments, told_message& made) {
    constexpr std::array<std::string_view, 3> names{"get", "list", "describe"};
    constexpr std::uint16_t get = 0;
    constexpr std::uint16_t list = 1;
    const limits allowed;
    reader in(arguments, allowed);
    std::string name;
    if (header.method != list) name = in.get_text();
    made.text += concat(" directory.", names[header.method],
                        header.method == list ? "()" : concat("(", quoted(name), ")"));
    if (who != speaker::client) return;
    if (header.method == get) return types_.get(header.call, name, std::string(in.get_text()));
    header.method == list ? types_.list(header.call) : types_.describe(header.call, name);
}

void native_teller::tell_call(speaker who, const frame_header& header, byte_view frame,
                              told_message& made) {
    const bool oneway = (header.flags & flags::oneway) != 0;
    made.part = oneway ? told_part::other : told_part::call;
    made.text = oneway ? "one-way call" : concat("call #", header.call);
    const call_extras extras = extras_of(header, frame);
    const byte_view arguments = frame.subspan(extras.arguments_at);
    made.content =
        value::map({{"call", value::map({{"object", header.object}, {"method", header.method}})}});
    if (extras.parent) made.content.insert_or_assign("parent", *extras.parent);
    if (extras.promise) made.content.insert_or_assign("promise", *extras.promise);
    if (!extras.metadata.is_null()) made.content.insert_or_assign("metadata", extras.metadata);
    made.content.insert_or_assign("arguments", value(arguments));

    const speaker owner = other_than(who);
    const std::string on = label(owner, header.object);
    const auto as = types_.call_of(owner, header.object, header.method);
    told_values in(who, frame, extras.arguments_at);
    const value given = as.method != nullptr ? read_arguments(in, as) : value();
    if (header.object == 0 && header.method < 3) {
        tell_directory_call(who, header, arguments, made);
    } else if (as.method != nullptr && in.ended_well()) {
        made.text += concat(" ", on, ".", as.method->name,
                            told_arguments(value(), told_values::shown(given)));
        made.content.insert_or_assign("arguments", told_values::compared(given));
        types_.learn(who, in, as.types);
        if (!oneway) types_.called(who, header.call, as, extras.promise.value_or(0));
        for (const std::size_t at : in.homecoming())
            if (who == speaker::client) add_spoken_of(made, number_at(frame, at));
    } else {
        made.text += concat(" ", on, " method ", header.method, shown(arguments));
    }
    if (extras.deadline) made.text += concat(", within ", *extras.deadline, " ms"); // less each run
    if (extras.parent) made.text += concat(", in call #", *extras.parent);
    if (extras.promise) made.text += concat(", result is object ", *extras.promise);
    if (!extras.metadata.is_null()) made.text += concat(", metadata ", told_text(extras.metadata));
    if (who == speaker::client) add_spoken_of(made, header.object);
}

void native_teller::tell_reply(speaker who, const frame_header& header, byte_view frame,
                               told_message& made) {
    const byte_view content = frame.subspan(header_size);
    made.part = told_part::answer;
    made.text = concat("reply #", header.call, shown(content));
    made.content = value::map({{"result", value(content)}});
    const speaker caller = other_than(who);
    const std::uint32_t object = is_lent_reference(content) ? number_at(content, 1) : 0;
    if (caller == speaker::client) {
        if (const auto told = types_.answer(header.call, content)) {
            made.text = concat("reply #", header.call, " ", told->text);
            if (told->object == 0) return;
            made.content.insert_or_assign("result",
                                          name_in_content(told_name::object, told->object));
            // The root often is one that has a name, too.
            if (told->published.empty() && labels_.contains({who, told->object})) return;
            if (labels_.size() < most_asked)
                labels_[{who, told->object}] = told->published.empty() ? "root" : told->published;
            return;
        }
    }
    if (const auto as = types_.call(caller, header.call); as.method != nullptr) {
        types_.answered(caller, header.call);
        told_values in(who, frame, header_size);
        const value result = in.get(*as.types, as.method->result);
        if (in.ended_well()) {
            made.text = concat("reply #", header.call);
            if (as.method->result.kind != schema::kind::void_)
                made.text += concat(" ", told_text(told_values::shown(result)));
            made.content.insert_or_assign("result", told_values::compared(result));
            types_.learn(who, in, as.types);
            return;
        }
    }
    if (object != 0 && who == speaker::server)
        made.content.insert_or_assign("result", name_in_content(told_name::perhaps_object, object));
}

/// Where its types are known a stream of the server's is known to be one, and has another number in another run.
value native_teller::stream_name(speaker who, std::uint32_t number) const {
    const bool is_known = types_.stream(who, number).types != nullptr;
    return who == speaker::server && is_known ? name_in_content(told_name::stream, number)
                                              : value(number);
}

void native_teller::tell_item(speaker who, const frame_header& header, byte_view frame,
                              told_message& made) {
    const byte_view content = frame.subspan(header_size);
    made.text += concat(" of ", header.call);
    made.content =
        value::map({{"stream", stream_name(who, header.call)}, {"item", value(content)}});
    const auto as = types_.stream(who, header.call);
    if (as.item != nullptr) {
        told_values in(who, frame, header_size);
        const value item = in.get(*as.types, *as.item);
        if (in.ended_well()) {
            made.text += concat(" ", told_text(told_values::shown(item)));
            made.content.insert_or_assign("item", told_values::compared(item));
            return types_.learn(who, in, as.types);
        }
    }
    made.text += shown(content);
}

void native_teller::tell(speaker who, const frame_header& header, byte_view frame,
                         told_message& made) {
    const byte_view content = frame.subspan(header_size);
    const std::string name(name_of(header.type));
    made.number = value(header.call);
    made.text = name;
    switch (header.type) {
    case frame_type::hello: return tell_hello(frame, made);
    case frame_type::call: return tell_call(who, header, frame, made);
    case frame_type::reply: return tell_reply(who, header, frame, made);
    case frame_type::error:
        made.part = told_part::answer;
        made.text += concat(" #", header.call);
        types_.answered(other_than(who), header.call);
        made.content = value::map({{"error", content_of_error(who, frame, made.text)},
                                   {"untaken", (header.flags & flags::untaken) != 0}});
        return;
    case frame_type::go_away:
        made.content = value::map({{"go-away", content_of_error(who, frame, made.text)}});
        return;
    case frame_type::stream_item: return tell_item(who, header, frame, made);
    case frame_type::stream_end:
        made.text += concat(" of ", header.call);
        made.content = value::map({{"stream", stream_name(who, header.call)}, {"end", value()}});
        if (!content.empty())
            made.content.insert_or_assign("end", content_of_error(who, frame, made.text));
        return types_.ended(who, header.call);
    case frame_type::cancel:
        made.text += concat(" #", header.call);
        made.content = value::map({{"cancel", header.call}});
        made.part = told_part::aside;
        return;
    case frame_type::release: {
        made.part = told_part::aside;
        const speaker owner = other_than(who);
        for (std::size_t at = 0; at + 8 <= content.size(); at += 8) {
            const std::uint32_t object = number_at(content, at);
            if (made.text.size() < 300)
                made.text += concat(at == 0 ? " of " : ", ", label(owner, object));
            if (who == speaker::client) add_spoken_of(made, object);
        }
        return;
    }
    case frame_type::stream_credit:
        made.text += concat(" of ", header.call, ": ", header.object, " bytes");
        break;
    case frame_type::stream_stop: made.text += concat(" of ", header.call); break;
    case frame_type::bye: made.content = value::map({{"bye", true}}); return;
    case frame_type::ping:
    case frame_type::pong:
    case frame_type::acknowledge: break;
    default: made.text = concat("frame of type ", static_cast<unsigned>(header.type)); break;
    }
    made.part = told_part::aside;
}

std::unique_ptr<teller> make_teller(const told_interfaces& known) {
    return std::make_unique<native_teller>(known);
}

} // namespace beckon::native
