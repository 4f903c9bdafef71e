#include "protocol/rpyc/readable.hpp"

#include <array>

#include "beckon/codec/brine.hpp"
#include "beckon/protocol/rpyc/rpyc.hpp"
#include "protocol/rpyc/boxing.hpp"
#include "protocol/rpyc/frame.hpp"
#include "protocol/rpyc/handler.hpp"
#include "protocol/rpyc/readable_message.hpp"

namespace beckon::rpyc {

namespace {

constexpr std::size_t most_message_bytes = 64u << 20;
/// Requests whose answers are called by what they asked for.
constexpr std::size_t most_asked = 4'096;

[[nodiscard]] limits usual_limits() noexcept {
    limits allowed;
    allowed.max_message_bytes = most_message_bytes;
    return allowed;
}

class rpyc_teller final : public teller {
public:
    explicit rpyc_teller(bool bind_threads) noexcept
        : bind_threads_(bind_threads), frames_{frame_reader(limits_), frame_reader(limits_)} {}

    result<told_message> take(speaker who, byte_view input, bool) override {
        told_message made;
        if (frame_size(input) == 0) return made;
        BECKON_ASSIGN(const frame found, frames_[static_cast<std::size_t>(who)].take(input));
        if (found.bytes == 0) return made;
        made.bytes = found.bytes;
        made.message = input.first(found.bytes);
        if (found.message.empty()) {
            made.part = told_part::aside;
            made.text = "an empty frame";
            return made;
        }
        auto opened = open(found.message, bind_threads_, limits_);
        if (!opened) {
            made.text = opened.error().message();
            made.content = value(found.message);
            return made;
        }
        tell(who, *opened, made);
        return made;
    }

    result<bytes> renamed(byte_view message, const other_names& names) override {
        return rpyc::renamed(message, bind_threads_, limits_, names);
    }

private:
    void tell(speaker who, const open_message& opened, told_message& made);
    void tell_request(speaker who, const open_message& opened, told_message& made);
    void tell_reply(speaker who, const open_message& opened, told_message& made);
    void tell_exception(const open_message& opened, told_message& made);

    /// A boxed value as it is compared, and the server's objects that the client speaks of.
    [[nodiscard]] value content_of(speaker who, const value& boxed, told_message& made);
    [[nodiscard]] std::string text_of(speaker who, const value& boxed);
    [[nodiscard]] std::string label_of(speaker owner, const value& id_pack);
    [[nodiscard]] std::string arguments_text(speaker who, const value& positional,
                                             const value* named);

    const bool bind_threads_;
    const limits limits_ = usual_limits();
    std::array<frame_reader, 2> frames_;
    std::array<told_labels, 2> labels_;                      ///< Of the objects of each side.
    std::map<std::pair<speaker, bytes>, std::string> asked_; ///< What the answer is called.
};

std::string rpyc_teller::label_of(speaker owner, const value& id_pack) {
    return labels_[static_cast<std::size_t>(owner)].of(key_of(id_pack), id_pack[0].string());
}

value rpyc_teller::content_of(speaker who, const value& boxed, told_message& made) {
    if (is_labelled(boxed, number_of(label::value))) return boxed[1];
    if (is_labelled(boxed, number_of(label::tuple)) && boxed[1].is_sequence()) {
        std::vector<value> all;
        for (const value& each : boxed[1]) all.push_back(content_of(who, each, made));
        return value::tuple(std::move(all));
    }
    const bool mine = is_labelled(boxed, number_of(label::remote_ref));
    const bool yours = is_labelled(boxed, number_of(label::local_ref));
    if ((!mine && !yours) || !is_id_pack(boxed[1])) return boxed;
    const bytes key = key_of(boxed[1]);
    const bool is_servers = (who == speaker::server) == mine;
    if (who == speaker::client && is_servers) made.speaks_of.push_back(key);
    if (!is_servers) return boxed; // the client has named it
    return value::map({{"object", boxed[1][0]}, {"name", name_in_content(told_name::object, key)}});
}

std::string rpyc_teller::text_of(speaker who, const value& boxed) {
    if (is_labelled(boxed, number_of(label::value))) {
        if (brine::is_not_implemented(boxed[1])) return "NotImplemented";
        if (brine::is_ellipsis(boxed[1])) return "Ellipsis";
        return told_text(boxed[1]);
    }
    if (is_labelled(boxed, number_of(label::tuple)) && boxed[1].is_sequence()) {
        std::string all;
        for (const value& each : boxed[1]) {
            if (all.size() > 300) {
                all += ", ...";
                break;
            }
            all += concat(all.empty() ? "" : ", ", text_of(who, each));
        }
        return concat("(", all, boxed[1].size() == 1 ? ",)" : ")");
    }
    if (is_labelled(boxed, number_of(label::remote_ref)) && is_id_pack(boxed[1]))
        return label_of(who, boxed[1]);
    if (is_labelled(boxed, number_of(label::local_ref)) && is_id_pack(boxed[1]))
        return label_of(other_than(who), boxed[1]);
    return told_text(boxed);
}

std::string rpyc_teller::arguments_text(speaker who, const value& positional, const value* named) {
    std::string all;
    const auto add = [&](const std::string& each) {
        if (all.size() > 400) return;
        all += concat(all.empty() ? "" : ", ", each);
    };
    for (const value& each : boxed_arguments(positional)) add(text_of(who, each));
    if (named != nullptr) {
        for (const value& each : boxed_arguments(*named)) {
            const auto pair = boxed_arguments(each);
            if (pair.size() != 2) {
                add(text_of(who, each));
                continue;
            }
            const value& name = pair[0][1];
            add(concat(name.is(value_kind::string) ? std::string(name.string()) : told_text(name),
                       "=", text_of(who, pair[1])));
        }
    }
    return concat("(", all, ")");
}

void rpyc_teller::tell(speaker who, const open_message& opened, told_message& made) {
    made.number = opened.sequence;
    switch (opened.kind) {
    case message_kind::request: tell_request(who, opened, made); break;
    case message_kind::reply: tell_reply(who, opened, made); break;
    case message_kind::exception: tell_exception(opened, made); break;
    }
    if (opened.kind != message_kind::request)
        asked_.erase({other_than(who), key_of(opened.sequence)});
    if (bind_threads_ && who == speaker::server) {
        made.content.insert_or_assign("thread",
                                      name_in_content(told_name::thread, opened.threads.sender));
    }
}

void rpyc_teller::tell_request(speaker who, const open_message& opened, told_message& made) {
    made.part = told_part::call;
    const std::int64_t number = handler_in(opened);
    const auto arguments = number != 0 ? boxed_arguments(opened.body[1]) : std::vector<value>();
    std::vector<value> contents;
    for (const value& each : arguments) contents.push_back(content_of(who, each, made));
    const std::string name = is_handler(number) ? std::string(name_of(static_cast<handler>(number)))
                                                : concat("HANDLER ", number);
    made.content =
        value::map({{"request", name}, {"arguments", value::tuple(std::move(contents))}});
    const auto text_at = [&](std::size_t place) {
        return place < arguments.size() ? text_of(who, arguments[place]) : std::string("?");
    };
    const auto name_at = [&](std::size_t place) {
        if (place >= arguments.size() || !arguments[place][1].is(value_kind::string))
            return text_at(place);
        return std::string(arguments[place][1].string());
    };
    const value* const named = arguments.size() > 2 ? &arguments.back() : nullptr;
    std::string what;
    std::string result;
    switch (static_cast<handler>(number)) {
    case handler::get_root: result = who == speaker::client ? "root" : "client's root"; break;
    case handler::get_attr:
        result = concat(text_at(0), ".", name_at(1));
        what = result;
        break;
    case handler::call:
        if (arguments.size() < 2) break;
        what = concat(text_at(0),
                      arguments_text(who, arguments[1], arguments.size() > 2 ? named : nullptr));
        break;
    case handler::call_attr:
        if (arguments.size() < 3) break;
        what = concat(text_at(0), ".", name_at(1),
                      arguments_text(who, arguments[2], arguments.size() > 3 ? named : nullptr));
        break;
    case handler::del:
        made.part = who == speaker::server ? told_part::aside : told_part::call;
        break;
    case handler::inspect:
        if (!arguments.empty() && is_id_pack(arguments[0][1])) {
            what = label_of(other_than(who), arguments[0][1]);
            const bytes key = key_of(arguments[0][1]);
            made.content.insert_or_assign("arguments",
                                          who == speaker::server ? value(key) : value());
            if (who == speaker::client) made.speaks_of.push_back(key);
        }
        break;
    default: break;
    }
    if (what.empty()) {
        for (std::size_t i = 0; i < arguments.size(); ++i)
            what += concat(i == 0 ? "" : ", ", text_at(i));
    }
    std::string verb = name;
    for (char& letter : verb)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    if (number == static_cast<std::int64_t>(handler::call_attr)) verb = "call";
    made.text = concat(verb, " #", told_text(opened.sequence, 30), what.empty() ? "" : " ", what);
    if (!result.empty() && asked_.size() < most_asked)
        asked_[{who, key_of(opened.sequence)}] = std::move(result);
    // CLOSE has no answer.
    if (number == static_cast<std::int64_t>(handler::close)) made.part = told_part::other;
}

void rpyc_teller::tell_reply(speaker who, const open_message& opened, told_message& made) {
    made.part = told_part::answer;
    const auto asked = asked_.find({other_than(who), key_of(opened.sequence)});
    if (asked != asked_.end() && is_labelled(opened.body, number_of(label::remote_ref)) &&
        is_id_pack(opened.body[1])) {
        labels_[static_cast<std::size_t>(who)].set(key_of(opened.body[1]), asked->second);
    }
    made.content = value::map({{"result", content_of(who, opened.body, made)}});
    made.text = concat("reply #", told_text(opened.sequence, 30), " ", text_of(who, opened.body));
}

void rpyc_teller::tell_exception(const open_message& opened, told_message& made) {
    made.part = told_part::answer;
    const value& dump = opened.body;
    std::string what = told_text(dump);
    value content = dump;
    if (dump.is_int64() && dump.int64() == 1) what = "StopIteration";
    if (dump.is(value_kind::tuple) && dump.size() == 4 && dump[0].is(value_kind::tuple) &&
        dump[0].size() == 2) {
        const auto part = [&](std::size_t place) {
            const value& name = dump[0][place];
            return name.is(value_kind::string) ? std::string(name.string()) : told_text(name);
        };
        const std::string type = concat(part(0), ".", part(1));
        what = concat(type, told_arguments(dump[1]));
        // The stack trace names lines of the program, and methods come as texts that name addresses.
        value attributes = value::map();
        if (dump[2].is_sequence()) {
            for (const value& each : dump[2]) {
                if (!each.is(value_kind::tuple) || each.size() != 2 ||
                    !each[0].is(value_kind::string) || each[0].string().starts_with('_') ||
                    each[0].string() == "add_note")
                    continue;
                attributes.insert_or_assign(each[0], each[1]);
            }
        }
        content = value::map(
            {{"type", type}, {"arguments", dump[1]}, {"attributes", std::move(attributes)}});
    }
    made.content = value::map({{"exception", std::move(content)}});
    made.text = concat("exception #", told_text(opened.sequence, 30), " ", what);
}

} // namespace

result<std::unique_ptr<teller>> make_teller(const io::endpoint& where) {
    BECKON_ASSIGN(const options chosen, read_options(where));
    return std::unique_ptr<teller>(std::make_unique<rpyc_teller>(chosen.bind_threads));
}

} // namespace beckon::rpyc
