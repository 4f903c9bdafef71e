// Every row of docs/wire/mapping.md in every protocol: of objects of every origin, for typed callers and for others.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/session/session.hpp"
#include "every_protocol/published.hpp"

namespace every_protocol {
namespace {

using beckon::value;

enum class caller { typed, by_schema, untyped };
constexpr caller callers[] = {caller::typed, caller::by_schema, caller::untyped};

/// Bytes of these do not say what they are: nobody calls there without an interface.
bool needs_types(spoken by) {
    return by == spoken::native || by == spoken::remcall || by == spoken::basic;
}

beckon::dynamic taken(beckon::result<value> outcome) {
    if (!outcome) beckon::throw_error(std::move(outcome).error());
    return beckon::dynamic(std::move(outcome).value());
}

value named(std::string_view method, const value& by_position) {
    const auto* const every = beckon::describe_interface<Every>().find_interface("Every");
    value made = value::map();
    for (const auto& each : every->methods) {
        if (each.name != method) continue;
        for (std::size_t i = 0; i < by_position.size(); ++i)
            made.insert_or_assign(each.parameters[i].name, by_position[i]);
    }
    return made;
}

class mapping : public testing::TestWithParam<std::tuple<std::size_t, way>> {
protected:
    [[nodiscard]] static const row& asked() { return rows()[std::get<0>(GetParam())]; }
    [[nodiscard]] static const way& by() { return std::get<1>(GetParam()); }

    static void call(origin what, caller how, const beckon::connected& session) {
        const situation at{by().by, !is_elsewhere(what)};
        if (how == caller::typed) return asked().typed(session.get<Every>("every"), at);
        if (how == caller::by_schema) {
            const auto known = session.get<Every>("every");
            return asked().named(
                [&](std::string_view method, value arguments, const beckon::call_options& options) {
                    return taken(beckon::call_dynamic_and_wait(known, method, std::move(arguments),
                                                               options));
                },
                at);
        }
        const auto found = session.get("every");
        asked().named(
            [&](std::string_view method, value arguments, const beckon::call_options& options) {
                beckon::dynamic_request request;
                request.name = std::string(method);
                if (by().by == spoken::terse) { // which has no others
                    request.named = named(method, arguments);
                } else {
                    request.arguments = std::move(arguments);
                }
                return taken(beckon::operate_and_wait(found, std::move(request), options));
            },
            at);
    }
    static void expect_refusal(const beckon::exception& thrown) {
        const std::string text = thrown.what();
        // What needs more than the type has it in its name: an interface that has `any` for it.
        bool names_type = needs_types(by().by) && text.find("any") != text.npos;
        std::string word;
        for (std::istringstream words{std::string(asked().found)}; words >> word;)
            names_type = names_type || text.find(word) != text.npos;
        EXPECT_TRUE(names_type) << text;
        EXPECT_NE(text.find(by().called), text.npos) << text;
    }
};

TEST_P(mapping, holds) {
    for (const origin what : origins) {
        if (what == origin::built && needs_types(by().by)) continue; // see below
        for (const caller how : callers) {
            if (how != caller::typed && !asked().named) continue;
            if (how == caller::untyped && needs_types(by().by)) continue;
            SCOPED_TRACE(beckon::concat(to_string(what), ", called ",
                                        how == caller::typed       ? "by stub"
                                        : how == caller::by_schema ? "by schema"
                                                                   : "by name"));
            const auto session = beckon::connect(published::of(what).endpoint(by()));
            try {
                call(what, how, session);
                EXPECT_FALSE(asked().is_refused(by().by)) << "it was carried";
            } catch (const beckon::exception& thrown) {
                if (published::refuses(what, asked())) continue; // on its way to where it lives
                ASSERT_TRUE(asked().is_refused(by().by)) << thrown.what();
                expect_refusal(thrown);
                EXPECT_EQ(session.get<Every>("every")->int64(5), 5) << "the session lives on";
            }
        }
    }
}

std::string name_of(const testing::TestParamInfo<std::tuple<std::size_t, way>>& each) {
    const auto& [row, by] = each.param;
    return beckon::concat(rows()[row].name, "_in_", by.name);
}
INSTANTIATE_TEST_SUITE_P(every, mapping,
                         testing::Combine(testing::Range<std::size_t>(0, rows().size()),
                                          testing::ValuesIn(ways)),
                         &name_of);

/// What was put together by names has no types for protocols whose bytes need some.
struct untyped : testing::TestWithParam<way> {};
INSTANTIATE_TEST_SUITE_P(every, untyped, testing::ValuesIn(ways),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(untyped, objects_say_so_when_they_are_called_where_types_are_needed) {
    const auto session = beckon::connect(published::of(origin::built).endpoint(GetParam()));
    const auto service = session.get<Every>("every");
    if (!needs_types(GetParam().by)) {
        EXPECT_EQ(service->int64(5), 5);
        return;
    }
    for (int i = 0; i < 2; ++i) {
        try {
            service->octets({});
            ADD_FAILURE() << "it was carried";
        } catch (const beckon::exception& thrown) {
            EXPECT_NE(std::string(thrown.what()).find("interface"), std::string::npos)
                << thrown.what();
        }
    }
}

/// The cells of the page's table, by row.
std::map<std::string, std::vector<std::string>> cells() {
    const char* const tree = std::getenv("BECKON_SOURCE_DIR");
    std::ifstream page(std::string(tree != nullptr ? tree : ".") + "/docs/wire/mapping.md");
    std::map<std::string, std::vector<std::string>> found;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("| ") || line.starts_with("| type |")) continue;
        std::vector<std::string> row;
        std::size_t at = 2;
        for (std::size_t end = 0; (end = line.find(" |", at)) != line.npos; at = end + 3)
            row.push_back(line.substr(at, end - at));
        const std::string name = row.front();
        row.erase(row.begin());
        found[name] = row;
    }
    return found;
}

TEST(mapping_page, has_the_rows_that_are_tried_here) {
    std::set<std::string> there;
    for (const auto& [name, row] : cells()) there.insert(name);
    std::set<std::string> here;
    for (const row& each : rows()) here.emplace(each.type);
    EXPECT_EQ(here, there);
}

TEST(mapping_page, refuses_in_whole_cells_what_is_refused_here) {
    constexpr spoken columns[] = {spoken::jsonrpc, spoken::jrpc,  spoken::msgpack, spoken::rpyc6,
                                  spoken::remcall, spoken::pyrpc, spoken::basic};
    for (const auto& [name, cell] : cells()) {
        for (std::size_t i = 0; i < std::size(columns) && i < cell.size(); ++i) {
            if (cell[i] != "refused") continue;
            for (const row& each : rows()) {
                if (each.type == name) {
                    EXPECT_TRUE(each.is_refused(columns[i])) << name << ", column " << i;
                }
            }
        }
    }
}

} // namespace
} // namespace every_protocol
