// Our pickles and Python's own, of random values, both ways and in all protocols.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "beckon/codec/pickle.hpp"
#include "beckon/testing/random.hpp"
#include "codec/pickle_vectors_test.hpp"
#include "interop/python.hpp"

namespace beckon::pickle {
namespace {

using interop::texts;

/// A file that goes when this does.
class lines_file {
public:
    explicit lines_file(const texts& lines)
        : path_(std::filesystem::temp_directory_path() /
                concat("beckon-pickle-", ::getpid(), "-", ++count)) {
        std::ofstream out(path_);
        for (const std::string& each : lines) out << each << '\n';
    }
    ~lines_file() { std::filesystem::remove(path_); }
    lines_file(const lines_file&) = delete;
    lines_file& operator=(const lines_file&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    static inline int count = 0;
    std::filesystem::path path_;
};

texts asked(texts arguments) {
    const char* const source = std::getenv("BECKON_SOURCE_DIR");
    const lines_file output({});
    arguments.insert(arguments.begin(),
                     concat(source != nullptr ? source : ".", "/tests/pyrpc/pickle_peer.py"));
    arguments.push_back(output.path());
    interop::python peer("import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], "
                         "run_name='__main__')",
                         arguments);
    EXPECT_EQ(peer.status(), 0) << "Python did not come to its end";
    std::ifstream file(output.path());
    texts said;
    for (std::string line; std::getline(file, line);) said.push_back(line);
    return said;
}

std::vector<bytes> pickles_in(const std::string& line) {
    std::vector<bytes> made;
    std::istringstream words(line);
    for (std::string each; words >> each;) made.push_back(vectors::from_hex(each));
    return made;
}

std::string hex_of(const value& from) {
    buffer out;
    const auto written = write(out, from);
    EXPECT_TRUE(written) << written.error().to_string() << " of " << from.to_text();
    return to_hex(out.view());
}

value leaf(testing::random& random) {
    switch (random.below(9)) {
    case 0: return {};
    case 1: return random.percent(50);
    case 2: return static_cast<std::int64_t>(random.next()) >> random.below(64);
    case 3: {
        const std::string digits(random.between(20, 400), static_cast<char>('1' + random.below(9)));
        return *value::integer(concat(random.percent(50) ? "-" : "", digits));
    }
    case 4: return static_cast<double>(static_cast<std::int64_t>(random.next())) / 1024;
    case 5: return value::complex(-0.0, static_cast<double>(random.below(100)));
    case 6: {
        bytes number(16);
        for (std::byte& each : number) each = static_cast<std::byte>(random.below(256));
        return uuid(std::span<const std::byte, 16>(number.data(), 16));
    }
    case 7: return bytes(random.below(600), static_cast<std::byte>(random.below(256)));
    default: {
        constexpr std::string_view letters[] = {
            "a",           "\n", "\\", "\\u", "'", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x98\x80",
            "\xed\xa0\x80"};
        std::string text;
        for (std::uint64_t left = random.below(30); left != 0; --left)
            text += letters[random.below(std::size(letters))];
        return text;
    }
    }
}

value some(testing::random& random, unsigned depth) {
    const std::uint64_t kind = depth == 0 ? 0 : random.below(9);
    std::vector<value> items;
    const std::uint64_t count = kind == 0 ? 0 : random.below(6);
    if (kind == 3 || kind == 4) { // sets of numbers that differ in Python, too
        std::set<std::int64_t> numbers;
        for (std::uint64_t i = 0; i < count; ++i)
            numbers.insert(static_cast<std::int64_t>(random.next()));
        for (const std::int64_t each : numbers) items.emplace_back(each);
        return kind == 3 ? value::set(std::move(items)) : value::frozen_set(std::move(items));
    }
    for (std::uint64_t i = 0; i < count; ++i) items.push_back(some(random, depth - 1));
    switch (kind) {
    case 1: return value::list(std::move(items));
    case 2: return value::tuple(std::move(items));
    case 5:
    case 6: {
        std::vector<map_entry> entries;
        for (value& each : items)
            entries.push_back({concat("key", entries.size()), std::move(each)});
        return value::map(std::move(entries));
    }
    case 7:
        return value::exception({.type = "builtins.LookupError",
                                 .text = {},
                                 .arguments = value::tuple(std::move(items)),
                                 .fields = value::map({{"more", 1}}),
                                 .trace = "trace"});
    default: return leaf(random);
    }
}

/// As it is read: the text that this side makes of arguments is set.
value read_again(const value& from) {
    const auto made = read(vectors::from_hex(hex_of(from)));
    EXPECT_TRUE(made) << made.error().to_string();
    return made ? *made : value();
}

TEST(pickle_python, what_is_written_here_python_reads_and_writes_as_the_same) {
    testing::random random(20);
    texts lines;
    std::vector<value> written;
    for (int i = 0; i < 150; ++i) {
        written.push_back(some(random, 5));
        lines.push_back(hex_of(written.back()));
    }
    const lines_file file(lines);
    const texts said = asked({"again", file.path()});
    ASSERT_EQ(said.size(), written.size());
    for (std::size_t i = 0; i < said.size(); ++i) {
        const auto all = pickles_in(said[i]);
        ASSERT_EQ(all.size(), 12u);
        const value expected =
            vectors::without_text(read_again(written[i])); // in which sets have an order
        for (const bytes& each : all) {
            const auto got = read(each);
            ASSERT_TRUE(got) << got.error().to_string() << " of " << to_hex(each);
            EXPECT_EQ(vectors::without_text(*got), expected)
                << got->to_text() << "\nof " << to_hex(each) << "\nexpected "
                << written[i].to_text();
        }
    }
}

TEST(pickle_python, what_python_writes_is_the_same_in_all_protocols_and_when_written_here) {
    const std::string seed = "7";
    const std::string count = "100";
    const texts said = asked({"make", seed, count});
    ASSERT_EQ(said.size(), 100u);
    texts lines;
    for (const std::string& each : said) {
        const auto all = pickles_in(each);
        ASSERT_EQ(all.size(), 12u);
        const auto first = read(all[0]);
        ASSERT_TRUE(first) << first.error().to_string() << " of " << to_hex(all[0]);
        for (const bytes& other : all) {
            const auto got = read(other);
            ASSERT_TRUE(got) << got.error().to_string() << " of " << to_hex(other);
            EXPECT_EQ(vectors::without_text(*got), vectors::without_text(*first)) << to_hex(other);
        }
        lines.push_back(hex_of(*first));
    }
    const lines_file file(lines);
    const texts differing = asked({"compare", seed, count, file.path()});
    EXPECT_TRUE(differing.empty())
        << differing.size() << " differ, the first: " << differing.front();
}

} // namespace
} // namespace beckon::pickle
