#include "beckon/codec/basic/serializers.hpp"

#include <functional>
#include <map>

#include "beckon/value/convert.hpp"
#include "codec/vector_file_test.hpp"

namespace beckon::basic {
namespace {

using vectors::from_hex;

value shown(std::string text) { return value(std::move(text)); }
value shown(bool flag) { return value(flag); }
value shown(std::unsigned_integral auto number) requires(!std::same_as<decltype(number), bool>) {
    return value(number);
}
value shown(const beckon::bytes& content) { return value::map({{"hex", to_hex(content)}}); }
template <typename T>
value shown(const std::vector<T>& items);
template <typename... Ts>
value shown(const std::tuple<Ts...>& items) {
    if constexpr (sizeof...(Ts) == 0) {
        return {};
    } else {
        value made = value::list();
        std::apply([&](const auto&... each) { (made.push_back(shown(each)), ...); }, items);
        return made;
    }
}
template <typename T>
value shown(const std::vector<T>& items) {
    value made = value::list();
    for (const T& each : items) made.push_back(shown(each));
    return made;
}

/// What a form does with the vectors' values and bytes.
struct helper {
    /// The whole of the bytes and how many are left over; the error where it fails.
    std::function<result<std::pair<value, std::size_t>>(byte_view)> read;
    std::function<result<beckon::bytes>(const value& arguments)> write;
};

template <typename Form>
result<beckon::bytes> written(const Form& form, const auto& from) {
    buffer out;
    BECKON_TRY(form.write(out, from));
    return beckon::bytes(out.view().begin(), out.view().end());
}

template <typename Form>
std::function<result<std::pair<value, std::size_t>>(byte_view)> reads(Form form) {
    return [form](byte_view content) -> result<std::pair<value, std::size_t>> {
        cursor from(content);
        BECKON_ASSIGN(auto read, form.read(from));
        return std::pair{shown(std::move(read)), from.left()};
    };
}

/// Integers beyond what C++ has stand in the vectors, too; they are as much too big as the largest.
result<beckon::bytes> write_integer(const auto& form, const value& from) {
    if (from.is_int64()) return written(form, from.int64());
    if (from.is_uint64()) return written(form, from.uint64());
    return overflow(from.is_negative());
}

template <typename Form>
helper integer(Form form) {
    return {reads(form), [form](const value& from) { return write_integer(form, from[0]); }};
}

beckon::bytes content_of(const value& from) { return from_hex(from["hex"].string()); }

const std::map<std::string, helper>& helpers() {
    static const std::map<std::string, helper> all = [] {
        std::map<std::string, helper> made;
        made["u8"] = integer(u8);
        made["u16"] = integer(u16);
        made["u32"] = integer(u32);
        made["u64"] = integer(u64);
        made["bool"] = {reads(boolean),
                        [](const value& from) { return written(boolean, from[0].boolean()); }};
        made["str"] = {reads(str),
                       [](const value& from) { return written(str, from[0].string()); }};
        made["bytes"] = {reads(basic::bytes), [](const value& from) {
                             return written(basic::bytes, byte_view(content_of(from[0])));
                         }};
        constexpr auto words = array(u32);
        made["array(u32)"] = {reads(words), [](const value& from) {
                                  return written(array(u32),
                                                 from[0].as<std::vector<std::uint64_t>>());
                              }};
        made["array(str)"] = {reads(array(str)), [](const value& from) {
                                  return written(array(str),
                                                 from[0].as<std::vector<std::string>>());
                              }};
        made["array(array(u16))"] = {reads(array(array(u16))), [](const value& from) {
                                         return written(
                                             array(array(u16)),
                                             from[0].as<std::vector<std::vector<std::uint16_t>>>());
                                     }};
        made["fixed(3,u32)"] = {reads(fixed(3, u32)), [](const value& from) {
                                    return written(fixed(3, u32),
                                                   from[0].as<std::vector<std::uint32_t>>());
                                }};
        made["fixed(0,u32)"] = {reads(fixed(0, u32)), [](const value& from) {
                                    return written(fixed(0, u32),
                                                   from[0].as<std::vector<std::uint32_t>>());
                                }};
        constexpr auto row = seq(u32, u16, str);
        made["seq(u32,u16,str)"] = {
            reads(row), [row](const value& from) -> result<beckon::bytes> {
                // C++ counts the arguments when it compiles.
                if (from.size() != 3) return wrong_count(3, from.size());
                return written(row, std::tuple(from[0].int64(), from[1].int64(), from[2].string()));
            }};
        made["seq()"] = {reads(seq()), [](const value&) { return written(seq(), std::tuple<>()); }};
        made["seq(u32,u16)"] = {
            reads(seq(u32, u16)), [](const value& from) {
                return written(seq(u32, u16), std::tuple(from[0][0].int64(), from[0][1].int64()));
            }};
        made["seq(u32,str)"] = {reads(seq(u32, str)), {}};
        made["array(seq(u16,str))"] = {reads(array(seq(u16, str))), [](const value& from) {
                                           std::vector<std::tuple<std::int64_t, std::string>> rows;
                                           for (const value& each : from[0].items())
                                               rows.emplace_back(each[0].int64(), each[1].string());
                                           return written(array(seq(u16, str)), rows);
                                       }};
        made["nothing"] = {reads(nothing),
                           [](const value&) { return written(nothing, std::tuple<>()); }};
        return made;
    }();
    return all;
}

/// "u8 only" is u8 for a whole payload.
std::string form_in(std::string_view schema) {
    const std::size_t end = schema.find(' ');
    return std::string(schema.substr(0, end));
}
bool wants_all(const value& entry) {
    const std::string_view schema = entry["schema"].string();
    return schema.find(" only") != std::string_view::npos ||
           (!entry.contains("rest_hex") && schema.find("array") != 0 && schema.find("fixed") != 0);
}

TEST(basic_serializers, every_vector_is_written_and_read) {
    const value entries = vectors::section_of("basic-socket-rpc.json", "serializers", value());
    ASSERT_EQ(entries.size(), 129u);
    for (const value& entry : entries.items()) {
        const std::string schema(entry["schema"].string());
        SCOPED_TRACE(concat(entry["op"].string(), ' ', schema, ' ', entry["hex"].to_text()));
        const auto found = helpers().find(form_in(schema));
        ASSERT_NE(found, helpers().end());
        if (entry["op"] == value("serialize")) {
            // Half of a surrogate pair is no text here, and the file's reader has replaced it: these are its bytes.
            const bool is_surrogate = entry["error"] == value("UnicodeEncodeError");
            const auto made = is_surrogate ? written(str, std::string_view("\xed\xa0\x80"))
                                           : found->second.write(entry["args"]);
            if (entry.contains("error")) {
                ASSERT_FALSE(made);
                EXPECT_EQ(made.error().type_name(),
                          is_surrogate ? "builtins.UnicodeError"
                                       : concat("builtins.", entry["error"].string()));
            } else {
                ASSERT_TRUE(made) << made.error().to_string();
                EXPECT_EQ(to_hex(*made), entry["hex"].string());
            }
            continue;
        }
        const beckon::bytes content = from_hex(entry["hex"].string());
        const auto read = found->second.read(content);
        // "int_from_le_bytes_N" alone lets further bytes pass, and so hides a result of another form.
        const bool lenient = schema.starts_with('u') && schema.ends_with(" only");
        if (!read || entry.contains("error") || (wants_all(entry) && !lenient)) {
            const bool fails = !read || (wants_all(entry) && read->second != 0);
            EXPECT_EQ(fails, entry.contains("error"));
            if (!read) {
                EXPECT_EQ(read.error().code(), errc::schema_mismatch);
            }
            if (fails) continue;
        }
        EXPECT_EQ(read->first, entry["value"]);
        if (entry.contains("rest_hex")) {
            EXPECT_EQ(read->second * 2, entry["rest_hex"].string().size());
        }
    }
}

TEST(basic_serializers, misfits_tell_where_what_was_expected_and_what_was_found) {
    const auto misfit = [](const auto& form, std::string_view hex) {
        const beckon::bytes content = from_hex(hex);
        const auto read = read_all(form, content);
        return read ? std::string("none") : read.error().message();
    };
    EXPECT_EQ(misfit(seq(u32, u32), "0100000002"),
              "at byte 4: expected u32 of 4 bytes, found 1 byte");
    EXPECT_EQ(misfit(str, "05000000616263"), "at byte 4: expected str of 5 bytes, found 3 bytes");
    EXPECT_EQ(misfit(str, "0100"),
              "at byte 0: expected the length of str of 4 bytes, found 2 bytes");
    EXPECT_EQ(misfit(str, "0300000061ff62"),
              "at byte 5: expected str of utf-8, found ff, which is none");
    EXPECT_EQ(misfit(array(u16), "06000000020000000100"),
              "at byte 10: expected u16 of 2 bytes, found 0 bytes");
    EXPECT_EQ(misfit(array(u16), "0800000001000000"
                                 "01000200"),
              "at byte 10: expected the end of array, found 2 bytes more");
    EXPECT_EQ(misfit(u8, "0102"),
              "at byte 1: expected the end of what was agreed on, found 1 byte more");
    EXPECT_EQ(misfit(optional(u8), "06000000020000000102"),
              "at byte 0: expected an array of 0 or 1 elements, found 2");
}

TEST(basic_serializers, what_costs_its_sender_nothing_is_limited) {
    const beckon::bytes empty_ones = from_hex("04000000ffffffff");
    const auto read = read_all(array(seq()), empty_ones);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), errc::limit_exceeded);
    EXPECT_TRUE(read_all(array(seq()), from_hex("0400000000040000")));
    // Elements that have bytes end where the bytes do.
    EXPECT_EQ(read_all(array(u8), from_hex("05000000ffffffff01")).error().code(),
              errc::schema_mismatch);
}

TEST(basic_serializers, conventions_read_back_what_they_wrote) {
    const auto round = [](const auto& form, const auto& from) {
        buffer out;
        EXPECT_TRUE(form.write(out, from));
        return *read_all(form, out.view());
    };
    EXPECT_EQ(round(i16, -2), -2);
    EXPECT_EQ(to_hex(*written(i16, -2)), "feff");
    EXPECT_EQ(round(f64, 0.1), 0.1);
    EXPECT_EQ(to_hex(*written(f32, 1.0F)), "0000803f");
    EXPECT_EQ(round(optional(str), std::optional<std::string>("x")), "x");
    EXPECT_EQ(round(optional(u8), std::optional<int>()), std::nullopt);
    const std::map<std::string, std::uint32_t> counts{{"a", 1}, {"b", 2}};
    EXPECT_EQ(round(map(str, u32), counts), counts);
    EXPECT_FALSE(written(i8, 128));
    EXPECT_FALSE(written(str, std::string("\xff")));
}

} // namespace
} // namespace beckon::basic
