#include "protocol/rpyc/readable_message.hpp"

#include "beckon/codec/brine.hpp"
#include "protocol/rpyc/frame.hpp"
#include "protocol/rpyc/handler.hpp"

namespace beckon::rpyc {

namespace {

[[nodiscard]] error no_message(std::string_view what) {
    return fail(errc::protocol_error, "no message of rpyc: ", what);
}

constexpr std::size_t thread_bytes = 16;

[[nodiscard]] std::uint64_t big_endian(byte_view from) noexcept {
    std::uint64_t number = 0;
    for (const std::byte each : from) number = number << 8 | std::to_integer<std::uint64_t>(each);
    return number;
}

} // namespace

result<open_message> open(byte_view message, bool bind_threads, const limits& allowed) {
    const auto spoken = dialect_of(message, bind_threads);
    if (!spoken) return no_message("it is of neither dialect");
    open_message made;
    made.laid_out = {*spoken, bind_threads};
    if (bind_threads) {
        if (message.size() <= thread_bytes) return no_message("it is too short");
        made.threads = {big_endian(message.first(8)), big_endian(message.subspan(8, 8))};
        message = message.subspan(thread_bytes);
    }
    value kind;
    std::size_t place = 0;
    if (*spoken == dialect::v6) {
        kind = value(std::to_integer<int>(message[0]));
        message = message.subspan(1);
    }
    BECKON_ASSIGN(const value all, brine::read(message, allowed));
    const std::size_t expected = *spoken == dialect::v6 ? 2 : 3;
    if (!all.is(value_kind::tuple) || all.size() != expected)
        return no_message(concat("it is ", all.type_name(), " of ", all.size(), " items"));
    if (*spoken == dialect::v5) kind = all[place++];
    made.sequence = all[place];
    made.body = all[place + 1];
    if (!kind.is_int64() || kind.int64() < 1 || kind.int64() > 3)
        return no_message(concat("its type is ", kind.to_text(30)));
    made.kind = static_cast<message_kind>(kind.int64());
    return made;
}

result<void> put(buffer& out, const open_message& from) {
    buffer sequence;
    BECKON_TRY(brine::write(sequence, from.sequence));
    put_envelope(out, from.laid_out, from.kind, sequence.view(), from.threads);
    return brine::write(out, from.body);
}

bool is_labelled(const value& boxed, std::int64_t label) noexcept {
    return boxed.is(value_kind::tuple) && boxed.size() == 2 && boxed[0].is_int64() &&
           boxed[0].int64() == label;
}

std::vector<value> boxed_arguments(const value& boxed) {
    std::vector<value> all;
    if (is_labelled(boxed, static_cast<std::int64_t>(label::tuple)) && boxed[1].is_sequence()) {
        for (const value& each : boxed[1]) all.push_back(each);
    } else if (is_labelled(boxed, static_cast<std::int64_t>(label::value)) &&
               boxed[1].is_sequence()) {
        for (const value& each : boxed[1])
            all.push_back(value::tuple({static_cast<std::int64_t>(label::value), each}));
    }
    return all;
}

bool is_id_pack(const value& candidate) noexcept {
    return candidate.is(value_kind::tuple) && candidate.size() == 3 &&
           candidate[0].is(value_kind::string);
}

std::int64_t handler_in(const open_message& request) noexcept {
    const value& body = request.body;
    if (!body.is(value_kind::tuple) || body.size() != 2 || !body[0].is_int64()) return 0;
    return body[0].int64();
}

bytes key_of(const value& id_pack) {
    buffer out;
    // What was read as brine can be written so.
    if (!brine::write(out, id_pack)) return {};
    return {out.view().begin(), out.view().end()};
}

namespace {

/// Boxed values as another server is told of them.
[[nodiscard]] value renamed_box(const value& boxed, const other_names& names) {
    if (is_labelled(boxed, number_of(label::tuple)) && boxed[1].is_sequence()) {
        std::vector<value> all;
        for (const value& each : boxed[1]) all.push_back(renamed_box(each, names));
        return value::tuple({boxed[0], value::tuple(std::move(all))});
    }
    const bool may_be = is_labelled(boxed, number_of(label::local_ref)) ||
                        is_labelled(boxed, number_of(label::value));
    if (!may_be || !is_id_pack(boxed[1])) return boxed;
    const auto found = names.find(told_name::object, key_of(boxed[1]));
    if (!found) return boxed;
    auto other = brine::read(*found, limits());
    return other ? value::tuple({boxed[0], std::move(*other)}) : boxed;
}

} // namespace

result<bytes> renamed(byte_view message, bool bind_threads, const limits& allowed,
                      const other_names& names) {
    frame_reader reads(allowed);
    BECKON_ASSIGN(const frame found, reads.take(message));
    bytes as_it_was(message.begin(), message.end());
    if (found.message.empty()) return as_it_was;
    auto opened = open(found.message, bind_threads, allowed);
    if (!opened) return as_it_was;
    const open_message before = *opened;
    opened->threads.target = names.number(told_name::thread, opened->threads.target);
    if (opened->kind == message_kind::request) {
        const std::int64_t asked = handler_in(*opened);
        if (asked != 0) {
            value arguments = opened->body[1];
            const bool by_value = asked == static_cast<std::int64_t>(handler::inspect) ||
                                  asked == static_cast<std::int64_t>(handler::instance_check);
            if (by_value && is_labelled(arguments, number_of(label::value))) {
                std::vector<value> all;
                for (const value& each : boxed_arguments(arguments))
                    all.push_back(renamed_box(each, names)[1]);
                arguments = value::tuple({number_of(label::value), value::tuple(std::move(all))});
            } else {
                arguments = renamed_box(arguments, names);
            }
            opened->body = value::tuple({opened->body[0], std::move(arguments)});
        }
    } else {
        if (const value* const call = names.find_call(opened->sequence)) opened->sequence = *call;
        if (opened->kind == message_kind::reply) opened->body = renamed_box(opened->body, names);
    }
    if (opened->body == before.body && opened->sequence == before.sequence &&
        opened->threads.target == before.threads.target) {
        return as_it_was;
    }
    buffer out;
    const std::size_t start = begin_frame(out);
    BECKON_TRY(rpyc::put(out, *opened));
    const bool compressed = message[frame_header_bytes - 1] != std::byte{0};
    BECKON_TRY(finish_frame(out, start, compressed, allowed.max_message_bytes));
    return bytes(out.view().begin(), out.view().end());
}

} // namespace beckon::rpyc
