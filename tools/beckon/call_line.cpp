#include "call_line.hpp"

#include "beckon/codec/json.hpp"
#include "beckon/schema/schema.hpp"
#include "command.hpp"

namespace command {

namespace {

[[nodiscard]] beckon::value parse_json(const std::string& text, const std::string& method,
                                       std::size_t position) {
    auto parsed = beckon::json::parse(text);
    if (parsed) return std::move(parsed).value();
    fail_usage(beckon::concat(
        "argument ", position, " of ", method, ", ", beckon::quoted(text),
        ", is no JSON (text needs quotes of its own: '\"text\"'): ", parsed.error().message()));
}

[[nodiscard]] call_argument parse_argument(const std::string& word, const std::string& method,
                                           std::size_t position) {
    call_argument made;
    std::string text = word;
    // No JSON text begins with a name and '='.
    if (const auto equals = word.find('=');
        equals != std::string::npos && beckon::schema::is_name(word.substr(0, equals))) {
        made.name = word.substr(0, equals);
        text = word.substr(equals + 1);
    }
    if (text == "@events") {
        made.is = call_argument::kind::listener;
    } else if (text == "@-") {
        made.is = call_argument::kind::input;
    } else if (text.starts_with('@')) {
        fail_usage(beckon::concat("argument ", position, " of ", method, " is ",
                                  beckon::quoted(text), "; there are @events and @-"));
    } else {
        made.content = parse_json(text, method, position);
    }
    return made;
}

/// Names with dots between them: protocols differ in what else they ask of a name.
[[nodiscard]] bool is_path(std::string_view text) {
    bool begins = true;
    for (const char each : text) {
        const auto code = static_cast<unsigned char>(each);
        const bool is_digit = code >= '0' && code <= '9';
        const bool is_letter = (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
        if (each == '.' ? begins
                        : !is_letter && each != '_' && code < 0x80 && (!is_digit || begins))
            return false;
        begins = each == '.';
    }
    return !begins;
}

/// "#12": where commands have numbers and nothing else is known of them.
[[nodiscard]] bool is_number(std::string_view text) {
    return text.size() > 1 && text.starts_with('#') &&
           text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

} // namespace

call_line parse_call_line(const std::string& target, const std::vector<std::string>& rest) {
    call_line made;
    const auto dot = target.rfind('.');
    if (dot != std::string::npos) made.object = target.substr(0, dot);
    made.steps.push_back({target.substr(dot == std::string::npos ? 0 : dot + 1), {}});
    bool input_taken = false;
    for (const std::string& word : rest) {
        call_step& step = made.steps.back();
        if (word.starts_with('.')) {
            made.steps.push_back({word.substr(1), {}});
        } else {
            step.arguments.push_back(parse_argument(word, step.method, step.arguments.size() + 1));
            const bool is_input = step.arguments.back().is == call_argument::kind::input;
            if (is_input && input_taken) fail_usage("@- stands twice; there is one standard input");
            input_taken = input_taken || is_input;
        }
    }
    for (const call_step& step : made.steps) {
        if (!is_path(step.method) && !is_number(step.method)) {
            fail_usage(beckon::concat("expected OBJECT.METHOD or .METHOD, found ",
                                      beckon::quoted(step.method), " as a method's name"));
        }
    }
    return made;
}

} // namespace command
