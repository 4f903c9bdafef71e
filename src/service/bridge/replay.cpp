#include <algorithm>

#include "beckon/io/endpoint.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/service/directory.hpp"
#include "beckon/service/recording.hpp"
#include "service/bridge/recording_file.hpp"
#include "service/bridge/replay_conversation.hpp"
#include "service/dial.hpp"
#include "service/named_protocol.hpp"

namespace beckon {

std::string_view to_string(replay_difference::kind what) noexcept {
    switch (what) {
    case replay_difference::kind::differs: return "differs";
    case replay_difference::kind::missing: return "missing";
    case replay_difference::kind::surplus: return "surplus";
    case replay_difference::kind::ended: return "ended";
    }
    return "differs";
}

std::string replay_difference::to_string() const {
    std::string text = line != 0 ? concat("line ", line, ": ") : std::string();
    text += beckon::to_string(what);
    if (!where.empty()) text += concat(" at ", where);
    if (!recorded.empty()) text += concat(": recorded ", recorded);
    if (!actual.empty()) text += concat(recorded.empty() ? ": " : ", ", "actual ", actual);
    return text;
}

namespace {

[[nodiscard]] result<std::vector<std::regex>> patterns(const std::vector<std::string>& texts) {
    std::vector<std::regex> made;
    for (const std::string& each : texts) {
        try {
            made.emplace_back(each, std::regex::ECMAScript | std::regex::optimize);
        } catch (const std::regex_error& wrong) {
            return fail(errc::invalid_argument, "pattern ", quoted(each),
                        " is no regular expression: ", wrong.what());
        }
    }
    return made;
}

using made_teller = result<std::unique_ptr<teller>>;

/// Null where nobody can tell what the bytes say.
[[nodiscard]] made_teller teller_of(const context& inside, const io::endpoint& where,
                                    const replay_options& options,
                                    const told_interfaces& interfaces) {
    const named_protocol* const spoken = named(where.protocol);
    const bool is_protected = !where.security.empty() && where.security != "null";
    if (spoken == nullptr || spoken->tells == nullptr || is_protected)
        return std::unique_ptr<teller>();
    return spoken->tells({inside, where, options.schema, interfaces});
}

/// What the server says of the types of these objects, in a conversation of its own. One that says nothing of them is compared
/// without.
[[nodiscard]] told_interfaces ask_for_types(const std::shared_ptr<context>& inside,
                                            std::string_view endpoint,
                                            const std::vector<std::string>& names,
                                            const replay_options& options) {
    told_interfaces made;
    try {
        connect_options asking;
        asking.context = inside;
        asking.timeout = std::chrono::ceil<std::chrono::milliseconds>(options.timeout);
        const connected session = connect(std::string(endpoint), asking);
        const ref<directory> there = session.services();
        for (const service_info& each : there->list()) {
            if (each.interface.empty() || std::ranges::find(names, each.name) == names.end())
                continue;
            auto types = schema::decode(there->describe(each.name));
            if (!types) continue;
            made[each.name] = {each.interface,
                               std::make_shared<const schema::document>(std::move(*types))};
        }
        session.close();
    } catch (const exception&) { // NOLINT(bugprone-empty-catch)
    }
    return made;
}

[[nodiscard]] error at_line(std::size_t line, const error& why) {
    return fail(why.code() == errc::parse_error ? errc::parse_error : errc::invalid_argument,
                "line ", line, ": ", why.message());
}

/// The conversation with the server, as a session of the protocol would begin it.
[[nodiscard]] result<replay_stream> connect_for(context& inside, const io::endpoint& where,
                                                std::string_view text,
                                                const replay_options& options) {
    BECKON_ASSIGN(const auto speaks, make_protocol(inside, where));
    const protocol_traits traits = speaks->traits();
    replay_stream made;
    dial_options dialling;
    dialling.timeout = options.timeout;
    dialling.max_message_bytes = traits.max_message_bytes;
    BECKON_ASSIGN(made.stream, dial(inside, where, text, dialling));
    made.shows_end = !needs_stream(where);
    if (traits.wants_acknowledgement) made.stream->acknowledge_at_once();
    if (traits.wants_own_records) static_cast<void>(made.stream->separate_views());
    if (traits.keeps_messages)
        made.keeps_messages = made.stream->keep_messages() != io::message_mode::none;
    return made;
}

/// In the framing of the other endpoint, where the protocol has several.
void frame_anew(told_recording& told, const teller& from, const teller& to) {
    for (auto& each : told.entries) {
        if (each.recorded->who != speaker::client) continue;
        if (const auto text = from.text_in(each.content)) each.content = to.around(*text);
    }
}

} // namespace

result<replay_report> try_replay(const std::string& file, std::string_view endpoint,
                                 const replay_options& options) {
    BECKON_ASSIGN(const auto ignored, patterns(options.ignore));
    BECKON_ASSIGN(const io::endpoint where, io::parse_endpoint(endpoint));
    BECKON_ASSIGN(const recording all, read_recording(file));
    const auto inside = options.context ? options.context : context::standard();
    replay_report report;
    report.is_cut_short = all.is_cut_short;
    for (const recorded_conversation& each : all.conversations) {
        if (options.conversation && *options.conversation != each.number) continue;
        auto recorded_at = io::parse_endpoint(each.endpoint);
        if (!recorded_at) return at_line(each.line, recorded_at.error());
        if (recorded_at->protocol != where.protocol) {
            return fail(errc::invalid_argument, "line ", each.line, ": conversation ", each.number,
                        " is in ", recorded_at->protocol, "; the endpoint's protocol is ",
                        where.protocol);
        }
        told_interfaces interfaces;
        auto tells = teller_of(*inside, *recorded_at, options, interfaces);
        if (!tells) return at_line(each.line, tells.error());
        BECKON_ASSIGN(told_recording told, tell(each, tells->get()));
        if (const auto names = *tells ? (*tells)->untyped() : std::vector<std::string>();
            !names.empty()) {
            interfaces = ask_for_types(inside, endpoint, names, options);
            tells = teller_of(*inside, *recorded_at, options, interfaces);
            if (!tells) return at_line(each.line, tells.error());
            BECKON_ASSIGN(told, tell(each, tells->get()));
        }
        BECKON_ASSIGN(replay_stream with, connect_for(*inside, where, endpoint, options));
        if (!told.is_raw) {
            BECKON_ASSIGN(with.tells, teller_of(*inside, where, options, interfaces));
            if (with.tells && with.keeps_messages) with.tells->use_messages();
            if (!with.tells) told.is_raw = true;
            if (with.tells) frame_anew(told, **tells, *with.tells);
        }
        play(each, told, std::move(with), ignored, options.timeout, report);
        ++report.conversations;
    }
    if (options.conversation && report.conversations == 0) {
        return fail(errc::invalid_argument, "the recording has no conversation ",
                    *options.conversation);
    }
    return report;
}

replay_report replay(const std::string& file, std::string_view endpoint,
                     const replay_options& options) {
    auto made = try_replay(file, endpoint, options);
    if (!made) throw_error(std::move(made).error());
    return std::move(made).value();
}

} // namespace beckon
