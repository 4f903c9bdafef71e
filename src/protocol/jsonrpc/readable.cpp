#include "protocol/jsonrpc/readable.hpp"

#include <algorithm>
#include <array>

#include "beckon/codec/json.hpp"
#include "beckon/protocol/jsonrpc/jsonrpc.hpp"
#include "protocol/jsonrpc/framing.hpp"
#include "session/told_plain.hpp"

namespace beckon::jsonrpc {

namespace {

constexpr std::size_t most_message_bytes = 64u << 20;

[[nodiscard]] json::parse_options reading() {
    json::parse_options options;
    options.lone_surrogates = json::lone_surrogates::replace;
    options.non_finite = true;
    return options;
}

class jsonrpc_teller final : public teller {
public:
    explicit jsonrpc_teller(framing_kind kind)
        : kind_(kind), framings_{make_framing(kind), make_framing(kind)},
          writes_(make_framing(kind)) {}

    void use_messages() override { keeps_messages_ = true; }

    result<told_message> take(speaker who, byte_view input, bool is_last) override {
        told_message made;
        std::optional<std::string_view> text = as_text(input);
        made.bytes = input.size();
        if (!keeps_messages_) {
            framing& cuts = *framings_[static_cast<std::size_t>(who)];
            BECKON_ASSIGN(const framed found, is_last ? cuts.take_last(input, most_message_bytes)
                                                      : cuts.take(input, most_message_bytes));
            made.bytes = found.bytes;
            text = found.text;
        }
        made.message = input.first(made.bytes);
        if (made.bytes == 0 && !keeps_messages_) return made;
        if (!text || text->empty()) {
            made.part = told_part::aside;
            made.text = "nothing";
            return made;
        }
        const auto read = json::parse(*text, reading());
        if (!read) {
            made.text = concat("what is no JSON: ", quoted(*text, 200));
            made.content = value(made.message);
            return made;
        }
        if (read->is(value_kind::list)) {
            tell_batch(who, *read, made);
        } else {
            tell(who, *read, made);
        }
        return made;
    }

    result<bytes> renamed(byte_view message, const other_names& names) override {
        bytes as_it_was(message.begin(), message.end());
        const auto text = text_in(message);
        if (!text) return as_it_was;
        const auto read = json::parse(*text, reading());
        if (!read) return as_it_was;
        value other = *read;
        if (read->is(value_kind::list)) {
            for (std::size_t i = 0; i < read->size(); ++i)
                other.replace(i, renamed_one((*read)[i], names));
        } else {
            other = renamed_one(*read, names);
        }
        if (other == *read) return as_it_was;
        json::write_options writing;
        writing.non_finite = true;
        BECKON_ASSIGN(const std::string written, json::to_string(other, writing));
        return around(written);
    }

    [[nodiscard]] std::optional<std::string_view> text_in(byte_view message) const override {
        if (keeps_messages_) return as_text(message);
        const auto found = make_framing(kind_)->take_last(message, most_message_bytes);
        if (!found || found->bytes != message.size()) return {};
        return found->text;
    }

    [[nodiscard]] bytes around(std::string_view text) const override {
        if (keeps_messages_) return to_bytes(text);
        buffer out;
        const std::size_t start = writes_->begin(out);
        out.append(as_bytes(text));
        static_cast<void>(writes_->finish(out, start));
        return {out.view().begin(), out.view().end()};
    }

private:
    void tell(speaker who, const value& said, told_message& made) const;
    void tell_batch(speaker who, const value& all, told_message& made) const;
    [[nodiscard]] value renamed_one(const value& said, const other_names& names) const;

    const framing_kind kind_;
    bool keeps_messages_ = false;
    std::array<std::unique_ptr<framing>, 2> framings_;
    const std::unique_ptr<framing> writes_;
    const told_plain plain_{"$"};
};

void jsonrpc_teller::tell(speaker who, const value& said, told_message& made) const {
    if (!said.is(value_kind::map)) {
        made.text = told_text(said);
        made.content = said;
        return;
    }
    const value& method = said["method"];
    const value* const id = said.find("id");
    if (id != nullptr) made.number = *id;
    if (method.is(value_kind::string)) {
        const told_plain::call called =
            plain_.content(who, {std::string(method.string()), said["params"]});
        made.part = id != nullptr ? told_part::call : told_part::other;
        if (id == nullptr && plain_.is_aside(called.method)) made.part = told_part::aside;
        made.text = concat(id != nullptr ? concat("call #", told_text(*id, 60)) : "notify", " ",
                           called.method, told_arguments(said["params"]));
        // What the caller would wait is less in each run.
        made.content = value::map({{"method", called.method}, {"params", called.params}});
        if (const value& more = said["$meta"]; !more.is_null())
            made.content.insert_or_assign("$meta", more);
        return;
    }
    made.part = told_part::answer;
    const std::string number = id != nullptr ? told_text(*id, 60) : "?";
    if (const value& wrong = said["error"]; !wrong.is_null()) {
        made.text = concat("error #", number, " ", told_text(wrong));
        value compared = plain_.content(who, wrong);
        // The stack trace names lines of the program.
        if (compared["data"].is(value_kind::map) &&
            compared["data"]["trace"].is(value_kind::string)) {
            value data = compared["data"];
            static_cast<void>(data.erase("trace"));
            compared.insert_or_assign("data", std::move(data));
        }
        made.content = value::map({{"error", std::move(compared)}});
    } else {
        made.text = concat("reply #", number, " ", told_text(said["result"]));
        made.content = value::map({{"result", plain_.content(who, said["result"])}});
    }
}

void jsonrpc_teller::tell_batch(speaker who, const value& all, told_message& made) const {
    made.text = concat("batch of ", all.size());
    std::vector<value> contents;
    bool is_answer = false;
    for (const value& each : all) {
        told_message one;
        tell(who, each, one);
        is_answer = is_answer || one.part == told_part::answer;
        if (made.text.size() < 400) made.text += concat("; ", one.text);
        contents.push_back(value::list({told_text(one.number), one.content}));
    }
    // They may be answered in any order, each with its number.
    if (is_answer) {
        std::stable_sort(contents.begin(), contents.end(), [](const value& a, const value& b) {
            return a[0].string() < b[0].string();
        });
        made.part = told_part::answer;
        value numbers = value::list();
        for (const value& each : contents) numbers.push_back(each[0]);
        made.number = std::move(numbers);
    }
    made.content = value::list(std::move(contents));
}

value jsonrpc_teller::renamed_one(const value& said, const other_names& names) const {
    if (!said.is(value_kind::map)) return said;
    value other = said;
    if (const value& method = said["method"]; method.is(value_kind::string)) {
        told_plain::call called =
            plain_.renamed({std::string(method.string()), said["params"]}, names);
        other.insert_or_assign("method", std::move(called.method));
        if (said.find("params") != nullptr)
            other.insert_or_assign("params", std::move(called.params));
        return other;
    }
    if (const value* const id = said.find("id")) {
        if (const value* const call = names.find_call(*id)) other.insert_or_assign("id", *call);
    }
    if (said.find("result") != nullptr)
        other.insert_or_assign("result", plain_.renamed(said["result"], names));
    return other;
}

} // namespace

result<std::unique_ptr<teller>> make_teller(const io::endpoint& where) {
    BECKON_ASSIGN(const options chosen, read_options(where));
    return std::unique_ptr<teller>(std::make_unique<jsonrpc_teller>(chosen.framing));
}

} // namespace beckon::jsonrpc
