// beckon replay: the client's side of a recorded conversation, played to a server.
#include <CLI/CLI.hpp>

#include <charconv>
#include <optional>

#include "beckon/codec/json.hpp"
#include "beckon/service/recording.hpp"
#include "command.hpp"
#include "reach.hpp"
#include "text_file.hpp"

namespace command {

namespace {

struct replay_words {
    std::string file;
    std::string endpoint;
    std::string conversation;
    std::vector<std::string> ignore;
    std::string timeout = "10s";
    std::string schema;
    bool json = false;
};

[[nodiscard]] beckon::replay_options read(const replay_words& words) {
    beckon::replay_options options;
    options.ignore = words.ignore;
    options.timeout = parse_duration(words.timeout, "--timeout");
    if (!words.schema.empty())
        options.schema =
            std::make_shared<const beckon::schema::document>(read_schema_option(words.schema));
    if (words.conversation.empty()) return options;
    std::uint64_t number = 0;
    const char* const end = words.conversation.data() + words.conversation.size();
    const auto [stopped, wrong] = std::from_chars(words.conversation.data(), end, number);
    if (wrong != std::errc() || stopped != end) {
        fail_usage(beckon::concat("--conversation takes a number; found ",
                                  beckon::quoted(words.conversation)));
    }
    options.conversation = number;
    return options;
}

[[nodiscard]] beckon::value as_value(const beckon::replay_difference& of) {
    using beckon::value;
    value made =
        value::map({{"what", beckon::to_string(of.what)}, {"conversation", of.conversation}});
    if (of.line != 0) made.insert_or_assign("line", of.line);
    if (!of.where.empty()) made.insert_or_assign("where", of.where);
    if (!of.recorded.empty()) made.insert_or_assign("recorded", of.recorded);
    if (!of.actual.empty()) made.insert_or_assign("actual", of.actual);
    return made;
}

void print_as_json(const beckon::replay_report& report) {
    using beckon::value;
    value differences = value::list();
    for (const auto& each : report.differences) differences.push_back(as_value(each));
    const value all = value::map({{"conversations", report.conversations},
                                  {"sent", report.sent},
                                  {"compared", report.compared},
                                  {"cut_short", report.is_cut_short},
                                  {"differences", std::move(differences)}});
    print_line(checked(beckon::json::to_string(all)));
}

void print_as_text(const beckon::replay_report& report) {
    for (const auto& each : report.differences) {
        std::string head =
            each.line != 0 ? beckon::concat("line ", each.line, ": ") : std::string();
        head += beckon::to_string(each.what);
        if (!each.where.empty()) head += " at " + each.where;
        print_line(one_line(head));
        if (!each.recorded.empty()) print_line("  recorded  " + one_line(each.recorded));
        if (!each.actual.empty()) print_line("  actual    " + one_line(each.actual));
    }
    if (report.is_cut_short) print_line("the recording's last line is not whole, and was left out");
    const auto counted = [](std::size_t count, std::string_view what) {
        return beckon::concat(count, " ", what, count == 1 ? "" : "s");
    };
    print_line(beckon::concat(counted(report.conversations, "conversation"), ", ",
                              counted(report.compared, "message"), " of the server compared: ",
                              report.differences.empty()
                                  ? std::string("no differences")
                                  : counted(report.differences.size(), "difference")));
}

[[nodiscard]] status status_of(const beckon::error& why) {
    using beckon::errc;
    switch (why.code()) {
    case errc::parse_error:
    case errc::invalid_argument:
    case errc::unsupported:
    case errc::limit_exceeded: return status::wrong_usage;
    default: return status::no_connection;
    }
}

[[nodiscard]] bool is_about_file(const beckon::error& why) {
    return why.message().starts_with("cannot read file");
}

} // namespace

void add_replay(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "replay", "Play the client's side of a recording to a server, and tell what differs.");
    auto words = std::make_shared<replay_words>();
    sub->add_option("file", words->file, "The recording, of beckon bridge --record")->required();
    sub->add_option("endpoint", words->endpoint, "Where the server is")->required();
    sub->add_option("--conversation", words->conversation, "Only this one of the recording")
        ->type_name("NUMBER");
    sub->add_option("--ignore", words->ignore,
                    "What matches in a message's \"path=value\" may differ; may be repeated")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    sub->add_option("--timeout", words->timeout,
                    "How long nothing may come where something was recorded (10s)")
        ->type_name("TIME");
    sub->add_option("--schema", words->schema,
                    "Schema file, IDL or remcall's, for protocols that cannot tell")
        ->type_name("FILE");
    sub->add_flag("--json", words->json, "Print JSON; errors too");
    sub->footer("Each message is sent as soon as what the server had said before it has come. "
                "Numbers and\nreferences that a server chooses for itself may differ.\n"
                "Exit status: 0 no differences, 1 differences, 2 wrong usage or recording, 3 no "
                "connection.\n\n"
                "  beckon bridge --listen tcp://127.0.0.1:7001 --connect tcp://127.0.0.1:7000 "
                "--record shop.rec\n"
                "  beckon replay shop.rec tcp://127.0.0.1:7000\n"
                "  beckon replay shop.rec tcp://127.0.0.1:7000 --ignore 'result\\.time=.*'");
    sub->callback([words] {
        auto report = beckon::try_replay(words->file, words->endpoint, read(*words));
        if (!report) {
            const status ends_with =
                is_about_file(report.error()) ? status::wrong_usage : status_of(report.error());
            throw failure{ends_with, std::move(report).error()};
        }
        if (report->is_cut_short && report->compared == 0) {
            throw failure{status::wrong_usage,
                          beckon::fail(beckon::errc::parse_error, "recording ",
                                       beckon::quoted(words->file),
                                       " is cut short before anything that could be compared")};
        }
        words->json ? print_as_json(*report) : print_as_text(*report);
        if (!report->differences.empty()) throw told_failure{};
    });
}

} // namespace command
