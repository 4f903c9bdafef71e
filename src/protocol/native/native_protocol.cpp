#include "protocol/native/native_protocol.hpp"

#include <algorithm>
#include <cstring>

#include "io/looks_like_tls.hpp"
#include "protocol/native/error_frame.hpp"

namespace beckon {

std::unique_ptr<protocol> make_native_protocol() {
    return std::make_unique<native::native_protocol>();
}

} // namespace beckon

namespace beckon::native {

std::string_view name_of(frame_type type) noexcept {
    switch (type) {
    case frame_type::hello: return "hello";
    case frame_type::call: return "call";
    case frame_type::reply: return "reply";
    case frame_type::error: return "error";
    case frame_type::cancel: return "cancel";
    case frame_type::release: return "release";
    case frame_type::stream_item: return "stream item";
    case frame_type::stream_end: return "stream end";
    case frame_type::stream_credit: return "stream credit";
    case frame_type::stream_stop: return "stream stop";
    case frame_type::ping: return "ping";
    case frame_type::pong: return "pong";
    case frame_type::go_away: return "go-away";
    case frame_type::bye: return "bye";
    case frame_type::acknowledge: return "acknowledge";
    }
    return "unknown";
}

namespace {

constexpr std::size_t header_size = sizeof(frame_header);

frame_header read_header(byte_view input) noexcept {
    frame_header header;
    std::memcpy(&header, input.data(), header_size);
    return header;
}

/// Appends a whole frame of header alone.
void write_bare(buffer& out, frame_header header) {
    header.size = header_size;
    std::memcpy(out.grow(header_size), &header, header_size);
}

/// Begins a frame: finish() fills in its size.
void begin(writer& out, frame_type type, std::uint8_t flags, std::uint16_t method,
           std::uint32_t call, std::uint32_t object) {
    const frame_header header{0, type, flags, method, call, object};
    out.put_raw(&header, header_size);
}

} // namespace

std::size_t native_protocol::message_size(byte_view input) const noexcept {
    const std::size_t skip = magic_seen_ ? 0 : sizeof native_magic;
    // Not before the header is whole: consume checks it first.
    if (input.size() < skip + header_size) return 0;
    std::uint32_t size = 0;
    std::memcpy(&size, input.data() + skip, 4);
    return skip + padded(size < header_size ? header_size : size);
}

result<consumed> native_protocol::consume(byte_view input, session_events& events) {
    std::size_t at = 0;
    if (!magic_seen_) {
        const std::size_t known =
            input.size() < sizeof native_magic ? input.size() : sizeof native_magic;
        if (std::memcmp(input.data(), native_magic, known) != 0) {
            return fail(errc::protocol_error, "peer began with ",
                        quoted(as_text(input.first(known))), "; expected the native protocol's ",
                        quoted({reinterpret_cast<const char*>(native_magic), sizeof native_magic}),
                        io::looks_like_tls(input) ? " (it speaks TLS: say tls:// on both sides)"
                                                  : "");
        }
        if (known < sizeof native_magic) return consumed{0, verdict::go_on};
        magic_seen_ = true;
        at = sizeof native_magic;
        taken_ = at;
    }
    while (input.size() - at >= header_size) {
        const std::size_t limit =
            hello_seen_ ? events.limits().max_message_bytes
                        : std::min(events.limits().max_message_bytes, max_hello_bytes);
        const frame_header header = read_header(input.subspan(at));
        const std::uint64_t place = taken_;
        const auto place_of = [place](std::string_view what) {
            return concat("reading the ", what, " at byte ", place, " of the conversation");
        };
        if (header.size < header_size) {
            return fail(errc::protocol_error, "peer sent a frame of ", header.size,
                        " bytes; a frame has at least ", header_size)
                .note(place_of("frame header"));
        }
        if (header.size > limit) {
            return fail(errc::limit_exceeded, "peer declared a ", name_of(header.type),
                        " frame of ", header.size, " bytes; limit is ", limit, " bytes (",
                        hello_seen_ ? "max_message_bytes)" : "before the hello)")
                .note(place_of("frame header"));
        }
        const std::size_t whole = padded(header.size);
        if (input.size() - at < whole) break;
        const byte_view frame = input.subspan(at, header.size);
        at += whole;
        taken_ +=
            whole; // before the frame runs: a handler that blocks loses the input to another thread
        std::optional<error> broken;
        const verdict next = take_frame(header, frame, input.subspan(at), events, broken);
        if (broken)
            return std::move(*broken).note(place_of(concat(name_of(header.type), " frame")));
        if (next != verdict::go_on) return consumed{at, next};
    }
    return consumed{at, verdict::go_on};
}

verdict native_protocol::take_frame(const frame_header& header, byte_view frame, byte_view rest,
                                    session_events& events, std::optional<error>& broken) {
    const auto no_content = [&] {
        if (frame.size() != header_size) {
            broken.emplace(fail(errc::protocol_error, "peer sent a ", name_of(header.type),
                                " frame of ", frame.size(), " bytes; expected ", header_size));
        }
        return !broken;
    };
    if (!hello_seen_ && header.type != frame_type::hello && header.type != frame_type::go_away &&
        header.type != frame_type::bye) {
        broken.emplace(fail(errc::protocol_error, "peer sent a ", name_of(header.type),
                            " frame first; expected hello"));
        return verdict::stop;
    }
    reader in(frame, events.limits(), &events.references());
    in.skip_to(header_size);
    switch (header.type) {
    case frame_type::call: return take_call(header, frame, rest, events);
    case frame_type::reply: events.on_reply(header.call, in); break;
    case frame_type::error: {
        error failure = read_error(in);
        if (in.failed()) failure = in.take_failure().note("reading an error frame");
        events.on_error(header.call, std::move(failure), (header.flags & flags::untaken) != 0);
        break;
    }
    case frame_type::cancel:
        if (no_content()) events.on_cancel(header.call);
        break;
    case frame_type::release: {
        const std::size_t count = header.object;
        if (frame.size() != header_size + count * 8) {
            broken.emplace(fail(errc::protocol_error, "peer sent a release frame of ", frame.size(),
                                " bytes for ", count, " objects; expected ",
                                header_size + count * 8));
            break;
        }
        for (std::size_t i = 0; i < count; ++i) {
            const auto object = in.get<std::uint32_t>();
            events.on_release(object, in.get<std::uint32_t>());
        }
        break;
    }
    case frame_type::stream_item: events.on_stream_item(header.call, in); break;
    case frame_type::stream_end: {
        std::optional<error> failure;
        if (frame.size() != header_size) failure.emplace(read_error(in));
        if (in.failed()) {
            broken.emplace(in.take_failure());
        } else {
            events.on_stream_end(header.call, std::move(failure));
        }
        break;
    }
    case frame_type::stream_credit:
        if (no_content()) events.on_stream_credit(header.call, header.object);
        break;
    case frame_type::stream_stop:
        if (no_content()) events.on_stream_stop(header.call);
        break;
    case frame_type::ping:
        if (no_content())
            events.on_ping(static_cast<std::uint64_t>(header.object) << 32 | header.call);
        break;
    case frame_type::pong:
        if (no_content())
            events.on_pong(static_cast<std::uint64_t>(header.object) << 32 | header.call);
        break;
    case frame_type::go_away: {
        error reason = read_error(in);
        if (in.failed()) {
            broken.emplace(in.take_failure());
        } else {
            events.on_go_away(std::move(reason));
        }
        break;
    }
    case frame_type::bye:
        if (no_content()) {
            events.on_bye();
            return verdict::stop;
        }
        break;
    case frame_type::hello:
        if (auto taken = take_hello(frame, events); !taken)
            broken.emplace(std::move(taken).error());
        break;
    default:
        // Frames of a later version that we may ignore have the top bit set.
        if ((static_cast<std::uint8_t>(header.type) & 0x80) == 0) {
            broken.emplace(fail(errc::protocol_error, "peer sent a frame of unknown type ",
                                static_cast<unsigned>(header.type)));
        } else {
            events.on_oddity("BKN-FRAME-IGNORED", concat("peer sent a frame of type ",
                                                         static_cast<unsigned>(header.type),
                                                         ", which may be ignored and is"));
        }
    }
    return broken ? verdict::stop : verdict::go_on;
}

verdict native_protocol::take_call(const frame_header& header, byte_view frame, byte_view rest,
                                   session_events& events) {
    reader in(frame, events.limits(), &events.references());
    in.skip_to(header_size);
    call_head head;
    head.call_id = header.call;
    head.object = header.object;
    head.method = header.method;
    head.oneway = (header.flags & flags::oneway) != 0;
    head.wire_bytes = header.size;
    if ((header.flags & flags::deadline) != 0)
        head.time_left = std::chrono::milliseconds(in.get<std::uint32_t>());
    if ((header.flags & flags::parent) != 0) {
        head.has_parent = true;
        head.parent = in.get<std::uint32_t>();
    }
    if ((header.flags & flags::promise) != 0) head.promise = in.get<std::uint32_t>();
    if ((header.flags & flags::metadata) != 0) {
        const std::size_t count = in.get_count(8, sizeof(metadata::value_type));
        metadata_.clear();
        for (std::size_t i = 0; i < count && !in.failed(); ++i) {
            std::string key(in.get_text());
            metadata_.emplace_back(std::move(key), std::string(in.get_text()));
        }
        head.metadata = &metadata_;
    }
    in.align(8);
    if (in.failed()) {
        events.on_bad_call(head, in.take_failure().note("reading the head of a call frame"));
        return verdict::go_on;
    }
    return events.on_call(head, in, frame, rest);
}

result<void> native_protocol::take_hello(byte_view frame, session_events& events) {
    if (hello_seen_) return fail(errc::protocol_error, "peer sent a second hello");
    reader in(frame, events.limits());
    in.skip_to(header_size);
    const auto oldest = in.get<std::uint16_t>();
    const auto newest = in.get<std::uint16_t>();
    static_cast<void>(in.get<std::uint32_t>());
    const auto offered = in.get<std::uint64_t>();
    static_cast<void>(offered); // none of the features known so far is on in this version
    greeting peer;
    peer.limits.max_message_bytes = in.get<std::uint32_t>();
    peer.limits.max_calls_in_flight = in.get<std::uint32_t>();
    peer.limits.max_call_bytes = in.get<std::uint32_t>();
    peer.limits.stream_window_bytes = in.get<std::uint32_t>();
    peer.software = in.get_text();
    peer.user = in.get_text();
    const byte_view secret = in.get_block();
    peer.secret.assign(secret.begin(), secret.end());
    if (in.failed()) return in.take_failure();
    if (oldest > newest_version || newest < oldest_version) {
        return fail(errc::protocol_error, "peer speaks versions ", oldest, " to ", newest,
                    " of the native protocol; this side speaks ", oldest_version, " to ",
                    newest_version);
    }
    if (peer.limits.max_message_bytes < 1024 || peer.limits.max_calls_in_flight == 0) {
        return fail(errc::protocol_error, "peer takes messages of ", peer.limits.max_message_bytes,
                    " bytes and ", peer.limits.max_calls_in_flight,
                    " calls in flight; the least allowed is 1024 bytes and 1 call");
    }
    hello_seen_ = true;
    return events.on_greeting(peer);
}

void native_protocol::write_greeting(buffer& out, const greeting& mine) {
    out.append(std::as_bytes(std::span(native_magic)));
    writer to(out);
    begin(to, frame_type::hello, 0, 0, 0, 0);
    to.put(oldest_version);
    to.put(newest_version);
    to.put<std::uint32_t>(0);
    to.put<std::uint64_t>(0);
    to.put(mine.limits.max_message_bytes);
    to.put(mine.limits.max_calls_in_flight);
    to.put(mine.limits.max_call_bytes);
    to.put(mine.limits.stream_window_bytes);
    to.put_text("beckon");
    to.put_text(mine.user);
    to.put_block(mine.secret.data(), mine.secret.size());
    finish(to);
}

void native_protocol::begin_call(writer& out, const call_head& head) {
    std::uint8_t bits = head.oneway ? flags::oneway : std::uint8_t{0};
    if (head.time_left.count() != 0) bits |= flags::deadline;
    if (head.has_parent) bits |= flags::parent;
    if (head.promise != 0) bits |= flags::promise;
    if (head.metadata != nullptr) bits |= flags::metadata;
    begin(out, frame_type::call, bits, head.method, head.call_id, head.object);
    if (head.time_left.count() != 0) {
        // Rounded up, so that a deadline of less than a millisecond is not none at all.
        const auto milliseconds = (head.time_left.count() + 999'999) / 1'000'000;
        out.put(milliseconds > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(milliseconds));
    }
    if (head.has_parent) out.put(head.parent);
    if (head.promise != 0) out.put(head.promise);
    if (head.metadata != nullptr) {
        out.put(static_cast<std::uint32_t>(head.metadata->size()));
        for (const auto& [key, text] : *head.metadata) {
            out.put_text(key);
            out.put_text(text);
        }
    }
    out.align(8);
}

void native_protocol::begin_reply(writer& out, std::uint32_t call_id) {
    begin(out, frame_type::reply, 0, 0, call_id, 0);
}

void native_protocol::begin_stream_item(writer& out, std::uint32_t stream) {
    begin(out, frame_type::stream_item, 0, 0, stream, 0);
}

void native_protocol::finish(writer& out) {
    const auto size = static_cast<std::uint32_t>(out.size());
    out.align(8);
    std::memcpy(out.out().data() + out.start(), &size, 4);
}

void native_protocol::write_error(buffer& out, std::uint32_t call_id, const error& failure,
                                  bool untaken) {
    writer to(out);
    begin(to, frame_type::error, untaken ? flags::untaken : std::uint8_t{0}, 0, call_id, 0);
    put_error(to, failure);
    finish(to);
}

void native_protocol::write_cancel(buffer& out, std::uint32_t call_id) {
    write_bare(out, {0, frame_type::cancel, 0, 0, call_id, 0});
}

void native_protocol::write_release(
    buffer& out, std::span<const std::pair<std::uint32_t, std::uint32_t>> released) {
    writer to(out);
    begin(to, frame_type::release, 0, 0, 0, static_cast<std::uint32_t>(released.size()));
    for (const auto& [object, count] : released) {
        to.put(object);
        to.put(count);
    }
    finish(to);
}

void native_protocol::write_stream_end(buffer& out, std::uint32_t stream, const error* failure) {
    writer to(out);
    begin(to, frame_type::stream_end, 0, 0, stream, 0);
    if (failure != nullptr) put_error(to, *failure);
    finish(to);
}

void native_protocol::write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t bytes) {
    write_bare(out, {0, frame_type::stream_credit, 0, 0, stream, bytes});
}
void native_protocol::write_stream_stop(buffer& out, std::uint32_t stream) {
    write_bare(out, {0, frame_type::stream_stop, 0, 0, stream, 0});
}
void native_protocol::write_ping(buffer& out, std::uint64_t number) {
    write_bare(out, {0, frame_type::ping, 0, 0, static_cast<std::uint32_t>(number),
                     static_cast<std::uint32_t>(number >> 32)});
}
void native_protocol::write_pong(buffer& out, std::uint64_t number) {
    write_bare(out, {0, frame_type::pong, 0, 0, static_cast<std::uint32_t>(number),
                     static_cast<std::uint32_t>(number >> 32)});
}
void native_protocol::write_go_away(buffer& out, const error& reason) {
    writer to(out);
    begin(to, frame_type::go_away, 0, 0, 0, 0);
    put_error(to, reason);
    finish(to);
}
void native_protocol::write_bye(buffer& out) { write_bare(out, {0, frame_type::bye, 0, 0, 0, 0}); }

} // namespace beckon::native
