// Names and types are called in Python and C# as remcall's converters call them.
#include "beckon/generate/converters.hpp"
#include "beckon/generate/names.hpp"
#include "schema_vectors_test.hpp"

namespace beckon::vectors {
namespace {

using generate::name_rules;
using generate::name_use;

constexpr std::pair<name_use, std::string_view> uses[] = {
    {name_use::interface, "interface"},   {name_use::method, "method"},
    {name_use::parameter, "parameter"},   {name_use::enumeration, "enum"},
    {name_use::enum_value, "enum_field"}, {name_use::record, "record"},
    {name_use::field, "record_field"},
};

TEST(remcall_converters, make_the_recorded_names) {
    const value entries = remcall_section("name_conversion");
    ASSERT_EQ(entries.size(), 13u);
    constexpr std::pair<name_rules, std::string_view> converters[] = {
        {name_rules::identity, "identity"},
        {name_rules::remcall_python, "python"},
        {name_rules::remcall_csharp, "csharp"},
    };
    for (const value& entry : entries) {
        for (const auto& [rules, converter] : converters) {
            for (const auto& [use, key] : uses) {
                EXPECT_EQ(generate::convert(entry["name"].string(), rules, use),
                          entry[converter][key].string())
                    << converter << " " << key;
            }
        }
    }
}

TEST(remcall_converters, ours_for_python_keep_runs_of_capitals_together) {
    EXPECT_EQ(generate::convert("HTTPServer", name_rules::python, name_use::method), "http_server");
    EXPECT_EQ(generate::convert("HTTPServer", name_rules::python, name_use::enum_value),
              "HTTP_SERVER");
    EXPECT_EQ(generate::convert("HTTPServer", name_rules::python, name_use::record), "HTTPServer");
}

void expect_type_names(std::string_view section, name_rules rules) {
    const value recorded = remcall_section(section);
    ASSERT_EQ(recorded.size(), 16u);
    for (const auto& [name, expected] : recorded.entries()) {
        const remcall::document nothing;
        remcall::type type;
        while (to_string(type.kind) != name.string())
            type.kind = static_cast<remcall::kind>(static_cast<int>(type.kind) + 1);
        const auto made = generate::type_name(nothing, type, rules);
        ASSERT_TRUE(made) << made.error().to_string();
        EXPECT_EQ(*made, expected.string()) << name.string();
    }
}

TEST(remcall_converters, call_primitives_in_python_as_recorded) {
    expect_type_names("python_type_names", name_rules::remcall_python);
}

TEST(remcall_converters, call_primitives_in_csharp_as_recorded) {
    expect_type_names("csharp_type_names", name_rules::remcall_csharp);
}

TEST(remcall_converters, call_declared_types_by_their_converted_names) {
    remcall::document document;
    document.enumerations = {{"Mood", {}}};
    document.records = {{"Spot", {}}};
    document.interfaces = {{"Main", {}}};
    const auto name = [&](remcall::kind kind, bool array, name_rules rules) {
        const auto made = generate::type_name(document, {kind, array, 0}, rules);
        return made ? *made : made.error().message();
    };
    EXPECT_EQ(name(remcall::kind::interface, false, name_rules::remcall_csharp), "IMain");
    EXPECT_EQ(name(remcall::kind::interface, false, name_rules::remcall_python), "Main");
    EXPECT_EQ(name(remcall::kind::enumeration, false, name_rules::remcall_csharp), "Mood");
    EXPECT_EQ(name(remcall::kind::record, true, name_rules::remcall_csharp), "Spot[]");
    EXPECT_EQ(name(remcall::kind::int8, true, name_rules::remcall_csharp), "SByte[]");
    EXPECT_EQ(name(remcall::kind::record, true, name_rules::remcall_python),
              "these rules for names have none for the type Spot[]");
    EXPECT_EQ(name(remcall::kind::int8, false, name_rules::identity),
              "these rules for names have none for the type int8");
}

TEST(remcall_converters, names_that_become_one_are_told_with_both) {
    generate::name_scope scope("enum Mood", generate::naming::as_is, {});
    const auto add = [&](std::string_view name) {
        return scope.add_as("value", name,
                            convert(name, name_rules::remcall_python, name_use::enum_value));
    };
    ASSERT_TRUE(add("ab"));
    ASSERT_TRUE(add("aB"));
    const auto second = add("Ab");
    ASSERT_FALSE(second);
    EXPECT_EQ(
        second.error().message(),
        "enum Mood: value 'ab' and value 'Ab' would both be called 'AB' in the generated code");
}

} // namespace
} // namespace beckon::vectors
