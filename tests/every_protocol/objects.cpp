#include "every_protocol/objects.hpp"

#include <limits>
#include <stdexcept>
#include <utility>

#include "beckon/object/dynamic.hpp"
#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/dynamic_servant.hpp"
#include "beckon/object/object_builder.hpp"

namespace every_protocol {

namespace {

using beckon::call_arguments;
using beckon::value;

class counter {
public:
    explicit counter(std::int64_t start) : now_(start) {}
    std::int64_t increment(std::int64_t by) { return now_ += by; }

private:
    std::int64_t now_;
};

beckon::ref<Counter> make_counter(std::int64_t start) {
    return beckon::make_ref<Counter>(std::make_shared<counter>(start));
}

beckon::stream<std::int64_t> counted(std::int64_t n) {
    for (std::int64_t i = 1; i <= n; ++i) co_yield i;
}

bool is_hurried() {
    const auto* const call = beckon::current_call();
    return call != nullptr && call->deadline != beckon::never;
}

std::string metadata_of(const std::string& key) {
    const auto* const call = beckon::current_call();
    if (call == nullptr || call->metadata == nullptr) return {};
    for (const auto& [name, text] : *call->metadata) {
        if (name == key) return text;
    }
    return {};
}

std::string slept(std::int64_t milliseconds) {
    beckon::this_call::sleep_for(std::chrono::milliseconds(milliseconds));
    return beckon::concat("slept ", milliseconds, " ms");
}

std::int64_t sum_of(beckon::stream<std::int64_t> numbers) {
    std::int64_t sum = 0;
    for (const std::int64_t each : numbers) sum += each;
    return sum;
}

/// What all methods do that give back what they are given.
struct every {
    void nothing() {}
    bool truth(bool it) { return it; }
    std::int8_t int8(std::int8_t it) { return it; }
    std::int16_t int16(std::int16_t it) { return it; }
    std::int32_t int32(std::int32_t it) { return it; }
    std::int64_t int64(std::int64_t it) { return it; }
    std::uint8_t uint8(std::uint8_t it) { return it; }
    std::uint16_t uint16(std::uint16_t it) { return it; }
    std::uint32_t uint32(std::uint32_t it) { return it; }
    std::uint64_t uint64(std::uint64_t it) { return it; }
    float float32(float it) { return it; }
    double float64(double it) { return it; }
    std::string text(std::string it) { return it; }
    beckon::bytes octets(beckon::bytes it) { return it; }
    beckon::date day(beckon::date it) { return it; }
    beckon::time_of_day clock(beckon::time_of_day it) { return it; }
    beckon::datetime moment(beckon::datetime it) { return it; }
    beckon::duration length(beckon::duration it) { return it; }
    Mood mood(Mood it) { return it; }
    Point point(Point it) { return it; }
    std::optional<std::int64_t> maybe(std::optional<std::int64_t> it) { return it; }
    std::vector<std::int64_t> numbers(std::vector<std::int64_t> it) { return it; }
    std::map<std::string, std::int64_t> counts(std::map<std::string, std::int64_t> it) {
        return it;
    }
    std::map<std::int64_t, std::string> names(std::map<std::int64_t, std::string> it) { return it; }
    std::tuple<std::int64_t, std::string> pair(std::tuple<std::int64_t, std::string> it) {
        return it;
    }
    NumberOrText either(NumberOrText it) { return it; }
    value anything(value it) { return it; }
    value make(const std::string& which) { return made_value(which); }
    beckon::ref<Counter> lend(std::int64_t start) { return make_counter(start); }
    std::int64_t use(const beckon::ref<Counter>& counter, std::int64_t by) {
        return counter->increment(by);
    }
    beckon::ref<Counter> back(beckon::ref<Counter> it) { return it; }
    void lack(std::int64_t wanted, std::int64_t available) { throw TooFew{wanted, available}; }
    void fail(const std::string& message) { throw std::runtime_error(message); }
    beckon::stream<std::int64_t> count(std::int64_t n) { return counted(n); }
    std::int64_t total(beckon::stream<std::int64_t> numbers) { return sum_of(std::move(numbers)); }
    bool hurried() { return is_hurried(); }
    std::string told(const std::string& key) { return metadata_of(key); }
    std::string sleep(std::int64_t milliseconds) { return slept(milliseconds); }
};

[[noreturn]] value lacking(const value& wanted, const value& available) {
    beckon::throw_error(beckon::declared_error(
        "TooFew", value::map({{"wanted", wanted}, {"available", available}})));
}

constexpr const char* echoing[] = {
    "truth",   "int8",    "int16",   "int32",  "int64", "uint8", "uint16", "uint32",   "uint64",
    "float32", "float64", "text",    "octets", "day",   "clock", "moment", "length",   "mood",
    "point",   "maybe",   "numbers", "counts", "names", "pair",  "either", "anything", "back"};

} // namespace

value made_value(std::string_view which) {
    if (which == "infinity") return std::numeric_limits<double>::infinity();
    return value::integer("-340282366920938463463374607431768211456").value();
}

beckon::ref<Every> typed_object() { return beckon::make_ref<Every>(std::make_shared<every>()); }

namespace {
beckon::dynamic_interface interface_at_run_time() {
    return beckon::dynamic_interface::create(beckon::describe_interface<Every>(), "Every").value();
}
} // namespace

beckon::object object_by_schema() {
    beckon::dynamic_handlers handlers;
    for (const char* const name : echoing)
        handlers[name] = [](const call_arguments& given) { return given[0]; };
    handlers["nothing"] = [](const call_arguments&) { return value(); };
    handlers["make"] = [](const call_arguments& given) {
        return made_value(given["which"].string());
    };
    handlers["lend"] = [](const call_arguments& given) {
        return value(make_counter(given["start"].as<std::int64_t>()));
    };
    handlers["use"] = [](const call_arguments& given) {
        return value(
            given["counter"].as<beckon::ref<Counter>>()->increment(given["by"].as<std::int64_t>()));
    };
    handlers["lack"] = [](const call_arguments& given) {
        return lacking(given["wanted"], given["available"]);
    };
    handlers["fail"] = [](const call_arguments& given) -> value {
        throw std::runtime_error(given["message"].as<std::string>());
    };
    handlers["count"] = [](const call_arguments& given) {
        return value(counted(given["n"].as<std::int64_t>()));
    };
    handlers["total"] = [](const call_arguments& given) {
        return value(sum_of(given["numbers"].as<beckon::stream<std::int64_t>>()));
    };
    handlers["hurried"] = [](const call_arguments&) { return value(is_hurried()); };
    handlers["told"] = [](const call_arguments& given) {
        return value(metadata_of(given["key"].as<std::string>()));
    };
    handlers["sleep"] = [](const call_arguments& given) {
        return value(slept(given["milliseconds"].as<std::int64_t>()));
    };
    return beckon::make_dynamic_object(interface_at_run_time(), std::move(handlers)).value();
}

beckon::object built_object() {
    beckon::object_builder made("Every");
    for (const char* const name : echoing) made.method(name, [](value it) { return it; }, {"it"});
    made.method("nothing", [] {});
    made.method("make", [](const std::string& which) { return made_value(which); }, {"which"});
    made.method("lend", [](std::int64_t start) { return make_counter(start); }, {"start"});
    made.method(
        "use",
        [](const beckon::ref<Counter>& counter, std::int64_t by) { return counter->increment(by); },
        {"counter", "by"});
    made.method("lack",
                [](const value& wanted, const value& available) { lacking(wanted, available); },
                {"wanted", "available"});
    made.method("fail", [](const std::string& message) { throw std::runtime_error(message); },
                {"message"});
    made.method("count", [](std::int64_t n) { return counted(n); }, {"n"});
    made.method("total",
                [](const beckon::dynamic& numbers) {
                    if (numbers.kind() == beckon::value_kind::stream)
                        return sum_of(numbers.as<beckon::stream<std::int64_t>>());
                    std::int64_t sum = 0; // RPyC's iterator, pyrpc's list
                    for (const beckon::dynamic& each : numbers) sum += each.as<std::int64_t>();
                    return sum;
                },
                {"numbers"});
    made.method("hurried", [] { return is_hurried(); });
    made.method("told", [](const std::string& key) { return metadata_of(key); }, {"key"});
    made.method("sleep", [](std::int64_t milliseconds) { return slept(milliseconds); },
                {"milliseconds"});
    return made.build();
}

beckon::object described_object() {
    return beckon::make_typed_object(interface_at_run_time(), built_object()).value();
}

} // namespace every_protocol
