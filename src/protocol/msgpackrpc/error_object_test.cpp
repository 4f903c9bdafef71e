#include "protocol/msgpackrpc/error_object.hpp"

#include <gtest/gtest.h>

#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/protocol/msgpackrpc/msgpackrpc.hpp"
#include "codec/msgpack_vectors_test.hpp"

namespace beckon::msgpackrpc {
namespace {

const error_types neovims{{0, "Exception"}, {1, "Validation"}};

error thrown() { return fail(errc::remote_error, "boom"); }
error declared() {
    return declared_error("OutOfStock",
                          value::record("OutOfStock", {{"name", "bolt"}, {"wanted", 3}}));
}

value written(const error& failure, error_shape shape) {
    buffer out;
    put_error(out, failure, shape, false);
    auto got = msgpack::read(out.view());
    EXPECT_TRUE(got);
    return got ? *got : value();
}

TEST(msgpackrpc_error, each_shape_is_as_its_users_expect) {
    EXPECT_EQ(written(thrown(), error_shape::beckon), value::list({0, "boom"}));
    EXPECT_EQ(written(thrown(), error_shape::text), value("boom"));
    EXPECT_EQ(written(thrown(), error_shape::neovim), value::list({0, "boom"}));
    EXPECT_EQ(written(thrown(), error_shape::map),
              value::map({{"code", 11}, {"message", "boom"}, {"data", nullptr}}));
    const error wrong = fail(errc::invalid_argument, "add takes 2 arguments; found 1");
    EXPECT_EQ(written(wrong, error_shape::neovim),
              value::list({1, "invalid_argument: add takes 2 arguments; found 1"}));
    const value fields = value::map({{"name", "bolt"}, {"wanted", 3}});
    const value told = written(declared(), error_shape::beckon);
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0], value(1));
    EXPECT_EQ(told[1]["type"], value("OutOfStock"));
    EXPECT_TRUE(told[1]["message"].is(value_kind::string));
    EXPECT_EQ(told[1]["fields"], fields);
    EXPECT_EQ(written(declared(), error_shape::map)["data"],
              value::map({{"type", "OutOfStock"}, {"fields", fields}}));
}

TEST(msgpackrpc_error,
     codes_and_declared_exceptions_come_back_through_every_shape_that_tells_them) {
    for (const error_shape shape :
         {error_shape::beckon, error_shape::text, error_shape::neovim, error_shape::map}) {
        SCOPED_TRACE(static_cast<int>(shape));
        for (const errc code : {errc::unknown_method, errc::unknown_object, errc::limit_exceeded,
                                errc::type_mismatch, errc::overloaded, errc::remote_error}) {
            const error back = read_error(written(fail(code, "why"), shape), {});
            EXPECT_EQ(back.code(), code);
            EXPECT_EQ(back.message(), "why");
        }
        // What a handler says is not taken for our own words.
        const error back = read_error(written(fail(errc::remote_error, "timeout: 5 s"), shape), {});
        EXPECT_EQ(back.code(), errc::remote_error);
        EXPECT_EQ(back.message(), "timeout: 5 s");
        if (shape != error_shape::beckon && shape != error_shape::map) continue;
        const error exception = read_error(written(declared(), shape), {});
        EXPECT_EQ(exception.code(), errc::declared);
        EXPECT_EQ(exception.type_name(), "OutOfStock");
        EXPECT_EQ(declared_fields(exception)["wanted"], value(3));
    }
}

TEST(msgpackrpc_error, a_peer_cannot_claim_that_our_connection_broke) {
    EXPECT_EQ(read_error("disconnected: gone", {}).code(), errc::remote_error);
    EXPECT_EQ(read_error("internal: bug", {}).code(), errc::remote_error);
}

TEST(msgpackrpc_error, objects_of_every_shape_are_errors_and_are_kept) {
    const std::pair<value, std::string> shapes[] = {
        {"boom", "boom"},
        {value::list({5, "boom"}), "boom"},
        {value::map({{"message", "boom"}}), "boom"},
        {value::map({{"code", 5}, {"msg", "boom"}}), "boom"},
        {value::map({{"code", 5}}), "{\"code\": 5}"},
        {false, "false"},
        {0, "0"},
        {"", "\"\""},
        {value::list({7, "bad", 1}), "[7, \"bad\", 1]"},
        {value::list({value::list(), nullptr}), "[[], null]"},
        {value::map({{"type", 1}, {"fields", 2}}), "{\"type\": 1, \"fields\": 2}"},
    };
    for (const auto& [object, text] : shapes) {
        const error failure = read_error(object, {});
        EXPECT_EQ(failure.code(), errc::remote_error) << text;
        EXPECT_EQ(failure.message(), text);
        EXPECT_EQ(error_object(failure), object);
    }
    EXPECT_EQ(error_object(fail(errc::timeout, "x")), std::nullopt);
}

TEST(msgpackrpc_error, those_of_neovim_and_rpclib_get_their_codes) {
    const error validation = read_error(value::list({1, "Invalid buffer id: 999"}), neovims);
    EXPECT_EQ(validation.code(), errc::remote_error);
    EXPECT_EQ(validation.type_name(), "Validation");
    EXPECT_EQ(validation.message(), "Invalid buffer id: 999");
    EXPECT_EQ(read_error(value::list({0, "Invalid method: nvim_nope"}), neovims).code(),
              errc::unknown_method);
    EXPECT_EQ(
        read_error(value::list({0, "Wrong number of arguments: expecting 1 but got 0"}), neovims)
            .code(),
        errc::invalid_argument);
    const value recorded = msgpack::vectors::section("rpclib");
    const std::map<std::string, errc> codes{{"unknown_function", errc::unknown_method},
                                            {"arity", errc::invalid_argument},
                                            {"handler_throws", errc::remote_error},
                                            {"respond_error_object", errc::remote_error}};
    std::size_t seen = 0;
    for (const value& each : recorded.items()) {
        const auto expected = codes.find(std::string(each["name"].string()));
        if (expected == codes.end()) continue;
        ++seen;
        const value reply = msgpack::vectors::typed(each["reply"][0]);
        EXPECT_EQ(read_error(reply[2], {}).code(), expected->second) << expected->first;
    }
    EXPECT_EQ(seen, codes.size());
}

} // namespace
} // namespace beckon::msgpackrpc
