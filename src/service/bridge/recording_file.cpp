#include "service/bridge/recording_file.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "beckon/codec/base64.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/codec/json_reader.hpp"
#include "beckon/value/base64.hpp"
#include "io/os_error.hpp"
#include "service/bridge/recorded_lines.hpp"

namespace beckon {

namespace {

/// What one line says; a key that is not there has no value.
struct line_content {
    std::optional<value> recording{}, version{}, conversation{}, begin{}, messages{}, client{},
        server{}, text{}, hex{}, base64{}, raw{}, exchange{}, end{};
    std::string_view json{}; ///< As it stands there.
};

template <typename... Parts>
[[nodiscard]] error wrong(std::size_t line, const Parts&... parts) {
    return fail(errc::parse_error, "line ", line, ": ", parts...);
}

[[nodiscard]] result<bytes> from_digits(std::string_view digits, std::size_t line) {
    const auto digit = [](char letter) -> int {
        if (letter >= '0' && letter <= '9') return letter - '0';
        if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
        if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
        return -1;
    };
    bytes made;
    int high = -1;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (digits[i] == ' ') continue; // people put them between bytes
        const int each = digit(digits[i]);
        if (each < 0) {
            return wrong(line, "\"hex\" has ", quoted(digits.substr(i, 1)), " at character ", i,
                         "; expected a hexadecimal digit");
        }
        if (high < 0) {
            high = each;
        } else {
            made.push_back(static_cast<std::byte>(high * 16 + each));
            high = -1;
        }
    }
    if (high >= 0) return wrong(line, "\"hex\" has an odd number of digits");
    return made;
}

class recording_reader {
public:
    result<recording> read(std::string_view text) {
        std::size_t number = 0;
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            if (end == std::string_view::npos) {
                // The recorder died while it wrote, unless somebody's editor left the line end out.
                made_.is_cut_short = !take_line(text, number + 1).has_value();
                break;
            }
            BECKON_TRY(take_line(text.substr(0, end), ++number));
            text.remove_prefix(end + 1);
        }
        if (!has_head_) return wrong(1, no_head);
        return std::move(made_);
    }

private:
    static constexpr std::string_view no_head =
        "this is no recording: expected {\"recording\":\"beckon\",\"version\":1}";

    [[nodiscard]] static result<line_content> parse(std::string_view text, std::size_t line) {
        json::parse_options options;
        options.max_bytes = text.size();
        options.duplicate_keys = json::duplicate_keys::refuse;
        json::reader in(text, options);
        line_content found;
        const auto failed = [&] {
            return wrong(line, in.failed() ? in.take_failure().message() : "it is no JSON object");
        };
        if (in.peek() != '{' || !in.enter()) return failed();
        bool first = true;
        std::string_view key;
        while (in.next_key(first, key)) {
            std::optional<value>* const place = place_of(found, key);
            if (key == "json") {
                static_cast<void>(in.peek());
                const std::size_t begin = in.offset();
                if (!in.skip()) return failed();
                found.json = text.substr(begin, in.offset() - begin);
                continue;
            }
            if (place == nullptr) { // what later versions, or people, add
                if (!in.skip()) return failed();
                continue;
            }
            value read;
            if (!in.read_value(read)) return failed();
            place->emplace(std::move(read));
        }
        if (in.failed() || !in.finish()) return failed();
        return found;
    }

    [[nodiscard]] static std::optional<value>* place_of(line_content& in, std::string_view key) {
        if (key == "recording") return &in.recording;
        if (key == "version") return &in.version;
        if (key == "conversation") return &in.conversation;
        if (key == "begin") return &in.begin;
        if (key == "messages") return &in.messages;
        if (key == "client") return &in.client;
        if (key == "server") return &in.server;
        if (key == "text") return &in.text;
        if (key == "hex") return &in.hex;
        if (key == "base64") return &in.base64;
        if (key == "raw") return &in.raw;
        if (key == "exchange") return &in.exchange;
        if (key == "end") return &in.end;
        return nullptr;
    }

    [[nodiscard]] result<void> take_line(std::string_view text, std::size_t line) {
        const std::size_t begin = text.find_first_not_of(" \t\r");
        // Between messages people leave room, and say why something is there.
        if (begin == std::string_view::npos || text[begin] == '#') return {};
        BECKON_ASSIGN(const line_content found, parse(text, line));
        if (!has_head_) return take_head(found, line);
        if (!found.conversation) return wrong(line, "there is no \"conversation\"");
        if (!found.conversation->is_uint64()) {
            return wrong(line, "\"conversation\" is ", found.conversation->to_text(40),
                         "; expected a number");
        }
        const std::uint64_t number = found.conversation->uint64();
        const int kinds = (found.begin ? 1 : 0) + (found.end ? 1 : 0) + (found.client ? 1 : 0) +
                          (found.server ? 1 : 0);
        if (kinds != 1) {
            return wrong(line,
                         "expected one of \"begin\", \"client\", \"server\" and \"end\"; found ",
                         kinds, " of them");
        }
        if (found.begin) return take_begin(found, number, line);
        const auto open = open_.find(number);
        if (open == open_.end())
            return wrong(line, "conversation ", number, " has not begun, or is over");
        recorded_conversation& of = made_.conversations[open->second];
        if (!found.end) return take_message(found, of, line);
        if (!found.end->is(value_kind::string)) return wrong(line, "\"end\" is no text");
        of.ended_by = found.end->string();
        of.end_line = line;
        open_.erase(open);
        return {};
    }

    [[nodiscard]] result<void> take_head(const line_content& found, std::size_t line) {
        if (!found.recording || *found.recording != value("beckon") || !found.version)
            return wrong(line, no_head);
        if (*found.version != value(recording_version)) {
            return wrong(line, "the recording has version ", found.version->to_text(40),
                         "; this program reads version ", recording_version);
        }
        has_head_ = true;
        return {};
    }

    [[nodiscard]] result<void> take_begin(const line_content& found, std::uint64_t number,
                                          std::size_t line) {
        if (!found.begin->is(value_kind::string)) return wrong(line, "\"begin\" is no endpoint");
        if (!open_.emplace(number, made_.conversations.size()).second)
            return wrong(line, "conversation ", number, " has begun already");
        recorded_conversation begun;
        begun.number = number;
        begun.line = line;
        begun.endpoint = found.begin->string();
        begun.keeps_messages = found.messages && *found.messages == value(true);
        made_.conversations.push_back(std::move(begun));
        return {};
    }

    [[nodiscard]] static result<void> take_message(const line_content& found,
                                                   recorded_conversation& of, std::size_t line) {
        recorded_message made;
        made.line = line;
        made.who = found.client ? speaker::client : speaker::server;
        const value& said = found.client ? *found.client : *found.server;
        if (!said.is(value_kind::string)) {
            return wrong(line, found.client ? "\"client\"" : "\"server\"", " is no text");
        }
        made.text = said.string();
        made.is_raw = found.raw && *found.raw == value(true);
        if (found.exchange) {
            if (!found.exchange->is_uint64() || found.exchange->uint64() > UINT32_MAX)
                return wrong(line, "\"exchange\" is no number of 32 bits");
            made.exchange = static_cast<std::uint32_t>(found.exchange->uint64());
        }
        const int forms = (found.json.empty() ? 0 : 1) + (found.text ? 1 : 0) +
                          (found.hex ? 1 : 0) + (found.base64 ? 1 : 0);
        if (forms != 1) {
            return wrong(line,
                         "expected the message as one of \"json\", \"text\", \"hex\" and "
                         "\"base64\"; found ",
                         forms, " of them");
        }
        for (const auto* const each : {&found.text, &found.hex, &found.base64}) {
            if (*each && !(*each)->is(value_kind::string))
                return wrong(line, "the message is ", (*each)->type_name(), "; expected text");
        }
        if (!found.json.empty()) made.json = std::string(found.json);
        if (found.text) made.content = to_bytes(found.text->string());
        if (found.hex) {
            BECKON_ASSIGN(made.content, from_digits(found.hex->string(), line));
        }
        if (found.base64) {
            auto decoded = base64_decode(found.base64->string());
            if (!decoded) return wrong(line, "\"base64\": ", decoded.error().message());
            made.content = std::move(*decoded);
        }
        of.messages.push_back(std::move(made));
        return {};
    }

    recording made_;
    std::map<std::uint64_t, std::size_t> open_; ///< Places of the conversations that go on.
    bool has_head_ = false;
};

} // namespace

result<recording> parse_recording(std::string_view text) { return recording_reader().read(text); }

result<recording> read_recording(const std::string& file) {
    const auto unreadable = [&](int why) {
        return io::os_fail(why == ENOENT ? errc::not_found : errc::io_error, why,
                           "cannot read file ", quoted(file, 200));
    };
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown)) return unreadable(EISDIR); // reading throws
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in) return unreadable(errno);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (in.bad()) return unreadable(EIO);
    return parse_recording(text).note(concat("reading recording ", quoted(file, 200)));
}

} // namespace beckon
