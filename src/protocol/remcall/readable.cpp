#include "protocol/remcall/readable.hpp"

#include <array>
#include <unordered_map>

#include "codec/remcall/numbers.hpp"
#include "codec/remcall/values.hpp"
#include "protocol/remcall/contract.hpp"
#include "protocol/remcall/message.hpp"

namespace beckon::remcall {

namespace {

constexpr std::size_t most_message_bytes = 16u << 20;
constexpr std::size_t most_schema_bytes = 1u << 20;
constexpr std::size_t most_unanswered = 65'536;

/// A message's object numbers and where they stand.
struct numbered_place {
    std::int64_t number = 0;
    std::size_t at = 0;
};

/// Objects in a message: those of the server by names of the run, the client's by their numbers.
class told_objects final : public object_forms {
public:
    explicit told_objects(std::size_t width) noexcept : width_(width) {}
    void follow(const value_reader& reads) noexcept { reads_ = &reads; }

    result<std::int64_t> number_of(referent&, std::string_view) override {
        return fail(errc::unsupported, "recordings hold no objects");
    }
    result<value> object_of(std::int64_t number, std::string_view interface) override {
        if (reads_ != nullptr) found.push_back({number, reads_->at() - width_});
        if (number < 0) return value::map({{"object", interface}, {"of client", -number}});
        const auto known = static_cast<std::uint64_t>(number);
        return value::map(
            {{"object", interface}, {"name", name_in_content(told_name::object, known)}});
    }

    std::vector<numbered_place> found;

private:
    const std::size_t width_;
    const value_reader* reads_ = nullptr;
};

[[nodiscard]] std::string_view name_of(command what) noexcept {
    switch (what) {
    case command::request_schema: return "asks for the schema";
    case command::send_schema: return "schema";
    case command::noop: return "noop";
    case command::disconnect: return "disconnect";
    case command::acknowledge_disconnect: return "acknowledge disconnect";
    case command::hello: return "hello";
    case command::release_objects: return "release";
    default: return "message";
    }
}

/// Objects as people read them.
[[nodiscard]] std::string shown(const value& what) {
    if (what.is(value_kind::map) && what["object"].is(value_kind::string))
        return concat("<", what["object"].string(), ">");
    return told_text(what);
}

class remcall_teller final : public teller {
public:
    explicit remcall_teller(std::shared_ptr<const contract> by)
        : contract_(std::move(by)), sides_{side(*contract_), side(*contract_)} {
        limits_.max_message_bytes = most_message_bytes;
        for (side& each : sides_) {
            each.scan.set_limits({most_message_bytes, limits_.max_depth, limits_.max_nodes},
                                 most_schema_bytes);
        }
    }

    result<told_message> take(speaker who, byte_view input, bool) override {
        told_message made;
        if (input.empty()) return made;
        side& mine = sides_[static_cast<std::size_t>(who)];
        BECKON_ASSIGN(const bool whole, mine.scan.look(input, mine));
        if (!whole) return made;
        made.bytes = mine.scan.size();
        made.message = input.first(made.bytes);
        mine.scan.reset();
        tell(who, made);
        return made;
    }

    result<bytes> renamed(byte_view message, const other_names& names) override;

private:
    /// What ends the messages of one side: its answers are to calls of the other.
    struct side final : message_ends {
        explicit side(const contract& by) noexcept : known(&by) {}

        result<std::span<const schema::field>> parameters_of(std::uint64_t method) const override {
            if (const method_form* const found = known->find(method))
                return std::span<const schema::field>(found->method->parameters);
            return fail(errc::protocol_error, "the schema has no method ", method);
        }
        result<const schema::type*> result_of(std::uint32_t request) const override {
            const auto found = asked.find(request);
            if (found != asked.end()) return &found->second->method->result;
            return fail(errc::protocol_error, "nobody has made request ", request);
        }
        result<void> may_send(command what) const override {
            switch (what) {
            case command::request_schema:
            case command::send_schema:
            case command::call_method:
            case command::return_from_method:
            case command::noop:
            case command::disconnect:
            case command::acknowledge_disconnect:
            case command::hello:
            case command::fail_method:
            case command::release_objects:
            case command::cancel:
            case command::call_with_deadline: return {};
            }
            return fail(errc::protocol_error, "these bytes are no message of remcall");
        }
        [[nodiscard]] const forms* known_forms() const noexcept override { return &known->forms(); }
        [[nodiscard]] std::size_t method_bytes() const noexcept override {
            return known->method_bytes();
        }

        const contract* known;
        message_scanner scan;
        std::unordered_map<std::uint32_t, const method_form*> asked; ///< Of this side.
    };

    /// The parts of a call.
    struct call {
        std::uint32_t request = 0;
        const method_form* method = nullptr;
        numbered_place target;
        std::size_t arguments_at = 0;
    };
    [[nodiscard]] call call_in(byte_view message) const {
        const bool timed = static_cast<command>(message[0]) == command::call_with_deadline;
        std::size_t at = 1 + (timed ? deadline_bytes : 0);
        call made;
        made.request = static_cast<std::uint32_t>(number_at(message, at, request_bytes));
        at += request_bytes;
        made.method = contract_->find(number_at(message, at, contract_->method_bytes()));
        at += contract_->method_bytes();
        made.target = {signed_at(message, at, contract_->object_bytes()), at};
        made.arguments_at = at + contract_->object_bytes();
        return made;
    }

    void tell(speaker who, told_message& made);
    void tell_call(speaker who, told_message& made);
    void tell_answer(speaker who, told_message& made, bool failed);

    const std::shared_ptr<const contract> contract_;
    limits limits_;
    std::array<side, 2> sides_;
};

[[nodiscard]] constexpr std::size_t other(speaker who) noexcept {
    return 1 - static_cast<std::size_t>(who);
}

void remcall_teller::tell_call(speaker who, told_message& made) {
    const call said = call_in(made.message);
    made.part = told_part::call;
    made.number = value(said.request);
    auto& asked = sides_[other(who)].asked;
    if (asked.size() < most_unanswered) asked[said.request] = said.method;
    told_objects objects(contract_->object_bytes());
    value_reader in(made.message, said.arguments_at, contract_->forms(), limits_, objects);
    value arguments = value::map();
    std::string text;
    for (const schema::field& each : said.method->method->parameters) {
        auto read = in.read(each.type);
        if (!read) break;
        text += concat(text.empty() ? "" : ", ", each.name, "=", shown(*read));
        arguments.insert_or_assign(each.name, std::move(*read));
    }
    made.text = concat("call #", said.request, " ", said.method->name(), " of object ",
                       said.target.number, " (", text, ")");
    made.content = value::map({{"call", said.method->name()},
                               {"object", said.target.number},
                               {"arguments", std::move(arguments)}});
}

void remcall_teller::tell_answer(speaker who, told_message& made, bool failed) {
    made.part = told_part::answer;
    const auto request =
        static_cast<std::uint32_t>(number_at(made.message, request_at, request_bytes));
    made.number = value(request);
    auto& asked = sides_[static_cast<std::size_t>(who)].asked;
    const auto found = asked.find(request);
    told_objects objects(contract_->object_bytes());
    if (failed) {
        value_reader in(made.message, answer_head + 1, own_forms(), limits_, objects);
        value texts = value::list();
        // Behind type and message stands where it happened.
        for (int i = 0; i < 2; ++i) {
            auto read = in.read(failure_fields()[0].type);
            texts.push_back(read ? std::move(*read) : value());
        }
        made.text = concat("failure #", request, " ", told_text(texts));
        made.content = value::map({{"failure", std::move(texts)}});
    } else if (found != asked.end()) {
        value_reader in(made.message, answer_head, contract_->forms(), limits_, objects);
        auto read = in.read(found->second->method->result);
        value result = read ? std::move(*read) : value(made.message);
        made.text = concat("reply #", request, " ", shown(result));
        made.content = value::map({{"result", std::move(result)}});
    }
    if (found != asked.end()) asked.erase(found);
}

void remcall_teller::tell(speaker who, told_message& made) {
    const auto what = static_cast<command>(made.message[0]);
    switch (what) {
    case command::call_method:
    case command::call_with_deadline: return tell_call(who, made);
    case command::return_from_method: return tell_answer(who, made, false);
    case command::fail_method: return tell_answer(who, made, true);
    case command::cancel:
        made.part = told_part::aside;
        made.text = concat("cancel #", number_at(made.message, request_at, request_bytes));
        return;
    case command::noop:
    case command::release_objects: made.part = told_part::aside; break;
    default: made.content = value(made.message); break;
    }
    made.text = std::string(name_of(what));
}

result<bytes> remcall_teller::renamed(byte_view message, const other_names& names) {
    bytes out(message.begin(), message.end());
    const auto what = static_cast<command>(message[0]);
    const std::size_t width = contract_->object_bytes();
    std::vector<numbered_place> places;
    const auto write_at = [&](std::size_t at, std::size_t bytes, std::uint64_t number) {
        for (std::size_t i = 0; i < bytes; ++i)
            out[at + i] = static_cast<std::byte>(number >> (8 * (bytes - 1 - i)) & 0xff);
    };
    told_objects objects(width);
    if (what == command::call_method || what == command::call_with_deadline) {
        const call said = call_in(message);
        value_reader in(message, said.arguments_at, contract_->forms(), limits_, objects);
        objects.follow(in);
        for (const schema::field& each : said.method->method->parameters) {
            if (!in.read(each.type)) break;
        }
        places.push_back(said.target);
    } else if (what == command::return_from_method || what == command::fail_method) {
        const auto request =
            static_cast<std::uint32_t>(number_at(message, request_at, request_bytes));
        const std::uint64_t actual = names.call(request);
        write_at(request_at, request_bytes, actual);
        const auto& asked = sides_[static_cast<std::size_t>(speaker::client)].asked;
        const auto found = asked.find(static_cast<std::uint32_t>(actual));
        if (what == command::return_from_method && found != asked.end()) {
            value_reader in(message, answer_head, contract_->forms(), limits_, objects);
            objects.follow(in);
            static_cast<void>(in.read(found->second->method->result));
        }
    } else if (what == command::release_objects) {
        for (std::size_t at = 1 + 4; at + width + 4 <= message.size(); at += width + 4)
            places.push_back({signed_at(message, at, width), at});
    }
    places.insert(places.end(), objects.found.begin(), objects.found.end());
    for (const numbered_place& each : places) {
        if (each.number > 0) {
            write_at(each.at, width,
                     names.number(told_name::object, static_cast<std::uint64_t>(each.number)));
        }
    }
    return out;
}

} // namespace

result<std::unique_ptr<teller>> make_teller(std::shared_ptr<const schema::document> schema) {
    if (!schema) return std::unique_ptr<teller>();
    BECKON_ASSIGN(auto by, contract::of(std::move(schema)));
    return std::unique_ptr<teller>(std::make_unique<remcall_teller>(std::move(by)));
}

} // namespace beckon::remcall
