// Transports that put what is written together into one record, and peers that miss the second message in one: a relay
// writes each message of theirs by itself, also where it passes bytes as they are.
#include <algorithm>
#include <mutex>
#include <vector>

#include "bridge/relay_fixture.hpp"

namespace beckon::bridge_test {

namespace {

/// Notes the size of each view of its writes, and takes no more than so many bytes at once.
class recording_stream final : public io::byte_stream {
public:
    struct notes {
        std::mutex mutex;
        std::vector<std::size_t> sizes; ///< Of the records.
        bool is_separate = false;
    };
    recording_stream(stream below, std::shared_ptr<notes> to, std::size_t most)
        : below_(std::move(below)), notes_(std::move(to)), most_(most) {}

    io::io_result read(std::span<std::byte> into) noexcept override { return below_->read(into); }
    io::io_result write(std::span<const byte_view> gathered) noexcept override {
        const std::lock_guard lock(notes_->mutex); // who has heard it finds it noted
        std::size_t all = 0;
        for (const byte_view each : gathered) {
            const byte_view part = each.first(std::min(each.size(), most_ - all));
            if (part.empty()) break;
            const io::io_result done = below_->write({&part, 1});
            if (done.status != io::io_status::ok) return all != 0 ? taken(all) : done;
            notes_->sizes.push_back(done.size);
            all += done.size;
            if (done.size != each.size()) break;
        }
        return taken(all);
    }
    bool separate_views() noexcept override { return notes_->is_separate = true; }
    [[nodiscard]] int read_descriptor() const noexcept override {
        return below_->read_descriptor();
    }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return below_->write_descriptor();
    }
    void shutdown_write() noexcept override { below_->shutdown_write(); }
    void close() noexcept override { below_->close(); }
    [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }
    [[nodiscard]] bool is_local() const noexcept override { return true; }

private:
    [[nodiscard]] static io::io_result taken(std::size_t size) noexcept {
        return {io::io_status::ok, size, 0};
    }
    const stream below_;
    const std::shared_ptr<notes> notes_;
    const std::size_t most_;
};

/// A message of RPyC in its frame, with that many bytes behind its head.
[[nodiscard]] std::string frame(std::size_t more) {
    const std::size_t size = 8 + more;
    std::string made(1, '\0');
    for (const unsigned shift : {16u, 8u, 0u}) made += static_cast<char>(size >> shift);
    return made + "\0\x01\x11\x50\x11\x53\x11\x51\x02"s + std::string(more, 'x') + "\n";
}

struct recorded_relay {
    explicit recorded_relay(std::size_t most) {
        ends at_client = over_memory("client");
        at_client.relayed =
            std::make_unique<recording_stream>(std::move(at_client.relayed), notes, most);
        both.emplace(rules(inside, "rpyc+memory:a?dialect=6", "rpyc+memory:b?dialect=6"),
                     std::move(at_client));
    }
    std::shared_ptr<context> inside = *context::create();
    std::shared_ptr<recording_stream::notes> notes = std::make_shared<recording_stream::notes>();
    std::optional<relayed> both;
};

} // namespace

TEST(relay_records, each_message_has_one_of_its_own) {
    recorded_relay peers(1u << 20);
    EXPECT_TRUE(peers.notes->is_separate);
    std::string said;
    for (std::size_t i = 0; i < 200; ++i) said += frame(i);
    // The head of the last one comes in two pieces.
    say(*peers.both->server, said + frame(5).substr(0, 3));
    EXPECT_EQ(hear(*peers.both->client, said.size()), said);
    say(*peers.both->server, frame(5).substr(3));
    EXPECT_EQ(hear(*peers.both->client, frame(5).size()), frame(5));
    const std::lock_guard lock(peers.notes->mutex);
    ASSERT_EQ(peers.notes->sizes.size(), 201u);
    for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(peers.notes->sizes[i], frame(i).size());
}

TEST(relay_records, none_holds_parts_of_two_messages_where_writes_are_cut) {
    recorded_relay peers(100);
    std::string said;
    for (std::size_t i = 0; i < 200; ++i) said += frame(i);
    say(*peers.both->server, said);
    peers.both->server->close();
    EXPECT_EQ(hear(*peers.both->client), said);
    std::vector<std::size_t> borders;
    std::size_t at = 0;
    const std::lock_guard lock(peers.notes->mutex);
    for (const std::size_t each : peers.notes->sizes) borders.push_back(at += each);
    at = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        at += frame(i).size();
        EXPECT_TRUE(std::binary_search(borders.begin(), borders.end(), at)) << "message " << i;
    }
}

TEST(relay_records, what_is_no_whole_message_leaves_at_the_end) {
    recorded_relay peers(100);
    say(*peers.both->server, frame(3) + "\0\0"s);
    peers.both->server->close();
    EXPECT_EQ(hear(*peers.both->client), frame(3) + "\0\0"s);
}

} // namespace beckon::bridge_test
