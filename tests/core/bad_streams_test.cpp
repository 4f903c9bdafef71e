// Streams by hand: numbers, credit and items that make no sense, and limits that hold all the same.
#include "core/limits_fixture.hpp"

namespace beckon::core_test {

struct Reel {
    stream<std::int64_t> count(std::int64_t to);
    std::int64_t total(stream<std::int64_t> numbers);
    std::int64_t total_later(stream<std::int64_t> numbers);
    stream<bytes> blocks(std::int64_t count, std::int64_t size);
    std::int64_t add(std::int64_t a, std::int64_t b);
};
BECKON_INTERFACE(Reel, (count, to), (total, numbers), (total_later, numbers), (blocks, count, size),
                 (add, a, b))

namespace {

constexpr u16 total_later = method_number<Reel>("total_later");
constexpr u16 count = method_number<Reel>("count"), total = method_number<Reel>("total"),
              blocks = method_number<Reel>("blocks"), add = method_number<Reel>("add");

struct reel {
    stream<std::int64_t> count(std::int64_t to) {
        for (std::int64_t i = 1; i <= to; ++i) co_yield i;
    }
    std::int64_t total(stream<std::int64_t> numbers) {
        std::int64_t sum = 0;
        for (const std::int64_t number : numbers) sum += number;
        return sum;
    }
    std::int64_t total_later(stream<std::int64_t> numbers) {
        gate.pass("later");
        return total(std::move(numbers));
    }
    stream<bytes> blocks(std::int64_t wanted, std::int64_t size) {
        for (std::int64_t i = 0; i < wanted; ++i) {
            ++made;
            co_yield bytes(static_cast<std::size_t>(size));
        }
    }
    std::int64_t add(std::int64_t a, std::int64_t b) { return a + b; }
    std::atomic<std::int64_t> made{0};
    gates gate;
};

class bad_streams : public limited {
protected:
    void serve_reel(const limits& allowed = {}) {
        serve_beside_another(allowed);
        far_->there.publish<Reel>("reel", reel_);
        peer_.emplace(by_hand());
        number_ = peer_->get("reel");
    }
    /// The peer's session is in step, and what was logged names the breach.
    void in_step_after(const std::string& said) {
        peer_->send_frame(frame_type::call, 0, add, 99, number_,
                          raw(std::int64_t{40}, std::int64_t{2}));
        EXPECT_EQ(peer_->answer(99).content, raw(std::int64_t{42})) << "the session goes on";
        EXPECT_NE(far_->log.lines().find(said), std::string::npos) << far_->log.lines();
    }
    void call(u16 method, u32 id, bytes content) {
        peer_->send_frame(frame_type::call, 0, method, id, number_, std::move(content));
    }
    /// Opens a stream of the server's.
    [[nodiscard]] u32 opened(u16 method, u32 id, bytes content) {
        call(method, id, std::move(content));
        const raw_frame given = peer_->answer(id);
        EXPECT_EQ(given.type(), frame_type::reply);
        u32 stream = 0;
        if (given.content.size() == 4) std::memcpy(&stream, given.content.data(), 4);
        return stream;
    }
    void TearDown() override {
        peer_.reset();
        limited::TearDown();
    }
    std::shared_ptr<reel> reel_ = std::make_shared<reel>();
    std::optional<raw_peer> peer_;
    u32 number_ = 0;
};

TEST_F(bad_streams, nothing_is_sent_without_credit_and_little_with_little) {
    serve_reel();
    const u32 numbers = opened(count, 2, raw(std::int64_t{5}));
    in_step_after(""); // no item has come before this answer
    peer_->send_frame(frame_type::stream_credit, 0, 0, numbers, 1);
    const raw_frame item = peer_->await(frame_type::stream_item);
    EXPECT_EQ(item.content, raw(std::int64_t{1})) << "an item may take more than there is";
    peer_->send_frame(frame_type::ping, 0, 0, 1, 0);
    while (const auto frame = peer_->read()) {
        EXPECT_NE(frame->type(), frame_type::stream_item) << "but then the credit is used up";
        if (frame->type() == frame_type::pong) break;
    }
    peer_->send_frame(frame_type::stream_stop, 0, 0, numbers, 0);
    EXPECT_EQ(peer_->await(frame_type::stream_end).header.call, numbers);
}

TEST_F(bad_streams, a_reader_that_grants_without_end_and_reads_nothing_holds_up_the_producer) {
    limits small;
    small.max_unsent_bytes = 50'000;
    serve_reel(small);
    constexpr std::int64_t all = 5'000, size = 10'000;
    const u32 stream = opened(blocks, 2, raw(all, size));
    for (int i = 0; i < 3; ++i)
        peer_->send_frame(frame_type::stream_credit, 0, 0, stream, 0xffff'ffff);
    EXPECT_TRUE(eventually([&] { return reel_->made > 5; }));
    for (int i = 0; i < 200; ++i) EXPECT_EQ(bystander_->add(i, 1), i + 1);
    const std::int64_t room = static_cast<std::int64_t>(transport::memory::buffered_bytes) + 50'000;
    EXPECT_LE(reel_->made, room / size + 3) << "max_unsent_bytes holds for streams as well";
    for (std::int64_t i = 0; i < all; ++i)
        ASSERT_EQ(peer_->await(frame_type::stream_item).header.call, stream);
    EXPECT_EQ(peer_->await(frame_type::stream_end).header.call, stream)
        << "it goes on as the reader reads";
}

TEST_F(bad_streams, an_item_without_credit_fails_the_stream_alone) {
    limits small;
    small.stream_window_bytes = 64;
    serve_reel(small);
    call(total_later, 2, raw(u32{7}));
    EXPECT_EQ(peer_->await(frame_type::stream_credit).header.object, 64u);
    for (std::int64_t i = 0; i < 100; ++i)
        peer_->send_frame(frame_type::stream_item, 0, 0, 7, 0, raw(i));
    // No item is taken before, so no more credit was given.
    EXPECT_TRUE(eventually(
        [&] { return far_->log.lines().find("BKN-STREAM-CREDIT") != std::string::npos; }));
    reel_->gate.open("later");
    EXPECT_EQ(peer_->answer(2).error_text(),
              "protocol_error: peer sent an item of 24 bytes on stream #7 without credit");
    in_step_after("BKN-STREAM-CREDIT");
}

TEST_F(bad_streams, an_item_that_cannot_be_read_fails_the_stream_alone) {
    serve_reel();
    call(total, 2, raw(u32{7}));
    peer_->send_frame(frame_type::stream_item, 0, 0, 7, 0, raw(std::int64_t{1}));
    peer_->send_frame(frame_type::stream_item, 0, 0, 7, 0, raw(u32{1}));
    EXPECT_EQ(peer_->answer(2).error_text(),
              "protocol_error: peer sent a message that ends at byte 20; expected 8 more bytes at "
              "byte 16; while reading an item of stream #7");
    in_step_after("");
}

TEST_F(bad_streams, numbers_of_streams_must_be_free) {
    serve_reel();
    call(total, 2, raw(u32{0}));
    EXPECT_EQ(peer_->answer(2).error_text(),
              "protocol_error: peer sent stream #0, which is open already or no number; while "
              "reading a stream at byte 16; while reading the arguments of total");
    call(total, 3, raw(u32{7}));
    call(total, 4, raw(u32{7}));
    // The second is read when the first has ended: one at a time.
    peer_->send_frame(frame_type::stream_item, 0, 0, 7, 0, raw(std::int64_t{4}));
    peer_->send_frame(frame_type::stream_end, 0, 0, 7, 0);
    EXPECT_EQ(peer_->answer(3).content, raw(std::int64_t{4}));
    peer_->send_frame(frame_type::stream_end, 0, 0, 7, 0);
    EXPECT_EQ(peer_->answer(4).content, raw(std::int64_t{0}));
    in_step_after("");
}

TEST_F(bad_streams, what_belongs_to_no_stream_is_dropped) {
    serve_reel();
    peer_->send_frame(frame_type::stream_item, 0, 0, 70, 0, raw(std::int64_t{1}));
    peer_->send_frame(frame_type::stream_end, 0, 0, 71, 0);
    peer_->send_frame(frame_type::stream_credit, 0, 0, 72, 1000);
    peer_->send_frame(frame_type::stream_stop, 0, 0, 73, 0);
    in_step_after("peer sent an item of stream #70, which is not open");
    in_step_after("peer ended stream #71, which is not open");
    peer_->send_frame(frame_type::stream_end, 0, 0, 71, 0, raw(u32{1}));
    EXPECT_EQ(peer_->reason_of_end(),
              "protocol_error: peer sent a message that ends at byte 20; expected 4 more bytes at "
              "byte 20; while reading the stream end frame at byte 240 of the conversation");
}

TEST_F(bad_streams, streams_open_at_a_time) {
    limits few;
    few.max_streams = 3;
    serve_reel(few);
    const u32 first = opened(count, 2, raw(std::int64_t{5}));
    static_cast<void>(opened(count, 3, raw(std::int64_t{5})));
    static_cast<void>(opened(count, 4, raw(std::int64_t{5})));
    const std::string full = "limit_exceeded: session has 3 streams open; limit is 3 (max_streams)";
    call(count, 5, raw(std::int64_t{5}));
    EXPECT_EQ(peer_->answer(5).error_text(), full + "; while writing the result");
    call(total, 6, raw(u32{7}));
    EXPECT_EQ(peer_->answer(6).error_text(),
              full + "; while reading a stream at byte 16; while reading the arguments of total");
    peer_->send_frame(frame_type::stream_stop, 0, 0, first, 0);
    static_cast<void>(opened(count, 8, raw(std::int64_t{5})));
    in_step_after("");
}

} // namespace
} // namespace beckon::core_test
