#include "protocol/jsonrpc/message.hpp"

#include "beckon/codec/json_reader.hpp"

namespace beckon::jsonrpc {

namespace {

/// The longest time that a peer can give a call: a year. More is as good as none.
constexpr std::int64_t most_milliseconds = INT64_C(31'536'000'000);

/// One object, member by member. What stands twice counts as it stands last.
class object_reader {
public:
    object_reader(json::reader& in, std::string_view text, message& into, bool lenient) noexcept
        : in_(in), text_(text), into_(into), lenient_(lenient) {}

    /// False where the text is broken.
    bool read() {
        if (!in_.enter()) return false;
        bool first = true;
        for (;;) {
            // The usual members as most peers write them cost no search.
            if (in_.take_key(first, "jsonrpc")) {
                if (!read_version()) return false;
            } else if (in_.take_key(first, "id")) {
                if (!read_id()) return false;
            } else if (in_.take_key(first, "method")) {
                if (!read_method()) return false;
            } else if (in_.take_key(first, "params")) {
                if (!read_params()) return false;
            } else {
                std::string_view key;
                if (!in_.next_key(first, key)) break;
                if (!read_member(key)) return false;
            }
            first = false;
        }
        if (in_.failed()) return false;
        classify();
        return true;
    }

private:
    enum class member : std::uint8_t { absent, good, bad };

    bool read_member(std::string_view key) {
        if (key == "jsonrpc") return read_version();
        if (key == "method") return read_method();
        if (key == "params") return read_params();
        if (key == "id") return read_id();
        if (key == "result") {
            has_result_ = true;
            return read_content_value(into_.outcome);
        }
        if (key == "error") {
            has_error_ = true;
            return in_.read_value(error_);
        }
        if (key == "$deadline_ms") return read_deadline();
        if (key == "$meta") return read_metadata();
        return in_.skip();
    }

    bool read_version() {
        version_ = member::bad;
        if (in_.peek() != '"') return in_.skip();
        std::string_view text;
        if (!in_.read_string(text)) return false;
        if (text == "2.0") version_ = member::good;
        return true;
    }

    bool read_method() {
        method_ = member::bad;
        if (in_.peek() != '"') return in_.skip();
        std::string_view text;
        if (!in_.read_string(text)) return false;
        into_.method = text;
        method_ = member::good;
        return true;
    }

    bool read_params() {
        const char begin = in_.peek();
        params_ = begin == '[' || begin == '{' ? member::good : member::bad;
        return read_content_value(into_.params);
    }

    /// The value that the message is about.
    bool read_content_value(value& into) {
        const std::size_t begin = in_.offset();
        if (!in_.read_value(into)) return false;
        const std::string_view read = text_.substr(begin, in_.offset() - begin);
        // Keys may be written with escapes.
        constexpr auto none = std::string_view::npos;
        is_special_ = is_special_ || read.find('$') != none || read.find('\\') != none;
        into_.is_plain = !is_special_;
        return true;
    }

    bool read_id() {
        const char begin = in_.peek();
        const bool legal =
            begin == '"' || begin == '-' || begin == 'n' || (begin >= '0' && begin <= '9');
        id_ = legal ? member::good : member::bad;
        if (!in_.read_value(into_.id)) return false;
        if (!legal) into_.id = value();
        return true;
    }

    bool read_deadline() {
        value given;
        if (!in_.read_value(given)) return false;
        into_.time_left = nanoseconds(0);
        if (given.is_int64() && given.int64() > 0 && given.int64() <= most_milliseconds)
            into_.time_left = std::chrono::milliseconds(given.int64());
        return true;
    }

    bool read_metadata() {
        value given;
        if (!in_.read_value(given)) return false;
        into_.metadata.clear();
        if (!given.is(value_kind::map)) return true;
        for (const map_entry& each : given.entries()) {
            if (each.mapped.is(value_kind::string))
                into_.metadata.emplace_back(each.key.string(), each.mapped.string());
        }
        return true;
    }

    void classify() {
        into_.has_id = id_ == member::good;
        if (method_ != member::absent) return classify_request();
        if (has_result_ || has_error_) return classify_response();
        into_.kind = message_kind::bad_request;
        into_.says_nothing = into_.has_id;
        into_.wrong = "it has neither method nor result nor error";
    }

    void classify_request() {
        into_.kind = message_kind::bad_request;
        if (version_ != member::good) {
            into_.wrong = "member jsonrpc is not \"2.0\"";
        } else if (method_ != member::good) {
            into_.wrong = "member method is no string";
        } else if (params_ == member::bad) {
            into_.wrong = "member params is neither array nor object";
        } else if (id_ == member::bad) {
            into_.wrong = "member id is no string, number or null";
        } else {
            into_.kind = id_ == member::absent ? message_kind::notification : message_kind::request;
        }
    }

    void classify_response() {
        into_.kind = message_kind::bad_response;
        if (lenient_) {
            if (has_result_ && has_error_ && error_.is_null()) has_error_ = false;
            if (version_ == member::absent) version_ = member::good;
        }
        if (version_ != member::good) {
            into_.wrong = "member jsonrpc is not \"2.0\"";
        } else if (id_ == member::absent) {
            into_.wrong = "it has no id";
        } else if (id_ == member::bad) {
            into_.wrong = "member id is no string, number or null";
        } else if (has_result_ && has_error_) {
            into_.wrong = "it has both result and error";
        } else if (has_result_) {
            into_.kind = message_kind::result;
        } else {
            read_error();
        }
    }

    void read_error() {
        if (!error_.is(value_kind::map)) {
            into_.wrong = "member error is no object";
            return;
        }
        const value& number = error_["code"];
        const value& text = error_["message"];
        if (!number.is_int64()) {
            into_.wrong = "the code of its error is no integer";
        } else if (!text.is(value_kind::string)) {
            into_.wrong = "the message of its error is no string";
        } else {
            into_.error = {number.int64(), std::string(text.string()), error_["data"]};
            into_.kind = message_kind::failure;
        }
    }

    json::reader& in_;
    const std::string_view text_;
    message& into_;
    const bool lenient_;
    member version_ = member::absent;
    member method_ = member::absent;
    member params_ = member::absent;
    member id_ = member::absent;
    bool has_result_ = false;
    bool has_error_ = false;
    bool is_special_ = false;
    value error_;
};

/// Anything but an object is no request.
bool read_element(json::reader& in, std::string_view text, message& into, bool lenient) {
    if (in.peek() == '{') return object_reader(in, text, into, lenient).read();
    into.kind = message_kind::bad_request;
    into.wrong = "it is no object";
    return in.skip();
}

} // namespace

result<void> read_content(std::string_view text, const text_rules& rules, content& read) {
    json::reader in(text, rules.json);
    std::size_t count = 0;
    if (in.peek() == '[') {
        read.is_batch = true;
        bool first = true;
        if (in.enter()) {
            while (in.next_item(first)) {
                // What is too many is still looked at, since a text that is broken further on is no batch at all.
                message dropped;
                message& into =
                    ++count <= rules.most_in_batch ? read.batch.emplace_back() : dropped;
                if (!read_element(in, text, into, rules.lenient)) break;
            }
        }
    } else {
        static_cast<void>(read_element(in, text, read.single, rules.lenient));
    }
    if (in.failed() || !in.finish()) return in.take_failure();
    if (read.is_batch && count == 0)
        return fail(errc::protocol_error, "peer sent a batch without elements");
    if (count > rules.most_in_batch) {
        return fail(errc::protocol_error, "peer sent a batch of ", count, " elements; limit is ",
                    rules.most_in_batch, " (16 times max_calls_in_flight)");
    }
    return {};
}

} // namespace beckon::jsonrpc
