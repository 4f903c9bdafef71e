#include "codec/native/samples_test.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "beckon/schema/parse.hpp"

namespace beckon::native::samples {

namespace {

constexpr std::string_view declarations = R"(
enum Mood { calm, busy, broken = 7 }
record Point { float64 x; float64 y; }
record Item { string name; int64 count; list<string> tags; optional<Point> at; Mood mood; }
record Everything {
  bool flag; int8 i8; uint8 u8; int16 i16; uint16 u16; int32 i32; uint32 u32; int64 i64; uint64 u64;
  float32 f32; float64 f64; string text; bytes raw; date day; time clock; datetime moment;
  duration length; any free;
}
record Tree { string label; list<Tree> branches; }
record Settings { string name; }
record LaterSettings {
  string name; int32 retries = 3; float32 factor = 0.5; list<float64> weights = [1, 2.5];
  optional<string> note = null; Mood mood = busy; duration pause = 250ms;
}
exception OutOfStock { string name; int64 wanted; }
interface Counter { int64 increment(int64 by); }
)";

schema::document parse(const std::string& text) {
    auto parsed = schema::parse(text, "samples");
    if (!parsed) throw std::runtime_error(parsed.error().to_string());
    return std::move(parsed).value();
}

void add_numbers(std::vector<sample>& to) {
    to.push_back(make("bool_true", "bool", true));
    to.push_back(make("bool_false", "bool", false));
    to.push_back(make("int8", "int8", std::int8_t{-2}));
    to.push_back(make("uint8", "uint8", std::uint8_t{200}));
    to.push_back(make("int16", "int16", std::int16_t{-300}));
    to.push_back(make("uint16", "uint16", std::uint16_t{60'000}));
    to.push_back(make("int32", "int32", std::int32_t{-70'000}));
    to.push_back(make("uint32", "uint32", std::uint32_t{4'000'000'000}));
    to.push_back(make("int64", "int64", INT64_MIN));
    to.push_back(make("uint64", "uint64", UINT64_MAX));
    to.push_back(make("float32", "float32", 0.1F));
    to.push_back(make("float64", "float64", -1.5));
    to.push_back(make("float64_infinity", "float64", std::numeric_limits<double>::infinity()));
    to.push_back(make("float64_nan", "float64", std::numeric_limits<double>::quiet_NaN()));
}

void add_simple(std::vector<sample>& to) {
    to.push_back(make("string", "string", std::string("h\xc3\xa9llo")));
    to.push_back(make("string_empty", "string", std::string()));
    to.push_back(make("bytes", "bytes", to_bytes(std::string_view("\0\xff", 2))));
    to.push_back(make("date", "date", date{-1}));
    to.push_back(make("time", "time", time_of_day{86'399'999'999'999}));
    to.push_back(make("datetime", "datetime", datetime{{19'782}, {1}}));
    to.push_back(make("duration", "duration", duration(-1'500'000'000)));
    to.push_back(make("enum", "Mood", Mood::broken));
}

void add_composed(std::vector<sample>& to) {
    using text = std::string;
    const Item bolt{"bolt", 3, {"m4", "steel"}, Point{1, 2}, Mood::busy};
    to.push_back(make("optional_empty", "optional<int32>", std::optional<std::int32_t>()));
    to.push_back(make("optional_int32", "optional<int32>", std::optional<std::int32_t>(5)));
    to.push_back(make("list_string", "list<string>", std::vector<text>{"a", "bc"}));
    to.push_back(make("list_bool", "list<bool>", std::vector<bool>{true, false}));
    to.push_back(make("list_uint8", "list<uint8>", std::vector<std::uint8_t>{1, 2, 255}));
    to.push_back(make("list_int16", "list<int16>", std::vector<std::int16_t>{1, -1}));
    to.push_back(make("list_float32", "list<float32>", std::vector<float>{0.5F, 2}));
    to.push_back(make("list_float64", "list<float64>", std::vector<double>{1, 2.5}));
    to.push_back(make("list_float64_empty", "list<float64>", std::vector<double>{}));
    to.push_back(make("list_uint64", "list<uint64>", std::vector<std::uint64_t>{1, UINT64_MAX}));
    to.push_back(make("list_list_int64", "list<list<int64>>",
                      std::vector<std::vector<std::int64_t>>{{1}, {}, {2, 3}}));
    to.push_back(make("map_string_int64", "map<string, int64>",
                      std::map<text, std::int64_t>{{"a", 1}, {"b", -1}}));
    to.push_back(make("map_int32_list", "map<int32, list<string>>",
                      std::map<std::int32_t, std::vector<text>>{{-1, {"x"}}, {1, {}}}));
    to.push_back(make("tuple", "tuple<int8, string, float64>",
                      std::tuple<std::int8_t, text, double>{1, "x", 0.5}));
    to.push_back(make("variant_first", "variant<a: int64, b: string>",
                      std::variant<std::int64_t, text>{std::int64_t{7}}));
    to.push_back(make("variant_second", "variant<a: int64, b: string>",
                      std::variant<std::int64_t, text>{"seven"}));
    to.push_back(make("record", "Point", Point{1, -0.0}));
    to.push_back(make("record_nested", "Item", bolt));
    to.push_back(make("record_of_list", "list<Item>", std::vector<Item>{bolt, {}}));
    to.push_back(make("record_recursive", "Tree", Tree{"root", {{"leaf", {}}, {"twig", {{}}}}}));
    LaterSettings settings;
    settings.name = "n";
    to.push_back(make("record_defaults", "LaterSettings", settings));
    Everything everything;
    everything.i16 = 5;
    everything.free = value::list({1, "two"});
    to.push_back(make("record_everything", "Everything", everything));
}

void add_any(std::vector<sample>& to, std::string name, value content) {
    to.push_back(make("any_" + std::move(name), "any", std::move(content)));
}

void add_any_scalars(std::vector<sample>& to) {
    add_any(to, "null", {});
    add_any(to, "false", false);
    add_any(to, "true", true);
    add_any(to, "integer_least_small", -32);
    add_any(to, "integer_largest_small", 31);
    add_any(to, "integer_int8", -33);
    add_any(to, "integer_int16", 128);
    add_any(to, "integer_int32", 32'768);
    add_any(to, "integer_int64", INT64_MAX);
    add_any(to, "integer_uint64", UINT64_MAX);
    add_any(to, "integer_big", *value::integer("18446744073709551616"));
    add_any(to, "integer_big_negative", *value::integer("-18446744073709551617"));
    add_any(to, "float32", 0.5F);
    add_any(to, "float64", 0.5);
    add_any(to, "complex", value::complex(1, -2));
    add_any(to, "string", "hi");
    add_any(to, "string_longest_short", std::string(63, 'x'));
    add_any(to, "string_long", std::string(64, 'x'));
    add_any(to, "bytes", to_bytes("\x01\x02"));
    add_any(to, "date", date{1});
    add_any(to, "time", time_of_day{1});
    add_any(to, "datetime", datetime{{1}, {2}});
    add_any(to, "duration", duration(-1));
}

void add_any_composed(std::vector<sample>& to) {
    add_any(to, "list_empty", value::list());
    add_any(to, "list", value::list({1, "x", nullptr}));
    add_any(to, "list_of_three_integers", value::list({1, 2, 3}));
    add_any(to, "list_int8", value::list({1, -1, 127, -128}));
    add_any(to, "list_int16", value::list({1, 2, 3, 128}));
    add_any(to, "list_int32", value::list({1, 2, 3, -32'769}));
    add_any(to, "list_int64", value::list({1, 2, 3, INT64_MIN}));
    add_any(to, "list_float32", value::list({0.5F, 1.0F, 1.5F, 2.0F}));
    add_any(to, "list_float64", value::list({0.5, 1.0, 1.5, 2.0}));
    add_any(to, "list_of_lists", value::list({value::list({value::list()}), 1}));
    add_any(to, "tuple", value::tuple({1, 2, 3, 4}));
    add_any(to, "set", value::set({1, "x"}));
    add_any(to, "frozen_set", value::frozen_set({value::tuple({1})}));
    add_any(to, "map", value::map({{"a", 1}, {2, value::map()}}));
    add_any(to, "slice", value::slice(1, nullptr, -1));
    add_any(to, "enumeration", value::enumeration("Mood", "broken", 7));
    add_any(to, "record", value::record("Point", {{"x", 1.0}, {"y", 2.0}}));
    add_any(to, "variant", value::variant("a", 5));
    add_any(to, "exception",
            value::exception({"KeyError", "no x", value::tuple({"x"}), value::map(), "trace"}));
    add_any(to, "extension", value::extension(-1, to_bytes("z")));
    add_any(to, "reference", value(counter()));
    add_any(to, "stream", value::stream(source()));
}

void add_references(std::vector<sample>& to) {
    const auto read = [](reader& in) { return value(in.get_reference("Counter")); };
    to.push_back({"reference", "Counter", value(counter()),
                  [](writer& out) { out.put_reference(counter().get()); }, read});
    to.push_back({"reference_null", "Counter", value(),
                  [](writer& out) { out.put_reference(nullptr); }, read});
}

} // namespace

const schema::document& document() {
    static const schema::document parsed = parse(std::string(declarations));
    return parsed;
}

const schema::type& type(std::string_view idl) {
    static std::map<std::string, schema::type, std::less<>> known;
    const auto found = known.find(idl);
    if (found != known.end()) return found->second;
    const auto probe = parse(concat(declarations, "record Probe { ", idl, " it; }"));
    return known.emplace(idl, probe.find_record("Probe")->fields[0].type).first->second;
}

result<wire_reference> fake_session::lend(referent* object) {
    if (object == nullptr) return wire_reference{};
    lent_.emplace_back(object);
    return wire_reference{reference_kind::mine, 1};
}

result<intrusive_ptr<referent>> fake_session::borrow(wire_reference from,
                                                     std::string_view interface_name) {
    asked_for = interface_name;
    if (from.kind == reference_kind::null) return intrusive_ptr<referent>();
    if (from.kind == reference_kind::mine && from.object == 1) return counter();
    return fail(errc::protocol_error, "peer sent no reference");
}

result<std::uint32_t> fake_session::lend_stream(referent* source) {
    lent_.emplace_back(source);
    return 1u;
}

result<intrusive_ptr<referent>> fake_session::borrow_stream(std::uint32_t stream) {
    if (stream == 1) return source();
    return fail(errc::protocol_error, "peer sent no stream");
}

result<void> fake_session::borrow_stream(std::uint32_t, stream_sink&) {
    return fail(errc::unsupported, "this message cannot carry streams");
}

const intrusive_ptr<referent>& counter() {
    static const intrusive_ptr<referent> made = make_counted<fake_object>("Counter");
    return made;
}

const intrusive_ptr<referent>& source() {
    static const intrusive_ptr<referent> made = make_counted<fake_producer>();
    return made;
}

std::vector<sample> all() {
    std::vector<sample> made;
    add_numbers(made);
    add_simple(made);
    add_composed(made);
    add_references(made);
    add_any_scalars(made);
    add_any_composed(made);
    return made;
}

} // namespace beckon::native::samples
