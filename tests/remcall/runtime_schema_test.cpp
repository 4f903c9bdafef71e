// A binary schema of remcall, loaded at run time and used by name on both sides, without generated code.
#include "beckon/beckon.hpp"
#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/dynamic_servant.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "schema_vectors_test.hpp"

namespace beckon::vectors {
namespace {

bytes recorded(std::string_view name) {
    for (const value& entry : remcall_section("schemas")) {
        if (entry["name"].string() == name) return from_hex(entry["hex"].string());
    }
    ADD_FAILURE() << "no schema " << name;
    return {};
}

/// A notice board that lacks most methods of its interface, and a client; both know the schema alone.
struct remcall_runtime_schema : testing::Test {
    schema::document document =
        remcall::to_document(remcall::read(recorded("board")).value().document).value();
    dynamic_interface main = dynamic_interface::create(document, "Main").value();
    object kept;
    beckon::server service;
    connected client = (publish(), connect("memory:board"));
    object board = client.services()->get("board", "", {});

    void SetUp() override { ASSERT_TRUE(main.bind(board)); }

    object make_item(std::string label) const {
        dynamic_handlers handlers;
        handlers["Label"] = [label](const call_arguments&) { return value(label); };
        return make_dynamic_object(main.sibling("Item").value(), std::move(handlers)).value();
    }

    void publish() {
        dynamic_handlers handlers;
        handlers["Make"] = [this](const call_arguments& given) {
            const value& level = given[1];
            return value(make_item(concat(given[0].string(), " ", level.name())));
        };
        handlers["Subscribe"] = [this](const call_arguments& given) -> value {
            kept = given[0].as<object>();
            return {};
        };
        handlers["Publish"] = [this](const call_arguments& given) -> value {
            call_dynamic(kept, "Notify", given.list()).get();
            return call_dynamic(kept, "Score").get();
        };
        service.publish("board", make_dynamic_object(main, std::move(handlers)).value());
        static_cast<void>(service.listen("memory:board"));
    }
};

TEST_F(remcall_runtime_schema, is_called_by_name_with_enums_and_gives_objects) {
    const auto item =
        call_dynamic(board, "Make", value::list({"first", "High"})).get().as<object>();
    EXPECT_EQ(item.interface_name(), "Item");
    EXPECT_EQ(call_dynamic(item, "Label").get(), value("first High"));
}

TEST_F(remcall_runtime_schema, calls_back_an_object_that_the_client_implements_by_name) {
    std::vector<std::string> told;
    dynamic_handlers handlers;
    handlers["Notify"] = [&](const call_arguments& given) -> value {
        told.push_back(concat(given["text"].string(), " ", given["level"].name()));
        return {};
    };
    handlers["Score"] = [](const call_arguments&) { return value(7); };
    const object listener =
        make_dynamic_object(main.sibling("Listener").value(), std::move(handlers)).value();
    call_dynamic(board, "Subscribe", value::list({listener})).get();
    EXPECT_EQ(call_dynamic(board, "Publish", value::list({"hi", "Medium"})).get(), value(7));
    EXPECT_EQ(told, std::vector<std::string>{"hi Medium"});
}

TEST_F(remcall_runtime_schema,
       fails_the_call_of_a_method_that_the_implementation_lacks_and_no_other) {
    const auto item = call_dynamic(board, "Make", value::list({"a", "Low"})).get().as<object>();
    const auto lacking = call_dynamic_and_wait(item, "Relabel", value::list({"b"}));
    ASSERT_FALSE(lacking);
    EXPECT_EQ(lacking.error().code(), errc::unknown_method) << lacking.error().to_string();
    EXPECT_EQ(call_dynamic(item, "Label").get(), value("a Low"));
}

TEST_F(remcall_runtime_schema, refuses_arguments_that_the_schema_does_not_have) {
    const auto wrong = call_dynamic_and_wait(board, "Make", value::list({"a", "Highest"}));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code(), errc::type_mismatch) << wrong.error().to_string();
    const auto few = call_dynamic_and_wait(board, "Make", value::list({"a"}));
    ASSERT_FALSE(few);
    EXPECT_EQ(call_dynamic_and_wait(board, "NoSuch").error().code(), errc::unknown_method);
}

} // namespace
} // namespace beckon::vectors
