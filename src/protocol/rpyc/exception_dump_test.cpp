#include "protocol/rpyc/exception_dump.hpp"

#include <map>

#include <gtest/gtest.h>

#include "beckon/object/exception_codec.hpp"
#include "beckon/object/python_errors.hpp"
#include "codec/brine_vectors_test.hpp"
#include "protocol/rpyc/exception_class.hpp"
#include "protocol/rpyc/exception_text.hpp"

namespace beckon::rpyc {
namespace {

using brine::vectors::from_hex;
using brine::vectors::typed;

peer_exception loaded(byte_view wire) {
    const limits limits;
    brine::reader in(wire, limits);
    auto got = read_exception(in);
    EXPECT_TRUE(got) << (got ? "" : got.error().to_string());
    EXPECT_EQ(in.left(), 0u);
    return got ? *std::move(got) : peer_exception{fail(errc::internal, "not read")};
}

value dumped(const error& failure, const exception_options& options = {}) {
    buffer out;
    put_exception(out, failure, options);
    auto made = brine::read(out.view(), limits());
    EXPECT_TRUE(made);
    return made ? *std::move(made) : value();
}

error with_type(errc code, std::string message, std::string type) {
    error made(code, std::move(message));
    made.set_type_name(std::move(type));
    return made;
}

const python_exception* raised_in(const error& failure) {
    return dynamic_cast<const python_exception*>(failure.detail().get());
}

TEST(rpyc_exception, every_recorded_dump_is_read_and_written_again) {
    const value entries = brine::vectors::section("exceptions");
    ASSERT_EQ(entries.size(), 13u);
    // What str() of each says at its origin.
    const std::map<std::string_view, std::string_view> texts{
        {"ValueError", "('bad value', 42)"},
        {"no arguments", ""},
        {"StopIteration", ""},
        {"StopIteration subclass", "5"},
        {"KeyError", "'missing'"},
        {"AttributeError", "cannot access 'x'"},
        {"OSError", "[Errno 2] No such file or directory: 'data.txt'"},
        {"UnicodeDecodeError",
         "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"},
        {"SystemExit", "3"},
        {"custom", "('custom', \"{'a': 1}\")"},
        {"custom with attributes", "w"},
        {"version hidden", "x"},
        {"non-brinable argument becomes its repr", "('[1, 2]', 'x')"},
    };
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = brine::vectors::wire(entry);
        const error failure = loaded(wire).failure;
        EXPECT_EQ(failure.code(), errc::remote_error);
        ASSERT_TRUE(texts.contains(entry["name"].string()));
        EXPECT_EQ(failure.message(), texts.at(entry["name"].string()));
        EXPECT_EQ(failure.trace(), ""); // denied
        const value dump = typed(entry["dump"]);
        ASSERT_NE(raised_in(failure), nullptr);
        const python_exception& raised = *raised_in(failure);
        if (dump == value(1)) {
            EXPECT_EQ(failure.type_name(), stop_iteration);
            buffer out;
            put_exception(out, failure, {});
            EXPECT_EQ(to_hex(out.view()), "51");
            continue;
        }
        EXPECT_EQ(failure.type_name(), concat(dump[0][0].string(), '.', dump[0][1].string()));
        EXPECT_EQ(raised.arguments(), dump[1]);
        ASSERT_EQ(raised.attributes().size(), dump[2].size());
        for (const value& pair : dump[2].items())
            EXPECT_EQ(raised.attributes()[pair[0].string()], pair[1]);
        buffer out;
        put_dump(out, raised, dump[3].string());
        EXPECT_EQ(to_hex(out.view()), to_hex(wire));

        // Passed on, it is the same but for what tells of the first peer.
        const value on = dumped(failure);
        EXPECT_EQ(on[0], dump[0]);
        EXPECT_EQ(on[1], dump[1]);
        EXPECT_EQ(on[2].size(), dump[2].size() - 1);
        EXPECT_EQ(on[2][on[2].size() - 1], value::tuple({"_remote_version", "<version denied>"}));
        EXPECT_EQ(on[3], value("<traceback denied>"));
    }
}

TEST(rpyc_exception, errors_of_ours_are_what_python_programs_catch) {
    const std::pair<errc, std::string> classes[] = {
        {errc::internal, "builtins.RuntimeError"},
        {errc::timeout, "builtins.TimeoutError"},
        {errc::cancelled, "beckon.Cancelled"},
        {errc::disconnected, "builtins.ConnectionError"},
        {errc::protocol_error, "builtins.ValueError"},
        {errc::schema_mismatch, "builtins.TypeError"},
        {errc::unknown_method, "builtins.AttributeError"},
        {errc::unknown_object, "builtins.KeyError"},
        {errc::access_denied, "builtins.PermissionError"},
        {errc::overloaded, "beckon.Overloaded"},
        {errc::limit_exceeded, "beckon.LimitExceeded"},
        {errc::remote_error, "builtins.RuntimeError"},
        {errc::declared, "beckon.Declared"},
        {errc::invalid_argument, "builtins.ValueError"},
        {errc::type_mismatch, "builtins.TypeError"},
        {errc::unsupported, "builtins.NotImplementedError"},
        {errc::would_deadlock, "beckon.WouldDeadlock"},
        {errc::io_error, "builtins.OSError"},
        {errc::parse_error, "builtins.ValueError"},
        {errc::address_in_use, "builtins.OSError"},
        {errc::not_found, "builtins.KeyError"},
    };
    static_assert(std::size(classes) == static_cast<std::size_t>(errc::not_found) + 1);
    for (const auto& [code, type] : classes) {
        SCOPED_TRACE(to_string(code));
        const value dump = dumped(error(code, "what happened").note("doing that"));
        EXPECT_EQ(concat(dump[0][0].string(), '.', dump[0][1].string()), type);
        EXPECT_EQ(dump[1], value::tuple({"what happened"}));
        EXPECT_EQ(dump[2], value::tuple({value::tuple({"_remote_version", "<version denied>"})}));
        EXPECT_EQ(dump[3], value("<traceback denied>"));

        buffer out;
        put_exception(out, error(code, "what happened"), {});
        const error back = loaded(out.view()).failure;
        const bool ours = type.starts_with("beckon.");
        EXPECT_EQ(back.code(), ours ? code : errc::remote_error);
        EXPECT_EQ(back.message(),
                  type == "builtins.KeyError" ? "'what happened'" : "what happened");
    }
}

TEST(rpyc_exception, a_timeout_of_the_peer_is_told_from_one_of_our_own) {
    buffer out;
    put_exception(out, with_type(errc::remote_error, "tired", "builtins.TimeoutError"), {});
    const error back = loaded(out.view()).failure;
    EXPECT_THROW(throw_error(back), python::timeout_error);
    EXPECT_TRUE(python::is_a(back, "OSError"));
}

TEST(rpyc_exception, what_the_system_refused_goes_with_its_number) {
    const error made = python::to_error({.type = "builtins.FileNotFoundError",
                                         .text = "no such file",
                                         .arguments = value::tuple({2, "no such file", "a.txt"})});
    const value dump = dumped(made);
    EXPECT_EQ(dump[1], value::tuple({2, "no such file", "a.txt"}));
    EXPECT_EQ(dump[2][0], value::tuple({"errno", 2}));
    EXPECT_EQ(dump[2][1], value::tuple({"strerror", "no such file"}));
    EXPECT_EQ(dump[2][2], value::tuple({"filename", "a.txt"}));
    // Who names them himself is believed, and what is no OSError has no such attributes.
    exception_parts own{.type = "builtins.OSError", .arguments = value::tuple({2, "two"})};
    own.fields = value::map({{"errno", 3}});
    EXPECT_EQ(dumped(python::to_error(own))[2][0], value::tuple({"errno", 3}));
    EXPECT_EQ(dumped(python::to_error(
                  {.type = "builtins.ValueError", .arguments = value::tuple({2, "two"})}))[2]
                  .size(),
              1u);
}

TEST(rpyc_exception, a_type_name_goes_as_the_class_that_it_names) {
    const std::pair<std::string, std::string> classes[] = {
        {"builtins.IndexError", "builtins.IndexError"},
        {"IndexError", "builtins.IndexError"},
        {"myapp.errors.Missing", "myapp.errors.Missing"},
        {"OutOfStock", "beckon.OutOfStock"},
        {"std::out_of_range", "builtins.IndexError"},
        {"std::runtime_error", "builtins.RuntimeError"},
        {"std::bad_alloc", "builtins.MemoryError"},
        {"my::errors::missing", "my.errors.missing"},
        {".hidden.", "beckon..hidden."},
        {std::string("a\0b", 3), "beckon.a_b"},
        {"bad\xff", "beckon.bad\\xff"},
    };
    for (const auto& [type, expected] : classes) {
        const value dump = dumped(with_type(errc::remote_error, "x", type));
        EXPECT_EQ(concat(dump[0][0].string(), '.', dump[0][1].string()), expected);
    }
    EXPECT_EQ(dumped(with_type(errc::remote_error, "", "builtins.StopIteration")), value(1));
    EXPECT_EQ(dumped(with_type(errc::remote_error, "", "StopIteration")), value(1));
}

TEST(rpyc_exception, a_declared_exception_keeps_its_fields) {
    error failure = with_type(errc::declared, "no bolts", "OutOfStock");
    failure.set_detail(std::make_shared<exception_fields>(value::record(
        "OutOfStock", {{"wanted", 5}, {"item", "bolt"}, {"near", value::list({"nut"})}})));
    const value dump = dumped(failure);
    EXPECT_EQ(dump[0], value::tuple({"beckon", "OutOfStock"}));
    EXPECT_EQ(dump[1], value::tuple({"no bolts"}));
    EXPECT_EQ(dump[2], value::tuple({value::tuple({"item", "bolt"}),
                                     value::tuple({"near", "['nut']"}), value::tuple({"wanted", 5}),
                                     value::tuple({"_remote_version", "<version denied>"})}));
    // Another Beckon peer meets it as what it was.
    buffer out;
    put_exception(out, failure, {});
    const error back = loaded(out.view()).failure;
    EXPECT_EQ(back.code(), errc::declared);
    EXPECT_EQ(back.type_name(), "OutOfStock");
    EXPECT_EQ(back.message(), "no bolts");
    const auto* const fields = dynamic_cast<const exception_fields*>(back.detail().get());
    ASSERT_NE(fields, nullptr);
    EXPECT_EQ(fields->fields(),
              value::record("OutOfStock", {{"item", "bolt"}, {"near", "['nut']"}, {"wanted", 5}}));
}

TEST(rpyc_exception, notes_and_traces_travel_only_where_the_options_say_so) {
    error failure(errc::remote_error, "it broke");
    failure.note("reading /etc/secret").set_trace("at main.cpp:5");
    EXPECT_EQ(dumped(failure).to_text().find("secret"), std::string::npos);
    EXPECT_EQ(dumped(failure).to_text().find("main.cpp"), std::string::npos);
    exception_options open;
    open.send_traceback = true;
    open.version = "6.0.1";
    const value dump = dumped(failure, open);
    EXPECT_EQ(dump[3], value("at main.cpp:5\nremote_error: it broke; while reading /etc/secret"));
    EXPECT_EQ(dump[2], value::tuple({value::tuple({"_remote_version", "6.0.1"})}));
    buffer out;
    put_exception(out, failure, open);
    EXPECT_EQ(loaded(out.view()).failure.trace(), dump[3].string());
}

TEST(rpyc_exception, a_message_that_is_no_text_reaches_the_peer_mended) {
    const value dump = dumped(error(errc::remote_error, "a\xff"));
    EXPECT_EQ(dump[1], value::tuple({"a\\xff"}));
    std::string lengthy(3'000'000, '\xc3');
    EXPECT_LT(dumped(error(errc::remote_error, lengthy))[1][0].size(), 1'000'000u);
}

TEST(rpyc_exception, arguments_without_a_form_go_as_their_repr) {
    error failure = with_type(errc::remote_error, "x", "builtins.ValueError");
    failure.set_detail(std::make_shared<python_exception>(
        "builtins", "ValueError", value::tuple({value::list({1, 2}), "x"}),
        value::map({{"items", value::map({{"a", 1}})}})));
    const value dump = dumped(failure);
    EXPECT_EQ(dump[1], value::tuple({"[1, 2]", "x"}));
    EXPECT_EQ(dump[2][0], value::tuple({"items", "{'a': 1}"}));
}

TEST(rpyc_exception, unicode_errors_say_what_stood_where) {
    // As CPython 3.11 prints them.
    const auto text = [](std::string_view name, const value& content, int start, int end) {
        return exception_text(
            {"builtins", std::string(name),
             value::tuple({"ascii", content, start, end, "ordinal not in range(128)"}),
             value::map()});
    };
    EXPECT_EQ(
        text("UnicodeEncodeError", "a\xc3\xa9", 1, 2),
        "'ascii' codec can't encode character '\\xe9' in position 1: ordinal not in range(128)");
    EXPECT_EQ(
        text("UnicodeEncodeError", "\xe2\x82\xac", 0, 1),
        "'ascii' codec can't encode character '\\u20ac' in position 0: ordinal not in range(128)");
    EXPECT_EQ(text("UnicodeEncodeError", "\xf0\x9f\x98\x80z", 0, 1),
              "'ascii' codec can't encode character '\\U0001f600' in position 0: ordinal not in "
              "range(128)");
    EXPECT_EQ(text("UnicodeEncodeError", "\xc3\xa9\xc3\xa9", 0, 2),
              "'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)");
    EXPECT_EQ(text("UnicodeDecodeError", to_bytes("\xff\xfe"), 0, 2),
              "'ascii' codec can't decode bytes in position 0-1: ordinal not in range(128)");
    // Positions that lie are no reason to look beyond the content.
    EXPECT_EQ(text("UnicodeDecodeError", to_bytes("x"), 7, 8),
              "'ascii' codec can't decode bytes in position 7-7: ordinal not in range(128)");
    EXPECT_EQ(text("UnicodeDecodeError", to_bytes("x"), -1, 0),
              "('ascii', b'x', -1, 0, 'ordinal not in range(128)')");
}

TEST(rpyc_exception, a_class_of_an_odd_name_is_passed_on_as_it_is) {
    const std::pair<std::string, std::string> names[] = {
        {"", "X"}, {"a", "b.c"}, {"std::a", "b"}, {"a", ""}, {"builtins", "std::out_of_range"}};
    for (const auto& [module, name] : names) {
        buffer out;
        put_dump(out, {module, name, value::tuple({5}), value::map()}, "");
        const value dump = dumped(loaded(out.view()).failure);
        EXPECT_EQ(dump[0], value::tuple({module, name}));
    }
    // NUL would break the peer.
    buffer out;
    put_dump(out, {"m", std::string("a\0b", 3), value::tuple(), value::map()}, "");
    EXPECT_EQ(dumped(loaded(out.view()).failure)[0], value::tuple({"m", "a_b"}));
    // Who gives it another name means it.
    out.clear();
    put_dump(out, {"m", "n", value::tuple({5}), value::map()}, "");
    error renamed = loaded(out.view()).failure;
    renamed.set_type_name("IndexError");
    EXPECT_EQ(dumped(renamed)[0], value::tuple({"builtins", "IndexError"}));
    EXPECT_EQ(dumped(renamed)[1], value::tuple({5}));
}

TEST(rpyc_exception, a_class_that_a_python_peer_made_up_has_its_own_name_again) {
    const auto loaded_as = [](const std::string& module, const std::string& name) {
        buffer out;
        put_dump(out, {module, name, value::tuple({5}), value::map({{"left", 3}})}, "");
        return loaded(out.view()).failure;
    };
    const error once = loaded_as("rpyc.core.vinegar/shop", "shop.Closed");
    EXPECT_EQ(once.type_name(), "shop.Closed");
    EXPECT_EQ(dumped(once)[0], value::tuple({"shop", "Closed"}));
    EXPECT_EQ(loaded_as("rpyc.core.vinegar/rpyc.core.vinegar/shop.tills",
                        "rpyc.core.vinegar/shop.tills.shop.tills.Closed")
                  .type_name(),
              "shop.tills.Closed");
    // One of ours that went through Python is declared as before.
    const error declared = loaded_as("rpyc.core.vinegar/beckon", "beckon.OutOfStock");
    EXPECT_EQ(declared.code(), errc::declared);
    EXPECT_EQ(declared.type_name(), "OutOfStock");
    EXPECT_EQ(loaded_as("rpyc.core.vinegar/beckon", "beckon.Overloaded").code(), errc::overloaded);
    // What only looks like it.
    EXPECT_EQ(loaded_as("rpyc.core.vinegar/shop", "shopClosed").type_name(), "shop.shopClosed");
    EXPECT_EQ(loaded_as("rpyc.core.vinegar", "GenericException").type_name(),
              "rpyc.core.vinegar.GenericException");
}

TEST(rpyc_exception, what_rpyc_and_python_add_are_no_fields_of_it) {
    const value attributes =
        value::map({{"add_note", "<built-in method add_note of Shortage object at 0x7f6e41041360>"},
                    {"name", "nuts"},
                    {"wanted", 3},
                    {"_remote_version", "6.0.2"}});
    error failure = with_type(errc::remote_error, "x", "shop.Shortage");
    failure.set_detail(
        std::make_shared<python_exception>("shop", "Shortage", value::tuple(), attributes));
    EXPECT_EQ(python::parts_of(failure).fields, value::map({{"name", "nuts"}, {"wanted", 3}}));
    EXPECT_EQ(raised_in(failure)->attributes(), attributes) << "for who speaks RPyC";
}

TEST(rpyc_exception, attributes_that_would_break_a_python_peer_are_left_out) {
    const value harmless = value::map({{"start", 1}, {"end", 2}, {"item", "bolt"}});
    value attributes = harmless;
    for (const char* const name :
         {"args", "__class__", "__cause__", "_remote_tb", "with_traceback", "characters_written"})
        attributes.insert_or_assign(name, "x");
    error failure = with_type(errc::remote_error, "x", "builtins.UnicodeDecodeError");
    failure.set_detail(std::make_shared<python_exception>("builtins", "UnicodeDecodeError",
                                                          value::tuple(), attributes));
    const auto names = [](const value& dump) {
        std::string all;
        for (const value& pair : dump[2].items()) all += concat(pair[0].string(), ' ');
        return all;
    };
    EXPECT_EQ(names(dumped(failure)), "start end item _remote_version ");
    const value beyond = value::map({{"start", *value::integer("99999999999999999999")}});
    failure.set_detail(std::make_shared<python_exception>("builtins", "UnicodeDecodeError",
                                                          value::tuple(), beyond));
    EXPECT_EQ(names(dumped(failure)), "_remote_version ");
    failure.set_detail(std::make_shared<exception_fields>(
        value::record("Odd", {{"args", 5}, {"item", "bolt"}, {"_private", 1}})));
    EXPECT_EQ(names(dumped(failure)), "item _remote_version ");
}

TEST(rpyc_exception, malformed_dumps_are_refused) {
    const auto refusal = [](std::string_view hex) {
        const limits limits;
        const bytes wire = from_hex(hex);
        brine::reader in(wire, limits);
        const auto got = read_exception(in);
        return got ? std::string("read") : got.error().to_string();
    };
    EXPECT_EQ(refusal("52"), "protocol_error: peer sent 2 as an exception; expected 1 "
                             "(StopIteration) or a dump");
    EXPECT_EQ(refusal("00"), "protocol_error: peer sent tag 0x00 at byte 0; expected a tuple");
    EXPECT_EQ(refusal("1211080a6d080a630202"),
              "protocol_error: peer sent a tuple of 3 items at byte 0; expected 4");
    // Arguments that are no tuple, an attribute without a value, a traceback that is None.
    EXPECT_EQ(refusal("1311080a6d080a635102080a74"),
              "protocol_error: peer sent tag 0x51 at byte 8; expected a tuple");
    EXPECT_EQ(refusal("1311080a6d080a63021010080a61080a74"),
              "protocol_error: peer sent a tuple of 1 items at byte 10; expected 2");
    EXPECT_EQ(refusal("1311080a6d080a63020200"),
              "protocol_error: peer sent tag 0x00 at byte 10; expected a text");
    EXPECT_EQ(refusal("1311080a6d080a630202080a74"), "read");
    const std::string whole = "1311080a6d080a63021011080a6151080a74";
    EXPECT_EQ(refusal(whole), "read");
    for (std::size_t size = 0; size < whole.size(); size += 2)
        EXPECT_NE(refusal(whole.substr(0, size)), "read") << size;
}

} // namespace
} // namespace beckon::rpyc
