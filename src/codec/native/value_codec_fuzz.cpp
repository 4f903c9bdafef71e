// Feeds arbitrary bytes to the readers of the native codec. The first byte chooses: `any`, or a type of a small
// schema. What is read must be writable, and read back as the same.
#include <cstdlib>
#include <string_view>

#include "beckon/base/assert.hpp"
#include "beckon/codec/native/dynamic.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "beckon/schema/parse.hpp"

namespace {

using namespace beckon;

constexpr std::string_view declarations = R"(
enum Mood { calm, busy, broken = 7 }
record Point { float64 x; float64 y; }
record Item { string name; int64 count; list<string> tags; optional<Point> at; Mood mood; }
record Tree { string label; list<Tree> branches; int32 weight = 1; }
record LaterSettings {
  string name; int32 retries = 3; float32 factor = 0.5; list<float64> weights = [1, 2.5];
  optional<string> note = null; Mood mood = busy; duration pause = 250ms;
}
record Everything {
  bool flag; int8 i8; uint8 u8; int16 i16; uint16 u16; int32 i32; uint32 u32; int64 i64; uint64 u64;
  float32 f32; float64 f64; string text; bytes raw; date day; time clock; datetime moment;
  duration length; any free;
}
record Probe {
  any it; Item item; Tree tree; list<Item> items; map<string, list<int16>> shorts;
  map<int64, optional<Point>> points; tuple<uint8, list<string>, duration> tuple;
  variant<a: Mood, b: string, c: list<Point>, d: bytes> variant; list<any> anys;
  list<tuple<bool, date, time, datetime>> moments; list<float64> reals; list<uint8> small;
  bool flag; int8 i8; uint8 u8; int16 i16; uint16 u16; int32 i32; uint32 u32; int64 i64; uint64 u64;
  float32 f32; float64 f64; string text; bytes raw; date day; time clock; datetime when;
  duration length; Mood mood; optional<int32> maybe; list<string> texts; list<bool> flags;
  list<int16> shorter; list<float32> halves; list<uint64> wide; list<list<int64>> table;
  map<string, int64> numbers; map<int32, list<string>> lists; variant<a: int64, b: string> either;
  Point point; LaterSettings later; Everything everything;
}
)";

const schema::document& document() {
    static const schema::document parsed = [] {
        auto outcome = schema::parse(declarations, "fuzz");
        BECKON_ASSERT(outcome.has_value(), "the schema is right");
        return std::move(outcome).value();
    }();
    return parsed;
}

value read(byte_view message, const schema::type& type, bool& failed) {
    limits limits;
    limits.max_depth = 200;
    limits.max_nodes = 100'000;
    native::reader in(message, limits);
    value made;
    if (type.kind == schema::kind::any) {
        native::codec<value>::read(in, made);
    } else {
        made = native::read_typed(in, document(), type);
    }
    failed = in.failed();
    return made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size == 0) return 0;
    const auto& fields = document().find_record("Probe")->fields;
    const schema::type& type = fields[input[0] % fields.size()].type;
    const byte_view message(reinterpret_cast<const std::byte*>(input + 1), size - 1);
    bool failed = false;
    const value first = read(message, type, failed);
    if (failed) return 0;
    buffer out;
    native::writer to(out);
    native::write_typed(to, document(), type, first);
    if (to.failed()) std::abort();
    // Defaults filled in and wide numbers made small can only take the message nearer to its limits, never over.
    const value second = read(out.view(), type, failed);
    if (!failed && !(second == first)) std::abort();
    return 0;
}
