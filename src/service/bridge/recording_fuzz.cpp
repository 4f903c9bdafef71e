// Arbitrary recordings: they are read or refused by a line, and what was read can be told by every protocol.
#include "beckon/base/assert.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/schema/parse.hpp"
#include "service/bridge/recording_file.hpp"
#include "service/bridge/replay_comparison.hpp"
#include "service/bridge/told_recording.hpp"
#include "service/named_protocol.hpp"

namespace {

/// What remcall's recordings of the corpus were made by.
constexpr std::string_view remcall_schema = R"(
enum Mood { calm, busy, broken }
interface Counter { int64 increment(int64 by); int64 value(); }
interface Listener { void onEvent(int64 sequence, string text); }
interface Main {
  int64 add(int64 a, int64 b); string concat(string a, string b); void fail(string message);
  string sleep(int64 milliseconds); Counter makeCounter(int64 start); int64 liveObjects();
  int64 callBack(Listener listener, int64 times);
  void subscribe(Listener listener, int64 times, int64 intervalMs);
  int64 nest(Main peer, int64 depth); Mood mood(Mood mood); float64 half(float64 number); string whoami();
}
)";

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon;
    static const auto inside = context::standard();
    static const auto types =
        std::make_shared<const schema::document>(schema::parse(remcall_schema, "main.bk").value());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = parse_recording(text);
    if (!read) {
        BECKON_ASSERT(read.error().message().starts_with("line "), "it says where");
        return 0;
    }
    for (const recorded_conversation& each : read->conversations) {
        const auto where = io::parse_endpoint(each.endpoint);
        if (!where) continue;
        const named_protocol* const spoken = named(where->protocol);
        if (spoken == nullptr || spoken->tells == nullptr) continue;
        auto tells = spoken->tells({*inside, *where, types});
        if (!tells) continue;
        const auto told = tell(each, tells->get());
        if (!told) {
            BECKON_ASSERT(told.error().message().starts_with("line "), "it says where");
            continue;
        }
        if (told->is_raw) continue;
        other_names names;
        names.bind(told_name::object, as_bytes("x"), as_bytes("y"));
        const replay_comparison by({});
        for (const auto& entry : told->entries) {
            BECKON_ASSERT(!by.differ(entry.said.content, entry.said.content, &names),
                          "what is said is the same as itself");
            if (entry.recorded->who == speaker::client)
                static_cast<void>((*tells)->renamed(entry.content, names));
        }
    }
    return 0;
}
