// Feeds arbitrary bytes to all that reads a conversation before a session sees it: frames, messages, boxed values,
// exceptions. The first byte chooses the layout and the limits. What is read can be written, and reads as itself again.
#include <algorithm>

#include "beckon/base/assert.hpp"
#include "protocol/rpyc/arguments.hpp"
#include "protocol/rpyc/boxing.hpp"
#include "protocol/rpyc/exception_dump.hpp"
#include "protocol/rpyc/exchange_test.hpp"
#include "protocol/rpyc/frame.hpp"
#include "protocol/rpyc/message.hpp"

namespace {

using namespace beckon;
using namespace beckon::rpyc;

bool same(byte_view a, byte_view b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

void check_frame(byte_view message, const limits& limits) {
    for (const bool compress : {false, true}) {
        buffer out;
        const std::size_t start = begin_frame(out);
        out.append(message);
        const auto finished = finish_frame(out, start, compress, limits.max_message_bytes);
        BECKON_ASSERT(finished.has_value(), "what was taken is too long to be sent");
        frame_reader reader(limits);
        const auto again = reader.take(out.view());
        BECKON_ASSERT(again.has_value() && again->bytes == out.size(), "our frame is not taken");
        BECKON_ASSERT(same(again->message, message), "our frame holds something else");
    }
}

void check_boxed(const value& made, testing::named_objects& objects, const limits& limits) {
    buffer out;
    if (const auto written = box(out, made, objects); !written) {
        BECKON_ASSERT(written.error().code() == errc::limit_exceeded && out.empty(),
                      "what was read cannot be boxed");
        return;
    }
    brine::reader in(out.view(), limits);
    const auto again = unbox(in, out.view(), objects);
    BECKON_ASSERT(again.has_value() && in.left() == 0, "what was boxed cannot be read");
    BECKON_ASSERT(*again == made, "what was boxed reads as something else");
}

void check_exception(const error& failure, const limits& limits) {
    buffer out;
    put_exception(out, failure, {});
    brine::reader in(out.view(), limits);
    const auto again = read_exception(in);
    BECKON_ASSERT(again.has_value() && in.left() == 0, "our exception cannot be read");
    // A declared exception's name may be one of Python's, or of another module in C++'s spelling; and NUL is no name.
    if (failure.code() == errc::declared || failure.type_name().find('\0') != std::string::npos)
        return;
    BECKON_ASSERT(again->failure.code() == failure.code(), "our exception has another code");
    BECKON_ASSERT(again->failure.type_name() == failure.type_name(),
                  "our exception has another type");
}

/// One by one the arguments are what they are together.
void check_arguments(brine::reader in, byte_view brine, const value& together,
                     testing::named_objects& objects) {
    argument_reader reader(in, brine, objects);
    const auto count = reader.open();
    BECKON_ASSERT(count.has_value() == together.is(value_kind::tuple), "arguments are no tuple");
    if (!count) return;
    BECKON_ASSERT(*count == together.size(), "there are more arguments one by one");
    for (const value& expected : together.items()) {
        const auto next = reader.next();
        BECKON_ASSERT(next.has_value() && *next == expected, "an argument reads otherwise alone");
    }
}

void check_message(byte_view message, layout laid_out, const limits& limits) {
    auto envelope = read_envelope(message, laid_out, limits);
    if (!envelope) return;
    buffer head;
    put_envelope(head, laid_out, envelope->kind, envelope->sequence, envelope->threads);
    head.append(as_bytes(std::string_view("\0", 1))); // None for a body
    const auto again = read_envelope(head.view(), laid_out, limits);
    BECKON_ASSERT(again.has_value() && same(again->sequence, envelope->sequence) &&
                      again->kind == envelope->kind && again->number == envelope->number,
                  "what stands around a body reads otherwise");

    testing::named_objects objects;
    brine::reader& body = envelope->body;
    const byte_view brine = message.subspan(message.size() - body.offset() - body.left());
    if (envelope->kind == message_kind::exception) {
        const auto raised = read_exception(body);
        if (!raised) return;
        check_exception(raised->failure, limits);
    } else {
        if (envelope->kind == message_kind::request && !read_handler(body)) return;
        const brine::reader arguments = body;
        const auto made = unbox(body, brine, objects);
        if (!made) return;
        check_boxed(*made, objects, limits);
        if (envelope->kind == message_kind::request)
            check_arguments(arguments, brine, *made, objects);
    }
    BECKON_ASSERT(is_brine(message, laid_out, limits), "what was read is no brine");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size == 0) return 0;
    byte_view wire(reinterpret_cast<const std::byte*>(input + 1), size - 1);
    limits usual;
    usual.max_message_bytes = (input[0] & 2) != 0 ? 200 : 1u << 18;
    frame_reader reader(usual);
    for (;;) {
        const std::size_t whole = frame_size(wire);
        const auto taken = reader.take(wire);
        BECKON_ASSERT(reader.held_bytes() <= usual.max_message_bytes * 3 + (1u << 10),
                      "more memory is spent than the limit allows");
        if (!taken || taken->bytes == 0) break;
        BECKON_ASSERT(taken->bytes == whole && whole <= wire.size(), "a frame has two sizes");
        BECKON_ASSERT(taken->message.size() <= usual.max_message_bytes, "a message is too long");
        layout laid_out{dialect::v6, (input[0] & 1) != 0};
        if (const auto spoken = dialect_of(taken->message, laid_out.bind_threads)) {
            laid_out.dialect = *spoken;
            check_message(taken->message, laid_out, usual);
        }
        check_frame(taken->message, usual);
        wire = wire.subspan(taken->bytes);
    }
    return 0;
}
