#include "protocol/msgpackrpc/readable.hpp"

#include <array>

#include "beckon/codec/msgpack.hpp"
#include "beckon/codec/msgpack_scan.hpp"
#include "session/told_plain.hpp"

namespace beckon::msgpackrpc {

namespace {

constexpr std::size_t most_message_bytes = 64u << 20;
/// What a message begins with.
enum class type : std::uint8_t { request = 0, response = 1, notification = 2 };

[[nodiscard]] bool is(const value& said, type what, std::size_t size) noexcept {
    return said.is(value_kind::list) && said.size() == size &&
           said[0] == value(static_cast<int>(what));
}

[[nodiscard]] std::string method_in(const value& name) {
    if (name.is(value_kind::string)) return std::string(name.string());
    if (name.is(value_kind::bytes)) return std::string(as_text(name.bytes()));
    return told_text(name);
}

class msgpack_teller final : public teller {
public:
    result<told_message> take(speaker who, byte_view input, bool) override {
        told_message made;
        if (input.empty()) return made;
        msgpack::scanner& scan = scans_[static_cast<std::size_t>(who)];
        BECKON_ASSIGN(const bool whole, scan.look(input, most_message_bytes));
        if (!whole) return made;
        made.bytes = scan.size();
        made.message = input.first(made.bytes);
        scan.reset();
        const auto read = msgpack::read(made.message, reading());
        if (!read) {
            made.text = read.error().message();
            made.content = value(made.message);
            return made;
        }
        tell(who, *read, made);
        return made;
    }

    result<bytes> renamed(byte_view message, const other_names& names) override {
        bytes as_it_was(message.begin(), message.end());
        const auto read = msgpack::read(message, reading());
        if (!read) return as_it_was;
        value other = *read;
        const bool requests = is(*read, type::request, 4);
        if (requests || is(*read, type::notification, 3)) {
            const std::size_t place = requests ? 2 : 1;
            auto called = plain_.renamed({method_in((*read)[place]), (*read)[place + 1]}, names);
            if (called.method != method_in((*read)[place])) other.replace(place, called.method);
            other.replace(place + 1, std::move(called.params));
        } else if (is(*read, type::response, 4)) {
            if (const value* const call = names.find_call((*read)[1])) other.replace(1, *call);
            other.replace(3, plain_.renamed((*read)[3], names));
        }
        if (other == *read) return as_it_was;
        buffer out;
        BECKON_TRY(msgpack::write(out, other));
        return bytes(out.view().begin(), out.view().end());
    }

private:
    [[nodiscard]] static msgpack::read_options reading() noexcept {
        msgpack::read_options options;
        options.bad_text = msgpack::bad_text::as_bytes;
        return options;
    }

    void tell(speaker who, const value& said, told_message& made) const {
        made.text = told_text(said);
        made.content = said;
        if (is(said, type::response, 4)) {
            made.part = told_part::answer;
            made.number = said[1];
            const bool failed = !said[2].is_null();
            made.text = concat(failed ? "error #" : "reply #", told_text(said[1], 30), " ",
                               told_text(failed ? said[2] : said[3]));
            made.content = failed ? value::map({{"error", plain_.content(who, said[2])}})
                                  : value::map({{"result", plain_.content(who, said[3])}});
            return;
        }
        const bool requests = is(said, type::request, 4);
        if (!requests && !is(said, type::notification, 3)) return;
        const std::size_t place = requests ? 2 : 1;
        const auto called = plain_.content(who, {method_in(said[place]), said[place + 1]});
        made.part = requests ? told_part::call : told_part::other;
        if (requests) made.number = said[1];
        if (!requests && plain_.is_aside(called.method)) made.part = told_part::aside;
        made.text = concat(requests ? concat("call #", told_text(said[1], 30)) : "notify", " ",
                           called.method, told_arguments(said[place + 1]));
        made.content = value::map({{"method", called.method}, {"params", called.params}});
    }

    std::array<msgpack::scanner, 2> scans_;
    const told_plain plain_{"$"};
};

} // namespace

std::unique_ptr<teller> make_teller() { return std::make_unique<msgpack_teller>(); }

} // namespace beckon::msgpackrpc
