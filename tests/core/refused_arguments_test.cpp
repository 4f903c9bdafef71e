// What a caller gives that cannot travel: the refusal names the method, the argument and the part of it, over any protocol,
// and nothing has left.
#include <gtest/gtest.h>

#include <beckon/beckon.hpp>

namespace refused_arguments_test {

enum class Mood { calm, busy };
BECKON_ENUM(Mood, calm, busy)
struct Person {
    std::string name;
    Mood mood = Mood::calm;
};
BECKON_RECORD(Person, name, mood)
struct Office {
    std::int64_t hire(std::int64_t count, std::vector<Person> people);
    std::int64_t cheer(Mood mood);
    std::int64_t seat(std::map<std::string, Person> people);
    void note(Mood mood);
};
BECKON_INTERFACE(Office, (hire, count, people), (cheer, mood), (seat, people), (note, mood))
BECKON_ONEWAY(Office, note)

namespace {

constexpr auto no_mood = static_cast<Mood>(7);

class office {
public:
    std::int64_t hire(std::int64_t count, const std::vector<Person>& people) {
        return count + static_cast<std::int64_t>(people.size());
    }
    std::int64_t cheer(Mood) { return 1; }
    std::int64_t seat(const std::map<std::string, Person>& people) {
        return static_cast<std::int64_t>(people.size());
    }
    void note(Mood) {}
};

class refused_arguments : public ::testing::Test {
protected:
    explicit refused_arguments(std::string protocol = {}) {
        server_.publish<Office>("office", std::make_shared<office>());
        endpoint_ = server_.listen(protocol + "tcp://127.0.0.1:0");
        session_ = beckon::connect(endpoint_);
        office_ = session_.get<Office>("office");
    }
    /// The refusal, without what comes behind the part of the argument.
    template <typename Call>
    std::string refusal(Call call) {
        std::string said = "nothing";
        try {
            call(office_);
        } catch (const beckon::invalid_argument& refused) {
            said = refused.what();
        }
        EXPECT_EQ(office_->hire(1, {{"Lucy", Mood::busy}}), 2) << "the session goes on";
        return said;
    }
    [[nodiscard]] static std::string hire(beckon::ref<Office>& office, Person last) {
        static_cast<void>(office->hire(1, {{"Lucy", Mood::busy}, std::move(last), {"Eve", {}}}));
        return {};
    }

    beckon::server server_;
    std::string endpoint_;
    beckon::connected session_;
    beckon::ref<Office> office_;
};

struct refused_json_arguments : refused_arguments {
    refused_json_arguments() : refused_arguments("jsonrpc+") {}
};

TEST_F(refused_arguments, name_the_field_the_item_and_the_argument) {
    EXPECT_EQ(refusal([](auto& office) {
                  static_cast<void>(hire(office, {"\xff", {}}));
              }),
              "invalid_argument: string is not UTF-8 at byte 0 of 1; pass other bytes as `bytes`; "
              "while writing Person.name; while writing item 1; while writing argument people; "
              "while writing the arguments of office.hire at " +
                  endpoint_);
    EXPECT_EQ(refusal([](auto& office) {
                  static_cast<void>(hire(office, {"Tom", no_mood}));
              }),
              "invalid_argument: enum Mood has no value 7; while writing Person.mood; while "
              "writing item 1; while writing argument people; while writing the arguments of "
              "office.hire at " +
                  endpoint_);
    EXPECT_EQ(refusal([](auto& office) { static_cast<void>(office->cheer(no_mood)); }),
              "invalid_argument: enum Mood has no value 7; while writing argument mood; while "
              "writing the arguments of office.cheer at " +
                  endpoint_);
    EXPECT_EQ(refusal([](auto& office) {
                  static_cast<void>(office->seat({{"a", {"x", no_mood}}, {"b", {"y", {}}}}));
              }),
              "invalid_argument: enum Mood has no value 7; while writing Person.mood; while "
              "writing argument people; while writing the arguments of office.seat at " +
                  endpoint_);
}

TEST_F(refused_json_arguments, name_the_argument_and_the_method) {
    EXPECT_EQ(refusal([](auto& office) { static_cast<void>(office->cheer(no_mood)); }),
              "invalid_argument: enum Mood has no value 7; while writing argument mood of "
              "Office.cheer");
    EXPECT_EQ(refusal([](auto& office) {
                  static_cast<void>(hire(office, {"Tom", no_mood}));
              }),
              "invalid_argument: [1].mood: enum Mood has no value 7; while writing argument people "
              "of Office.hire");
    EXPECT_EQ(refusal([](auto& office) { office->note(no_mood); }),
              "invalid_argument: enum Mood has no value 7; while writing argument mood of "
              "Office.note");
}

TEST_F(refused_json_arguments, fail_the_future_of_an_asynchronous_call) {
    auto pending = office_.async()->cheer(no_mood);
    EXPECT_THROW(static_cast<void>(pending.get()), beckon::invalid_argument);
    EXPECT_EQ(office_->cheer(Mood::busy), 1);
}

} // namespace
} // namespace refused_arguments_test
