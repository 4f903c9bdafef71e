#include "naming/rpyc_registry/packets.hpp"

#include <algorithm>

#include "beckon/codec/brine_reader.hpp"

namespace beckon::naming::rpyc_registry {

namespace {

constexpr std::string_view magic = "RPYC";
constexpr std::string_view acknowledgement = "OK";
constexpr std::string_view command_words[] = {"QUERY", "LIST", "REGISTER", "UNREGISTER"};

void expect_text(brine::reader& in, std::string_view expected) {
    const std::string_view found = in.get_text();
    if (in.failed() || found == expected) return;
    in.fail(
        fail(errc::protocol_error, "peer sent ", quoted(found), "; expected \"", expected, '"'));
}

service_port read_port(brine::reader& in) {
    if (in.peek() == brine::item::text) {
        const std::string_view path = in.get_text();
        if (path.empty()) {
            in.fail(fail(errc::protocol_error, "peer sent an empty path of a socket at byte ",
                         in.offset(), "; expected a port or a path"));
        }
        return {0, std::string(path)};
    }
    const std::int64_t number = in.get_integer();
    if (!in.failed() && (number < 1 || number > 65'535)) {
        in.fail(fail(errc::protocol_error, "peer sent port ", number,
                     "; expected a number from 1 to 65535 or the path of a socket"));
    }
    return {in.failed() ? std::uint16_t{0} : static_cast<std::uint16_t>(number), {}};
}

std::vector<std::string> read_texts(brine::reader& in) {
    std::vector<std::string> texts;
    for (std::size_t left = in.get_tuple(); left > 0 && !in.failed(); --left) {
        texts.emplace_back(in.get_text());
    }
    return texts;
}

result<command> read_command(brine::reader& in) {
    const std::string_view found = in.get_text();
    if (in.failed()) return in.take_failure();
    const std::string word = upper_case(found);
    const auto* const known = std::find(std::begin(command_words), std::end(command_words), word);
    if (known != std::end(command_words)) {
        return static_cast<command>(known - std::begin(command_words));
    }
    return fail(errc::protocol_error, "peer sent command ", quoted(found),
                "; expected QUERY, LIST, REGISTER or UNREGISTER");
}

void read_arguments(brine::reader& in, request& into) {
    switch (into.command) {
    case command::query:
        in.get_tuple_of(1);
        into.names.emplace_back(in.get_text());
        break;
    case command::list:
        in.get_tuple_of(1);
        in.get_tuple_of(1);
        if (in.peek() == brine::item::none) {
            in.get_none();
        } else {
            // Python takes an empty text for none, too.
            const std::string_view host = in.get_text();
            if (!host.empty()) into.host = std::string(host);
        }
        break;
    case command::add:
        in.get_tuple_of(2);
        into.names = read_texts(in);
        into.port = read_port(in);
        break;
    case command::remove:
        in.get_tuple_of(1);
        into.port = read_port(in);
        break;
    }
}

result<void> put_port(buffer& out, const service_port& port) {
    if (!port.path.empty()) return brine::put_text(out, port.path);
    brine::put_integer(out, port.number);
    return {};
}

result<void> put_texts(buffer& out, std::span<const std::string> texts) {
    brine::put_tuple(out, texts.size());
    for (const std::string& text : texts) BECKON_TRY(brine::put_text(out, text));
    return {};
}

// A tuple of as many of the items as fit. The head grows with the count, so its size is known only at the end.
template <typename Item, typename Put>
buffer put_fitting(std::span<const Item> items, std::size_t most, Put put) {
    constexpr std::size_t largest_head = 5;
    buffer content;
    std::size_t count = 0;
    for (const Item& item : items) {
        const std::size_t before = content.size();
        const bool written = static_cast<bool>(put(content, item));
        BECKON_ASSERT(written, "what was registered can be written");
        if (content.size() > most - largest_head) {
            content.truncate(before);
            break;
        }
        ++count;
    }
    buffer out;
    brine::put_tuple(out, count);
    out.append(content.view());
    return out;
}

} // namespace

std::string upper_case(std::string_view name) {
    std::string upper(name);
    for (char& letter : upper) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return upper;
}

result<request> read_request(byte_view packet) {
    const limits limits;
    brine::reader in(packet, limits);
    in.get_tuple_of(3);
    expect_text(in, magic);
    if (in.failed()) return in.take_failure();
    request made;
    BECKON_ASSIGN(made.command, read_command(in));
    read_arguments(in, made);
    if (in.failed()) return in.take_failure();
    return made;
}

result<buffer> write_request(const request& from) {
    buffer out;
    brine::put_tuple(out, 3);
    BECKON_TRY(brine::put_text(out, magic));
    BECKON_TRY(brine::put_text(out, command_words[static_cast<std::size_t>(from.command)]));
    switch (from.command) {
    case command::query: BECKON_TRY(put_texts(out, from.names)); break;
    case command::list:
        brine::put_tuple(out, 1);
        brine::put_tuple(out, 1);
        if (from.host) {
            BECKON_TRY(brine::put_text(out, *from.host));
        } else {
            brine::put_none(out);
        }
        break;
    case command::add:
        brine::put_tuple(out, 2);
        BECKON_TRY(put_texts(out, from.names));
        BECKON_TRY(put_port(out, from.port));
        break;
    case command::remove:
        brine::put_tuple(out, 1);
        BECKON_TRY(put_port(out, from.port));
        break;
    }
    if (out.size() > max_packet_bytes) {
        return fail(errc::limit_exceeded, "request to the registry of ", out.size(),
                    " bytes; registries read at most ", max_packet_bytes, " bytes");
    }
    return out;
}

result<std::vector<service_address>> read_addresses(byte_view packet) {
    const limits limits;
    brine::reader in(packet, limits);
    std::vector<service_address> made;
    for (std::size_t left = in.get_tuple(); left > 0 && !in.failed(); --left) {
        in.get_tuple_of(2);
        std::string host(in.get_text());
        made.push_back({std::move(host), read_port(in)});
    }
    if (in.failed()) return in.take_failure();
    return made;
}

result<std::optional<std::vector<std::string>>> read_names(byte_view packet) {
    const limits limits;
    brine::reader in(packet, limits);
    std::optional<std::vector<std::string>> made;
    if (in.peek() == brine::item::none) {
        in.get_none();
    } else {
        made = read_texts(in);
    }
    if (in.failed()) return in.take_failure();
    return made;
}

result<void> read_acknowledgement(byte_view packet) {
    const limits limits;
    brine::reader in(packet, limits);
    expect_text(in, acknowledgement);
    if (in.failed()) return in.take_failure();
    return {};
}

bool is_whole(byte_view packet) {
    const limits limits;
    brine::reader in(packet, limits);
    in.skip();
    return !in.failed();
}

buffer write_addresses(std::span<const service_address> from, std::size_t most) {
    return put_fitting(from, most, [](buffer& out, const service_address& each) -> result<void> {
        brine::put_tuple(out, 2);
        BECKON_TRY(brine::put_text(out, each.host));
        return put_port(out, each.port);
    });
}

buffer write_names(std::span<const std::string> from, std::size_t most) {
    return put_fitting(from, most, [](buffer& out, const std::string& each) {
        return brine::put_text(out, each);
    });
}

buffer write_no_names() {
    buffer out;
    brine::put_none(out);
    return out;
}

buffer write_acknowledgement() {
    buffer out;
    const bool written = static_cast<bool>(brine::put_text(out, acknowledgement));
    BECKON_ASSERT(written, "OK is UTF-8");
    return out;
}

} // namespace beckon::naming::rpyc_registry
