// The recorded conversations of RPyC: every message is taken apart to what is written beside it, and what is written
// there makes the same bytes again.
#include <gtest/gtest.h>

#include "beckon/base/sha256.hpp"
#include "codec/brine_vectors_test.hpp"
#include "protocol/rpyc/boxing.hpp"
#include "protocol/rpyc/exception_dump.hpp"
#include "protocol/rpyc/exchange_test.hpp"
#include "protocol/rpyc/frame.hpp"
#include "protocol/rpyc/message.hpp"

namespace beckon::rpyc {
namespace {

using brine::vectors::from_hex;
using brine::vectors::typed;

/// What a session's messages were like, to see that the test tried what it should.
struct tally {
    std::size_t requests = 0;
    std::size_t replies = 0;
    std::size_t exceptions = 0;
    std::size_t compressed = 0;
    std::size_t elided = 0;
    std::size_t bound = 0;
    std::size_t v5 = 0;
};

message_kind kind_of(std::string_view type) {
    if (type == "REQUEST") return message_kind::request;
    return type == "REPLY" ? message_kind::reply : message_kind::exception;
}

std::uint64_t number(const value& decimal) { return std::stoull(std::string(decimal.string())); }

class recorded_message {
public:
    recorded_message(const value& entry, testing::named_objects& objects, tally& count)
        : entry_(entry), decoded_(entry["decoded"]), objects_(objects), count_(count) {}

    void try_both_ways() {
        const bytes wire = from_hex(entry_["hex"].string());
        frame_reader frames(limits_);
        const auto taken = frames.take(wire);
        ASSERT_TRUE(taken) << taken.error().to_string();
        ASSERT_EQ(taken->bytes, wire.size());
        message_ = taken->message;
        const bool compressed = entry_.contains("compressed") && entry_["compressed"].boolean();
        count_.compressed += compressed ? 1 : 0;
        check_payload();
        decode();
        if (::testing::Test::HasFatalFailure()) return;

        buffer out;
        const std::size_t start = begin_frame(out);
        encode(out);
        const byte_view content = out.view().subspan(frame_header_bytes);
        EXPECT_TRUE(std::equal(content.begin(), content.end(), message_.begin(), message_.end()))
            << to_hex(content.first(std::min<std::size_t>(content.size(), 400)));
        const auto finished = finish_frame(out, start, true, limits_.max_message_bytes);
        ASSERT_TRUE(finished);
        EXPECT_EQ(out.data()[4] != std::byte{0}, compressed);
        if (!compressed) {
            EXPECT_EQ(to_hex(out.view()), to_hex(wire));
        }
    }

private:
    void check_payload() {
        if (entry_.contains("payload_hex")) {
            EXPECT_EQ(to_hex(message_), entry_["payload_hex"].string());
        } else if (entry_.contains("payload_sha256")) {
            EXPECT_EQ(message_.size(), static_cast<std::size_t>(entry_["payload_length"].int64()));
            EXPECT_EQ(to_hex(sha256(message_)), entry_["payload_sha256"].string());
        }
    }

    void decode() {
        layout_.bind_threads = decoded_.contains("bind_threads");
        const auto spoken = dialect_of(message_, layout_.bind_threads);
        ASSERT_TRUE(spoken);
        layout_.dialect = *spoken;
        EXPECT_EQ(*spoken, decoded_["dialect"].string() == "v5" ? dialect::v5 : dialect::v6);
        EXPECT_TRUE(is_brine(message_, layout_, limits_));
        auto envelope = read_envelope(message_, layout_, limits_);
        ASSERT_TRUE(envelope) << envelope.error().to_string();
        EXPECT_EQ(envelope->kind, kind_of(decoded_["type"].string()));
        buffer sequence;
        brine::put_integer(sequence, decoded_["seq"].int64());
        EXPECT_EQ(to_hex(envelope->sequence), to_hex(sequence.view()));
        if (layout_.bind_threads) {
            ++count_.bound;
            const value& threads = decoded_["bind_threads"];
            EXPECT_EQ(envelope->threads.sender, number(threads["sender_thread"]));
            EXPECT_EQ(envelope->threads.target, number(threads["target_thread"]));
        }
        count_.v5 += layout_.dialect == dialect::v5 ? 1 : 0;
        brine::reader& body = envelope->body;
        const byte_view brine = message_.subspan(message_.size() - body.offset() - body.left());
        switch (envelope->kind) {
        case message_kind::request: {
            ++count_.requests;
            const auto asked = read_handler(body);
            ASSERT_TRUE(asked) << asked.error().to_string();
            EXPECT_EQ(*asked, decoded_["handler"].int64());
            decode_boxed(body, brine, decoded_["args"]);
            break;
        }
        case message_kind::reply:
            ++count_.replies;
            EXPECT_EQ(envelope->number, decoded_["seq"].int64());
            decode_boxed(body, brine, decoded_["value"]);
            break;
        case message_kind::exception:
            ++count_.exceptions;
            EXPECT_EQ(envelope->number, decoded_["seq"].int64());
            decode_exception(body);
        }
        if (::testing::Test::HasFatalFailure()) return;
        EXPECT_EQ(body.left(), 0u);
    }

    void decode_boxed(brine::reader& body, byte_view brine, const value& expected) {
        auto got = unbox(body, brine, objects_);
        ASSERT_TRUE(got) << got.error().to_string();
        content_ = *std::move(got);
        if (!expected.contains("elided")) {
            EXPECT_EQ(content_, boxed(expected)) << content_.to_text();
            content_ = boxed(expected); // to be encoded
            return;
        }
        // The answer to INSPECT, of which only the names are kept.
        ++count_.elided;
        ASSERT_EQ(content_.size(), expected["names"].size());
        for (std::size_t i = 0; i < content_.size(); ++i)
            EXPECT_EQ(content_[i][0], expected["names"][i]);
    }

    value boxed(const value& described) {
        const std::string_view label = described["label"].string();
        if (label == "VALUE") return typed(described["value"]);
        if (label == "TUPLE") {
            std::vector<value> items;
            for (const value& item : described["items"].items()) items.push_back(boxed(item));
            return value::tuple(std::move(items));
        }
        const value& pack = described["id_pack"];
        EXPECT_EQ(pack.size(), 3u);
        return objects_.find(label == "REMOTE_REF", pack[0].string(), pack[1].string(),
                             pack[2].string());
    }

    void decode_exception(brine::reader& body) {
        auto got = read_exception(body);
        ASSERT_TRUE(got) << got.error().to_string();
        const value dump = typed(decoded_["exception"]);
        if (dump == value(1)) {
            EXPECT_EQ(got->failure.type_name(), stop_iteration);
            return;
        }
        const auto* const raised =
            dynamic_cast<const python_exception*>(got->failure.detail().get());
        ASSERT_NE(raised, nullptr);
        EXPECT_EQ(value(raised->module()), dump[0][0]);
        EXPECT_EQ(value(raised->class_name()), dump[0][1]);
        EXPECT_EQ(raised->arguments(), dump[1]);
        ASSERT_EQ(raised->attributes().size(), dump[2].size());
        for (std::size_t i = 0; i < dump[2].size(); ++i)
            EXPECT_EQ(raised->attributes()[dump[2][i][0].string()], dump[2][i][1]);
    }

    void encode(buffer& out) {
        thread_binding threads;
        if (layout_.bind_threads) {
            const value& bound = decoded_["bind_threads"];
            threads = {number(bound["sender_thread"]), number(bound["target_thread"])};
        }
        const message_kind kind = kind_of(decoded_["type"].string());
        if (kind == message_kind::request) {
            put_request(out, layout_, decoded_["seq"].int64(),
                        static_cast<handler>(decoded_["handler"].int64()), threads);
        } else {
            buffer sequence;
            brine::put_integer(sequence, decoded_["seq"].int64());
            put_envelope(out, layout_, kind, sequence.view(), threads);
        }
        if (kind != message_kind::exception) {
            const auto written = box(out, content_, objects_);
            ASSERT_TRUE(written) << written.error().to_string();
            return;
        }
        const value dump = typed(decoded_["exception"]);
        if (dump == value(1)) {
            error ended(errc::remote_error, "");
            ended.set_type_name(std::string(stop_iteration));
            return put_exception(out, ended, {});
        }
        value attributes = value::map();
        for (const value& pair : dump[2].items()) attributes.insert_or_assign(pair[0], pair[1]);
        put_dump(out,
                 {std::string(dump[0][0].string()), std::string(dump[0][1].string()), dump[1],
                  attributes},
                 dump[3].string());
    }

    const value& entry_;
    const value& decoded_;
    testing::named_objects& objects_;
    tally& count_;
    limits limits_{.max_message_bytes = 64u << 20};
    layout layout_;
    byte_view message_;
    value content_;
};

TEST(rpyc_sessions, every_recorded_message_is_decoded_and_encoded_byte_for_byte) {
    const value sessions = brine::vectors::section("sessions");
    ASSERT_EQ(sessions.size(), 28u);
    tally count;
    std::size_t messages = 0;
    for (const value& session : sessions.items()) {
        testing::named_objects objects;
        for (const value& entry : session["messages"].items()) {
            if (!entry.contains("hex")) continue; // the end of a stream
            SCOPED_TRACE(concat(session["name"].string(), " message ", entry["n"].int64()));
            ++messages;
            recorded_message(entry, objects, count).try_both_ways();
            ASSERT_FALSE(HasFatalFailure());
        }
        EXPECT_TRUE(objects.containers.empty());
    }
    EXPECT_EQ(messages, 822u);
    EXPECT_EQ(count.requests + count.replies + count.exceptions, messages);
    EXPECT_GT(count.exceptions, 20u);
    EXPECT_EQ(count.compressed, 3u);
    EXPECT_GT(count.elided, 30u);
    EXPECT_EQ(count.bound, 16u);
    EXPECT_GT(count.v5, 100u);
}

} // namespace
} // namespace beckon::rpyc
