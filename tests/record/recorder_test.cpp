// What is recorded of streams, whatever passes through them, and what becomes of it when the file cannot be written.
#include <atomic>
#include <cerrno>

#include "recorded.hpp"

namespace record_tests {
namespace {

/// A stream that gives what it is told to, and takes everything.
class scripted_stream final : public beckon::io::byte_stream {
public:
    explicit scripted_stream(std::vector<std::string> gives) : gives_(std::move(gives)) {}

    beckon::io::io_result read(std::span<std::byte> into) noexcept override {
        if (next_ == gives_.size()) return {beckon::io::io_status::end, 0, 0};
        const std::string& piece = gives_[next_++];
        std::memcpy(into.data(), piece.data(), piece.size());
        return {beckon::io::io_status::ok, piece.size(), 0};
    }
    beckon::io::io_result write(std::span<const beckon::byte_view> gathered) noexcept override {
        std::size_t size = 0;
        for (const auto each : gathered) size += each.size();
        return {beckon::io::io_status::ok, size, 0};
    }
    [[nodiscard]] int read_descriptor() const noexcept override { return -1; }
    [[nodiscard]] int write_descriptor() const noexcept override { return -1; }
    void shutdown_write() noexcept override {}
    void close() noexcept override {}
    [[nodiscard]] std::string peer_name() const override { return "script"; }
    [[nodiscard]] bool is_local() const noexcept override { return true; }

private:
    std::vector<std::string> gives_;
    std::size_t next_ = 0;
};

struct counting_log final : beckon::log_sink {
    bool wants(beckon::log_level) const noexcept override { return true; }
    void write(beckon::log_level, std::string_view id, std::string_view) noexcept override {
        if (id == "BKN-RECORDING") ++count;
    }
    std::atomic<int> count{0};
};

struct Recorder : testing::Test {
    scratch_folder folder;
    const std::string file = folder.file("some.rec");

    /// The recording of a conversation in which the client says one thing and the server all the others.
    std::string record(const std::string& endpoint, const std::string& said,
                       std::vector<std::string> heard) const {
        auto into = beckon::make_recorder(file).value();
        auto stream = beckon::record(std::make_unique<scripted_stream>(std::move(heard)), into,
                                     beckon::io::parse_endpoint(endpoint).value(), 1);
        const std::array<beckon::byte_view, 1> pieces{beckon::as_bytes(said)};
        EXPECT_EQ(stream->write(pieces).size, said.size());
        std::array<std::byte, 4096> room{};
        while (stream->read(room).status == beckon::io::io_status::ok) {
        }
        stream.reset();
        into.reset();
        return content_of(file);
    }
    /// The messages' lines without their times.
    static std::vector<std::string> lines(const std::string& text) {
        std::vector<std::string> all;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) {
            const std::size_t at = line.find(",\"at\":");
            if (at != std::string::npos) line.erase(at, line.find(',', at + 1) - at);
            all.push_back(line);
        }
        return all;
    }
};

using texts = std::vector<std::string>;

TEST_F(Recorder, writes_a_line_for_each_message_however_it_came) {
    const texts expected{
        R"_({"recording":"beckon","version":1})_",
        R"_({"conversation":1,"begin":"jsonrpc+tcp://a:1"})_",
        R"_({"conversation":1,"client":"call #1 shop.price(\"x\")","json":{"jsonrpc": "2.0", "method": "shop.price", "params": ["x"], "id": 1}})_",
        R"_({"conversation":1,"server":"reply #1 3","json":{"jsonrpc":"2.0","result":3,"id":1}})_",
        R"_({"conversation":1,"server":"notify tick(2)","json":{"jsonrpc":"2.0","method":"tick","params":[2]}})_",
        R"_({"conversation":1,"end":"server"})_",
    };
    const std::string question =
        "{\"jsonrpc\": \"2.0\", \"method\": \"shop.price\", \"params\": [\"x\"], \"id\": 1}\n";
    EXPECT_EQ(lines(record("jsonrpc+tcp://a:1", question,
                           {"{\"jsonrpc\":\"2.0\",\"res", "ult\":3,\"id\":1}\n{\"jsonrpc\":",
                            "\"2.0\",\"method\":\"tick\",\"params\":[2]}\n"})),
              expected);
}

TEST_F(Recorder, keeps_exact_bytes_of_json_whose_framing_is_unusual) {
    const auto found = lines(record("jsonrpc+tcp://a:1", "{\"id\":1,\"method\":\"x\"}\r\n", {}));
    EXPECT_EQ(found[2], "{\"conversation\":1,\"client\":\"call #1 x()\","
                        "\"text\":\"{\\\"id\\\":1,\\\"method\\\":\\\"x\\\"}\\r\\n\"}");
}

TEST_F(Recorder, records_what_is_not_understood_as_bytes) {
    for (const char* const protocol : {"", "rpyc+", "msgpack+", "pyrpc+", "basic+", "remcall+"}) {
        const std::string noise = "\xc1\xff\xff\xff\xff\xfe noise";
        const auto found = lines(record(std::string(protocol) + "tcp://a:1", noise, {noise}));
        ASSERT_EQ(found.size(), 5u) << protocol;
        const std::string raw = "\"12 bytes\",\"raw\":true,\"hex\":\"c1fffffffffe206e6f697365\"}";
        EXPECT_EQ(found[2], "{\"conversation\":1,\"client\":" + raw) << protocol;
        EXPECT_EQ(found[3], "{\"conversation\":1,\"server\":" + raw) << protocol;
    }
}

TEST_F(Recorder, records_the_beginning_of_a_message_that_has_no_end) {
    const auto found = lines(record("rpyc+tcp://a:1", std::string("\0\0\0\x08", 4), {}));
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[2],
              "{\"conversation\":1,\"client\":\"4 bytes\",\"raw\":true,\"hex\":\"00000008\"}");
}

TEST_F(Recorder, tells_what_rpyc_says_in_both_dialects) {
    const std::string v6("\0\0\0\x08\0\x01\x11\x50\x11\x53\x11\x51\x02\n", 14);
    EXPECT_EQ(lines(record("rpyc+tcp://a:1", v6, {}))[2],
              "{\"conversation\":1,\"client\":\"getroot #0\","
              "\"hex\":\"000000080001115011531151020a\"}");
    const std::string v5("\0\0\0\x08\0\x12\x51\x50\x11\x53\x11\x51\x02\n", 14);
    EXPECT_EQ(lines(record("rpyc+tcp://a:1", v5, {}))[2],
              "{\"conversation\":1,\"client\":\"getroot #0\","
              "\"hex\":\"000000080012515011531151020a\"}");
}

TEST_F(Recorder, records_bytes_where_messages_are_protected) {
    const auto found = lines(record("jsonrpc+signed+tcp://a:1?keys=x", "{\"id\":1}\n", {}));
    EXPECT_EQ(found[2], "{\"conversation\":1,\"client\":\"9 bytes\",\"raw\":true,"
                        "\"text\":\"{\\\"id\\\":1}\\n\"}");
}

TEST_F(Recorder, refuses_a_file_that_cannot_be_written) {
    const auto made = beckon::make_recorder(folder.file("missing/some.rec"));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), beckon::errc::io_error);
    EXPECT_NE(made.error().message().find("cannot write file"), std::string::npos);
}

TEST_F(Recorder, gives_the_file_to_its_owner_alone) {
    auto into = beckon::make_recorder(file).value();
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(Recorder, stops_nothing_when_the_disk_is_full_and_logs_it_once) {
    const auto log = std::make_shared<counting_log>();
    beckon::runtime_options runs;
    runs.log = log;
    {
        auto into =
            beckon::make_recorder("/dev/full", {.context = beckon::context::create(runs).value()})
                .value();
        into->flush();
        EXPECT_TRUE(into->has_ended());
        auto stream = beckon::record(std::make_unique<scripted_stream>(texts{"{\"id\":1}\n"}), into,
                                     beckon::io::parse_endpoint("jsonrpc+tcp://a:1").value(), 1);
        std::array<std::byte, 100> room{};
        EXPECT_EQ(stream->read(room).size, 9u);
        const std::array<beckon::byte_view, 1> pieces{beckon::as_bytes("{\"id\":2}\n")};
        EXPECT_EQ(stream->write(pieces).size, 9u);
        into->flush();
    }
    EXPECT_EQ(log->count, 1);
}

TEST_F(Recorder, keeps_lines_whole_that_come_from_several_threads) {
    auto into = beckon::make_recorder(file).value();
    std::vector<std::thread> all;
    for (int i = 0; i < 4; ++i) {
        all.emplace_back([&into, i] {
            auto stream = beckon::record(
                std::make_unique<scripted_stream>(texts(50, "{\"id\":1,\"result\":\"x\"}\n")), into,
                beckon::io::parse_endpoint("jsonrpc+tcp://a:1").value(),
                static_cast<std::uint64_t>(i));
            std::array<std::byte, 100> room{};
            while (stream->read(room).status == beckon::io::io_status::ok) {
            }
        });
    }
    for (auto& each : all) each.join();
    into.reset();
    const auto read = beckon::read_recording(file);
    ASSERT_TRUE(read) << read.error().to_string();
    ASSERT_EQ(read->conversations.size(), 4u);
    for (const auto& each : read->conversations) EXPECT_EQ(each.messages.size(), 50u);
}

} // namespace
} // namespace record_tests
