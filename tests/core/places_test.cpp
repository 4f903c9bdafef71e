// Places to listen at and to connect to that are taken, closed or dead.
#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

TEST(listening, a_taken_place_is_named) {
    serving far;
    const std::string tcp = far.there.listen("tcp://127.0.0.1:0");
    const auto again = far.there.try_listen(tcp);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), errc::address_in_use);
    EXPECT_NE(again.error().to_string().find(concat("while listening on ", tcp)), std::string::npos)
        << again.error().to_string();
    const std::string name = far.there.listen(fresh_endpoint("memory"));
    EXPECT_EQ(far.there.try_listen(name).error().code(), errc::address_in_use);
    EXPECT_EQ(
        failure_of<beckon::exception>([&] { far.there.listen("nonsense://x"); }).substr(0, 50),
        "unsupported: nothing can listen on \"nonsense\"; tcp");
}

TEST(listening, a_taken_socket_file_is_named_and_its_server_goes_on) {
    serving far;
    const std::string place = far.there.listen(fresh_endpoint("unix"));
    serving other;
    const auto again = other.there.try_listen(place);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), errc::address_in_use);
    EXPECT_NE(again.error().to_string().find(concat("while listening on ", place)),
              std::string::npos)
        << again.error().to_string();
    EXPECT_EQ(connect(place).get<Lab>("lab")->add(1, 2), 3);
}

TEST(connecting, a_place_where_nobody_listens_is_named) {
    std::string place;
    {
        serving gone;
        place = gone.there.listen("tcp://127.0.0.1:0");
    }
    const auto refused = try_connect(place);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().to_string().find(concat("while connecting to ", place)),
              std::string::npos)
        << refused.error().to_string();
    EXPECT_EQ(try_connect("memory:nobody").error().code(), errc::not_found);
}

// --- A child process that dies ---

/// An endpoint whose child runs a shell script.
std::string child(const std::string& script) {
    return concat("exec:sh -c '", script, "'?stderr=null");
}
/// Prints the magic bytes and a hello of 60 bytes: version 1, 16 MiB, 1,024 calls.
constexpr const char* says_hello =
    "printf "
    "\"\\211BKN\\r\\n\\032\\n\\074\\000\\000\\000\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000"
    "\\000\\000\\001\\000\\001\\000\\000\\000\\000"
    "\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\001\\000\\004\\000\\000\\000\\00"
    "0\\000\\001\\000\\000\\001\\000\"; "
    "head -c 16 /dev/zero;";

TEST(children, one_that_dies_before_it_says_anything_is_told_by_its_status) {
    const std::string place = child("exit 3");
    const auto session = connect(place);
    const auto listed = session.services().async()->list().result();
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().code(), errc::disconnected);
    const std::string text = listed.error().to_string();
    EXPECT_NE(text.find("peer closed the connection (exited with status 3)"), std::string::npos)
        << text;
    EXPECT_NE(text.find(concat("directory.list at ", place)), std::string::npos) << text;
}

TEST(children, one_that_is_killed_in_a_call_fails_the_call_and_disturbs_no_other_session) {
    serving far;
    const auto bystander = connect(far.there.listen(fresh_endpoint("tcp"))).get<Lab>("lab");
    // It reads the magic, the hello and two calls, then dies.
    const std::string place = child(concat(says_hello, " head -c 128 >/dev/null; kill -9 $$"));
    const auto session = connect(place);
    auto first = session.services().async()->list();
    auto second = session.services().async()->list();
    for (auto* each : {&first, &second}) {
        const auto lost = each->result();
        ASSERT_FALSE(lost);
        EXPECT_EQ(lost.error().code(), errc::disconnected);
        const std::string text = lost.error().to_string();
        EXPECT_NE(text.find("peer closed the connection (killed by signal 9 (killed))"),
                  std::string::npos)
            << text;
        EXPECT_NE(text.find(concat("while awaiting directory.list at ", place)), std::string::npos)
            << text;
    }
    EXPECT_EQ(
        failure_of<disconnected_error>([&] { static_cast<void>(session.list()); }).substr(0, 54),
        "disconnected: peer closed the connection (killed by si");
    EXPECT_EQ(session.stats().calls_in_flight, 0u);
    EXPECT_EQ(bystander->add(1, 2), 3);
}

TEST(children, one_that_dies_in_the_middle_of_a_message_is_told_how_far_it_came) {
    const std::string place =
        child(concat(says_hello, " head -c 104 >/dev/null; head -c 5 /dev/zero; exit 7"));
    const auto session = connect(place);
    const auto lost = session.services().async()->list().result();
    ASSERT_FALSE(lost);
    const std::string text = lost.error().to_string();
    EXPECT_NE(
        text.find("peer closed the connection (exited with status 7), 5 bytes into a message"),
        std::string::npos)
        << text;
}

TEST(children, one_that_cannot_be_started_is_named) {
    const auto refused = try_connect("exec:/nonexistent/program");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().to_string().find("/nonexistent/program"), std::string::npos)
        << refused.error().to_string();
}

} // namespace
} // namespace beckon::core_test
