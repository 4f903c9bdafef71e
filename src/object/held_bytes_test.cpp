#include "object/held_bytes.hpp"

#include "beckon/object/object_builder.hpp"
#include "object/container_test_support.hpp"

namespace beckon::operation_test {
namespace {

using detail::growth_of;
using detail::held_bytes;
using detail::value_bytes;

intrusive_ptr<servant> servant_of(const object& of) {
    return intrusive_ptr<servant>(static_cast<servant*>(of.core().get()));
}

std::size_t growth(const object& target, const char* name, value arguments) {
    dynamic_request request;
    request.name = name;
    request.arguments = std::move(arguments);
    return growth_of(*servant_of(target), request);
}

TEST(held_bytes, counts_texts_and_each_value) {
    EXPECT_EQ(value_bytes(value(5)), sizeof(value));
    EXPECT_EQ(value_bytes(value(std::string(100, 'x'))), sizeof(value) + 100);
    EXPECT_EQ(value_bytes(value::tuple({1, to_bytes("ab"), value::map({{"k", 2}})})),
              6 * sizeof(value) + 3);
}

TEST(held_bytes, counts_containers_inside_others_once) {
    const object inner = lent(value::list({std::string(1'000, 'x')}));
    const std::size_t alone = held_bytes({servant_of(inner)});
    EXPECT_EQ(alone, 2 * sizeof(value) + 1'000);
    const object outer = lent(value::list({value(inner), value(inner)}));
    EXPECT_EQ(held_bytes({servant_of(outer)}), alone + 3 * sizeof(value));
    EXPECT_EQ(held_bytes({servant_of(outer), servant_of(inner)}), alone + 3 * sizeof(value));
}

TEST(held_bytes, tells_what_a_request_may_add) {
    const object list = lent(value::list({1, 2, 3, 4}));
    EXPECT_EQ(growth(list, "__len__", value::list()), 0u);
    EXPECT_EQ(growth(list, "pop", value::list()), 0u);
    EXPECT_EQ(growth(list, "__getitem__", value::list({0})), 0u);
    EXPECT_GE(growth(list, "__getitem__", value::list({value::slice(0, 4, {})})),
              4 * sizeof(value));
    EXPECT_GE(growth(list, "append", value::list({std::string(1'000, 'x')})), 1'000u);
    EXPECT_GE(growth(list, "extend", value::list({value(list)})), 4 * sizeof(value));
    EXPECT_EQ(growth(list, "__mul__", value::list({10})), 40 * sizeof(value));
    EXPECT_LE(growth(list, "__imul__", value::list({std::int64_t{1} << 62})), std::size_t{1} << 25)
        << "a container has an end of its own";
    EXPECT_EQ(growth(list, "__mul__", value::list({-1})), 0u);
    EXPECT_EQ(growth(make_function([](int) {}), "append", value::list({1})), 0u);
}

} // namespace
} // namespace beckon::operation_test
