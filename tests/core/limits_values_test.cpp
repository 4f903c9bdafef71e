// Limits of a message and of the tables of objects, on both sides of their edges, and named in the error that they raise.
#include "core/limits_fixture.hpp"

namespace beckon::core_test {
/// Things to send too much of.
struct Nest {
    std::int64_t depth = 0;
    std::vector<Nest> inner;
};
BECKON_RECORD(Nest, depth, inner)

struct Eater {
    std::int64_t nested(Nest nest);
    std::int64_t empties(std::vector<std::optional<std::int64_t>> many);
    std::int64_t texts(std::vector<std::string> many);
};
BECKON_INTERFACE(Eater, (nested, nest), (empties, many), (texts, many))

namespace {

struct eater {
    std::int64_t nested(const Nest& nest) { return static_cast<std::int64_t>(nest.inner.size()); }
    std::int64_t empties(const std::vector<std::optional<std::int64_t>>& many) {
        return static_cast<std::int64_t>(many.size());
    }
    std::int64_t texts(const std::vector<std::string>& many) {
        return static_cast<std::int64_t>(many.size());
    }
};

class limited_values : public limited {
protected:
    void serve(const limits& allowed) {
        serve_beside_another(allowed);
        far_->there.publish<Eater>("eater", std::make_shared<eater>());
    }
};

constexpr u16 texts = method_number<Eater>("texts");
constexpr u16 echo = method_number<Lab>("echo"), block = method_number<Lab>("block"),
              make = method_number<Lab>("make");

TEST_F(limited_values, message_bytes_going_out) {
    limits small;
    small.max_message_bytes = 1024;
    serve(small);
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    // Header 16, deadline padded to 8, length 4; the frame's padding is not counted.
    const std::string fits(1024 - 16 - 8 - 4, 'x');
    EXPECT_EQ(failure_of<limit_exceeded>([&] { lab->echo(fits + "xxxxxxxxx"); }),
              concat("limit_exceeded: call of 1033 bytes; ", url_,
                     " takes at most 1024 bytes "
                     "(max_message_bytes); while writing the arguments of lab.echo at ",
                     url_));
    EXPECT_EQ(lab->echo(fits), fits);
    EXPECT_EQ(session.stats().calls_in_flight, 0u);
}

TEST_F(limited_values, message_bytes_of_a_result) {
    serve({});
    limits small;
    small.max_message_bytes = 1024;
    const auto session = open(small);
    const auto lab = session.get<Lab>("lab");
    const std::string fits(1024 - 16 - 4, 'x');
    EXPECT_EQ(lab->echo(fits), fits);
    EXPECT_EQ(failure_of<limit_exceeded>([&] { lab->echo(fits + "x"); }),
              concat("limit_exceeded: result of 1025 bytes; the caller takes at most 1024 bytes "
                     "(max_message_bytes); while writing the result; while calling lab.echo at ",
                     url_));
    EXPECT_EQ(lab->add(1, 1), 2);
}

TEST_F(limited_values, message_bytes_coming_in) {
    limits small;
    small.max_message_bytes = 1024;
    serve(small);
    {
        raw_peer peer = by_hand();
        const u32 lab = peer.get("lab");
        peer.send_frame(frame_type::call, 0, echo, 2, lab, content_of(std::string(1024 - 20, 'x')));
        EXPECT_EQ(peer.answer(2).type(), frame_type::reply);
        // Refused for what it declares, before any of it came.
        peer.send(raw(u32{1025}, u8{2}, u8{0}, echo, u32{3}, lab));
        EXPECT_EQ(peer.reason_of_end(), "limit_exceeded: peer declared a call frame of 1025 bytes; "
                                        "limit is 1024 bytes (max_message_bytes); while reading "
                                        "the frame header at byte 1128 of the conversation");
    }
    raw_peer in_parts = by_hand();
    in_parts.send(raw(u32{0xffff'fff0}));
    in_parts.send(raw(u8{2}, u8{0}, echo, u32{3}));
    in_parts.send(raw(u32{1}));
    EXPECT_EQ(in_parts.reason_of_end(), "limit_exceeded: peer declared a call frame of 4294967280 "
                                        "bytes; limit is 1024 bytes (max_message_bytes); while "
                                        "reading the frame header at byte 72 of the conversation");
}

Nest nest_of(std::int64_t depth) {
    Nest nest;
    for (std::int64_t i = 0; i < depth; ++i) {
        Nest outer;
        outer.inner.push_back(std::move(nest));
        nest = std::move(outer);
    }
    return nest;
}

TEST_F(limited_values, depth_of_values) {
    limits shallow;
    shallow.max_depth = 8; // a record and its list are a level each
    serve(shallow);
    const auto session = open();
    const auto there = session.get<Eater>("eater");
    EXPECT_EQ(there->nested(nest_of(3)), 1);
    EXPECT_EQ(
        failure_of<limit_exceeded>([&] { there->nested(nest_of(4)); }),
        concat("limit_exceeded: peer sent values nested deeper than 8 at byte 88 (max_depth); "
               "while reading the arguments of nested; while calling eater.nested at ",
               url_));
    EXPECT_EQ(there->nested(nest_of(2)), 1);
}

TEST_F(limited_values, nodes_of_a_message) {
    limits few;
    few.max_nodes = 100;
    serve(few);
    const auto session = open();
    const auto there = session.get<Eater>("eater");
    EXPECT_EQ(there->empties(std::vector<std::optional<std::int64_t>>(98)), 98);
    EXPECT_EQ(failure_of<limit_exceeded>(
                  [&] { there->empties(std::vector<std::optional<std::int64_t>>(101)); }),
              concat("limit_exceeded: peer sent a message of more than 100 values (max_nodes); "
                     "while reading the arguments of empties; while calling eater.empties at ",
                     url_));
}

TEST_F(limited_values, memory_of_a_message) {
    limits lean;
    lean.min_decoded_bytes = 4096;
    lean.decoded_bytes_factor = 2;
    serve(lean);
    const auto session = open();
    const auto there = session.get<Eater>("eater");
    EXPECT_EQ(there->texts(std::vector<std::string>(100)), 100);
    EXPECT_EQ(failure_of<limit_exceeded>(
                  [&] { there->texts(std::vector<std::string>(4096 / sizeof(std::string) + 1)); }),
              concat("limit_exceeded: peer sent a message that decodes to more than 4096 bytes "
                     "(min_decoded_bytes, decoded_bytes_factor); while reading the arguments of "
                     "texts; while calling eater.texts at ",
                     url_));
    EXPECT_EQ(there->texts({"x"}), 1);
}

/// Memory that this process has mapped, in bytes.
std::size_t mapped() {
    std::size_t pages = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
        EXPECT_EQ(std::fscanf(file, "%zu", &pages), 1);
        std::fclose(file);
    }
    return pages * 4096;
}

TEST_F(limited_values, a_message_costs_what_has_come_of_it_not_what_it_declares) {
    serve({});
    std::vector<raw_peer> peers;
    const std::size_t before = mapped();
    ASSERT_NE(before, 0u);
    for (int i = 0; i < 200; ++i) {
        peers.push_back(by_hand());
        raw_peer& peer = peers.back();
        bytes begun = raw_peer::frame(frame_type::call, 0, echo, 2, 1, bytes(100'000), 16u << 20);
        peer.send(begun);
        peer.send_frame(frame_type::ping, 0, 0, 0, 0); // is taken for more of it
    }
    EXPECT_EQ(bystander_->add(1, 2), 3);
    EXPECT_LT(mapped(), before + (std::size_t{1} << 30))
        << "declared were " << (200u << 4) << " MiB";
}

TEST_F(limited_values, counts_that_a_message_cannot_hold_cost_nothing) {
    serve({});
    raw_peer peer = by_hand();
    const u32 there = peer.get("eater");
    const std::size_t before = mapped();
    peer.send_frame(frame_type::call, 0, texts, 2, there, raw(u32{0x0fff'ffff}, u32{0}, u32{0}));
    EXPECT_EQ(peer.answer(2).error_text(),
              "protocol_error: peer declared 268435455 elements at byte 16, each of at least 4 "
              "bytes; 8 bytes are left; while reading the arguments of texts");
    EXPECT_LT(mapped(), before + (std::size_t{1} << 30));
    peer.send_frame(frame_type::call, 0, texts, 3, there, raw(u32{2}, u32{0}, u32{0}));
    EXPECT_EQ(peer.answer(3).content, raw(std::int64_t{2}));
}

TEST_F(limited_values, objects_lent_to_a_peer) {
    limits few;
    few.max_exports = 4;
    serve(few);
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    std::vector<ref<Counter>> all;
    for (int i = 0; i < 3; ++i) all.push_back(lab->make(i));
    EXPECT_EQ(failure_of<limit_exceeded>([&] { static_cast<void>(lab->make(3)); }),
              concat("limit_exceeded: ", url_,
                     " holds 4 objects already; limit is 4 (max_exports); while writing the "
                     "result; while calling lab.make at ",
                     url_));
    EXPECT_EQ(
        failure_of<limit_exceeded>([&] { static_cast<void>(lab.async()->make(3).get()); }),
        concat("limit_exceeded: peer holds 4 objects; limit is 4 (max_exports); while calling "
               "lab.make at ",
               url_));
    all.pop_back();
    EXPECT_TRUE(eventually([&] {
        lab->add(1, 1);
        return session.stats().imports == 3;
    }));
    EXPECT_EQ(lab->make(9)->value(), 9) << "there is room again";
}

TEST_F(limited_values, objects_borrowed_from_a_peer) {
    limits few;
    few.max_exports = 4;
    serve(few);
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    Basket basket;
    for (int i = 0; i < 4; ++i)
        basket.many.push_back(make_ref<Listener>(std::make_shared<listener>()));
    EXPECT_EQ(lab->shuffle(basket).many.size(), 4u);
    basket.many.push_back(make_ref<Listener>(std::make_shared<listener>()));
    EXPECT_EQ(failure_of<limit_exceeded>([&] { static_cast<void>(lab->shuffle(basket)); }),
              concat("limit_exceeded: peer lent more than 4 objects (max_exports); while reading "
                     "a reference at byte 57; while reading "
                     "the arguments of shuffle; while calling lab.shuffle at ",
                     url_));
    EXPECT_EQ(session.stats().exports, 0u) << "nothing of a refused call stays lent";
    EXPECT_EQ(lab->add(1, 1), 2);
}

TEST_F(limited_values, calls_that_wait_for_results_of_others) {
    limits few;
    few.max_pipelined = 2;
    serve(few);
    raw_peer peer = by_hand();
    const u32 lab = peer.get("lab");
    peer.send_frame(frame_type::call, 0, block, 2, lab, content_of(std::string("door")));
    far_->lab_object->gate.await("door");
    peer.send_frame(frame_type::call, native::flags::promise, make, 3, lab,
                    raw(0x8000'0001u, u32{0}, std::int64_t{1}));
    for (u32 i = 4; i < 7; ++i) peer.send_frame(frame_type::call, 0, 1, i, 0x8000'0001u);
    EXPECT_EQ(peer.answer(6).error_text(),
              "limit_exceeded: peer has 2 calls waiting for results of "
              "others; limit is 2 (max_pipelined)");
    far_->lab_object->gate.open("door");
    EXPECT_EQ(peer.answer(4).content, raw(std::int64_t{1}));
    EXPECT_EQ(peer.answer(5).content, raw(std::int64_t{1}));
}

TEST_F(limited_values, length_of_a_chain_of_such_calls) {
    limits few;
    few.max_pipeline_depth = 3;
    serve(few);
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    auto blocked = lab.async()->block("door");
    far_->lab_object->gate.await("door");
    auto first = lab.async()->make(1);
    auto second = first.async()->next();
    auto third = second.async()->next();
    auto fits = second.async()->value();
    auto fourth = third.async()->next();
    EXPECT_EQ(failure_of<limit_exceeded>([&] { static_cast<void>(fourth.get()); }),
              concat("limit_exceeded: peer chains more than 3 calls on results not there yet "
                     "(max_pipeline_depth); while calling Counter #2147483651.next at ",
                     url_));
    far_->lab_object->gate.open("door");
    EXPECT_EQ(third.get()->value(), 3);
    EXPECT_EQ(fits.get(), 2);
}

TEST_F(limited_values, a_pipelined_call_that_waits_can_be_cancelled) {
    serve({});
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    auto blocked = lab.async()->block("door");
    far_->lab_object->gate.await("door");
    auto first = lab.async()->make(1);
    auto second = first.async()->increment(100);
    second.cancel();
    EXPECT_EQ(second.result().error().code(), errc::cancelled);
    EXPECT_TRUE(eventually([&] { return session.stats().calls_in_flight == 2; }))
        << "refused at once, not when the result is there";
    far_->lab_object->gate.open("door");
    EXPECT_EQ(first.get()->value(), 1) << "it never ran";
}

} // namespace
} // namespace beckon::core_test
