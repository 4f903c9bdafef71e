#include <algorithm>
#include <unordered_map>

#include "beckon/base/text.hpp"
#include "beckon/base/utf8.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "schema/remcall/format.hpp"
#include "schema/remcall/order.hpp"
#include "schema/remcall/rules.hpp"

namespace beckon::schema::remcall {

namespace {

// The fewest bytes that a thing can take: what a count is held against the limit with.
constexpr std::size_t least_name = 5;
constexpr std::size_t least_member = 4 + least_name;
constexpr std::size_t least_declaration = 1 + 4 + least_name + 4;
constexpr std::size_t least_method = 1 + least_name + 4 + 4;

class reader {
public:
    reader(byte_view input, const read_options& options)
        : input_(input), options_(options), nodes_left_(options.max_nodes) {}

    result<read_schema> run() {
        BECKON_TRY(read_head());
        document& document = out_.document;
        BECKON_TRY(read_all(document.enumerations, counts_[0], enum_tag, kind::enumeration));
        BECKON_TRY(read_all(document.records, counts_[1], record_tag, kind::record));
        BECKON_TRY(read_all(document.interfaces, counts_[2], interface_tag, kind::interface));
        BECKON_TRY(read_digest());
        BECKON_TRY(resolve_all());
        if (const auto broken = find_violation(document, options_.strictness)) {
            return bad(broken->why, offset_of(broken->where), describe(document, broken->where),
                       ": ", broken->message);
        }
        if (options_.strictness == strictness::strict) BECKON_TRY(expect_canonical());
        order_declarations();
        if (document.enumerations.size() + document.records.size() + document.interfaces.size() <
            own_numbers_.size()) {
            // Something is hidden, and it may have been what makes a schema of the rest.
            if (const auto broken = find_violation(document, options_.strictness)) {
                return bad(broken->why, at_, describe(document, broken->where), ": ",
                           broken->message);
            }
        }
        out_.size = at_;
        return std::move(out_);
    }

private:
    /// A declaration's number, and where it was read.
    struct numbered {
        std::int32_t number;
        std::size_t offset;
    };
    /// The number of a type that is used, until all declarations are known.
    using used = numbered;

    template <typename... Parts>
    error bad(reason reason, std::size_t offset, const Parts&... parts) const {
        return schema_failure(errc::parse_error, reason, offset, "remcall schema at byte ", offset,
                              ": ", parts...);
    }
    error over_limit(std::size_t offset, std::string_view limit, std::size_t most) const {
        return schema_failure(errc::limit_exceeded, reason::over_limit, offset,
                              "remcall schema at byte ", offset, ": more than ", most,
                              ", the limit ", limit);
    }

    // The smallest things.

    result<void> expect_room(std::size_t size) const {
        if (size <= options_.max_bytes && at_ <= options_.max_bytes - size) return {};
        return over_limit(at_, "max_bytes", options_.max_bytes);
    }

    result<void> expect(std::size_t size, std::string_view what) const {
        BECKON_TRY(expect_room(size));
        if (size <= input_.size() - at_) return {};
        return bad(reason::truncated, at_, "the schema is cut short: found ", input_.size() - at_,
                   " bytes, expected ", size, " for ", what);
    }

    result<std::string_view> take(std::size_t size, std::string_view what) {
        BECKON_TRY(expect(size, what));
        const std::string_view out = as_text(input_.subspan(at_, size));
        at_ += size;
        return out;
    }

    result<std::uint64_t> read_number(unsigned width, std::string_view what) {
        BECKON_ASSIGN(const std::string_view found, take(width, what));
        std::uint64_t number = 0;
        for (const char each : found) number = number << 8 | static_cast<unsigned char>(each);
        return number;
    }
    result<std::int32_t> read_typeref(std::string_view what) {
        BECKON_ASSIGN(const std::uint64_t number, read_number(4, what));
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(number));
    }

    result<void> read_constant(std::string_view wanted, reason otherwise) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::string_view found, take(wanted.size(), wanted));
        if (found == wanted) return {};
        return bad(otherwise, start, "found ", quoted(found), ", expected ", quoted(wanted));
    }

    result<std::string> read_text(std::string_view what) {
        BECKON_ASSIGN(const std::uint64_t size, read_number(4, concat("the length of ", what)));
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::string_view text, take(static_cast<std::size_t>(size), what));
        if (const std::size_t wrong = utf8_error_offset(text); wrong < text.size()) {
            return bad(reason::not_utf8, start + wrong, what, " is not UTF-8");
        }
        return std::string(text);
    }

    result<std::string> read_name(std::string_view what) {
        const std::size_t start = at_;
        BECKON_ASSIGN(std::string name, read_text(what));
        if (name.size() > options_.max_name_bytes) {
            return over_limit(start, "max_name_bytes", options_.max_name_bytes);
        }
        const std::string wrong = complaint_about_name(name);
        if (wrong.empty()) return name;
        return bad(reason::bad_name, start, what, ": ", wrong);
    }

    /// A count of things that take at least `least` bytes each: more than the limits allow is refused at once.
    result<std::uint32_t> read_count(std::size_t least, std::string_view what) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::uint64_t count, read_number(4, concat("the number of ", what)));
        if (count > nodes_left_) return over_limit(start, "max_nodes", options_.max_nodes);
        nodes_left_ -= static_cast<std::size_t>(count);
        BECKON_TRY(expect_room(static_cast<std::size_t>(count) * least));
        return static_cast<std::uint32_t>(count);
    }

    // The parts.

    result<std::uint8_t> read_width(std::string_view what) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::uint64_t width, read_number(4, what));
        if (is_width(static_cast<std::uint32_t>(width))) return static_cast<std::uint8_t>(width);
        return bad(reason::bad_width, start, what, ": found ", width, ", expected 1, 2, 4 or 8");
    }

    result<void> read_head() {
        BECKON_TRY(read_constant(magic, reason::wrong_magic));
        BECKON_TRY(read_constant(schema_word, reason::wrong_kind));
        document& document = out_.document;
        BECKON_ASSIGN(document.label, read_text("the label"));
        BECKON_ASSIGN(document.method_ref_bytes, read_width("the width of references to methods"));
        BECKON_ASSIGN(document.object_ref_bytes, read_width("the width of references to objects"));
        BECKON_ASSIGN(counts_[0], read_count(least_declaration, "enums"));
        BECKON_ASSIGN(counts_[1], read_count(least_declaration, "records"));
        BECKON_ASSIGN(counts_[2], read_count(least_declaration, "interfaces"));
        return {};
    }

    template <typename Declaration>
    result<void> read_all(std::vector<Declaration>& out, std::uint32_t count, std::uint8_t tag,
                          kind section) {
        for (std::uint32_t i = 0; i < count; ++i) {
            const position where{section, i};
            BECKON_TRY(read_head_of(tag, where));
            note(where);
            BECKON_ASSIGN(std::string name, read_name(concat("the name of ", article(section))));
            out.emplace_back().name = std::move(name);
            BECKON_TRY(read_rest(out.back(), where));
        }
        return {};
    }

    static std::string_view article(kind section) {
        if (section == kind::enumeration) return "an enum";
        return section == kind::record ? "a record" : "an interface";
    }

    result<void> read_head_of(std::uint8_t wanted, const position& where) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::uint64_t tag, read_number(1, "a declaration"));
        if (tag != wanted) {
            return bad(reason::wrong_tag, start, "found the tag ", tag, ", expected ", wanted,
                       " for ", article(where.section));
        }
        const std::size_t offset = at_;
        BECKON_ASSIGN(const std::int32_t number, read_typeref("the number of a type"));
        if (number >= 0 && number < first_declared_number) {
            return bad(reason::number_taken, offset, "a declaration has the number ", number,
                       ", which belongs to ", to_string(static_cast<kind>(number)));
        }
        if (!by_number_.emplace(number, type{where.section, false, where.declaration}).second) {
            return bad(reason::number_taken, offset, "two declarations have the number ", number);
        }
        own_numbers_.push_back({number, offset});
        return {};
    }

    result<void> read_rest(enumeration& out, position where) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::uint64_t count, read_number(4, "the number of values"));
        if (count > max_enum_values) {
            return bad(reason::too_many_values, start, "enum ", quoted(out.name), ": ", count,
                       " values; limit is ", max_enum_values);
        }
        at_ = start;
        BECKON_TRY(read_count(least_name, "values"));
        for (where.member = 0; where.member < count; ++where.member) {
            note(where);
            BECKON_ASSIGN(std::string name, read_name("the name of a value"));
            out.values.push_back(std::move(name));
        }
        return {};
    }

    result<void> read_rest(record& out, position where) {
        BECKON_ASSIGN(const std::uint32_t count, read_count(least_member, "fields"));
        for (where.member = 0; where.member < count; ++where.member) {
            note(where);
            BECKON_TRY(read_member(out.fields.emplace_back(), "a field"));
        }
        return {};
    }

    result<void> read_rest(interface& out, position where) {
        const unsigned width = out_.document.method_ref_bytes;
        BECKON_ASSIGN(const std::uint32_t count, read_count(least_method, "methods"));
        for (where.member = 0; where.member < count; ++where.member) {
            const std::size_t start = at_;
            BECKON_ASSIGN(const std::uint64_t number, read_number(width, "the number of a method"));
            if (number != methods_++ && !odd_method_) odd_method_ = start;
            where.argument = position::none;
            note(where);
            method& method = out.methods.emplace_back();
            BECKON_ASSIGN(method.name, read_name("the name of a method"));
            BECKON_ASSIGN(const std::uint32_t arguments, read_count(least_member, "arguments"));
            for (where.argument = 0; where.argument < arguments; ++where.argument) {
                note(where);
                BECKON_TRY(read_member(method.arguments.emplace_back(), "an argument"));
            }
            BECKON_TRY(read_use("the type of a result"));
        }
        return {};
    }

    result<void> read_member(member& out, std::string_view what) {
        BECKON_TRY(read_use(concat("the type of ", what)));
        BECKON_ASSIGN(out.name, read_name(concat("the name of ", what)));
        return {};
    }

    result<void> read_use(std::string_view what) {
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::int32_t number, read_typeref(what));
        uses_.push_back({number, start});
        return {};
    }

    result<void> read_digest() {
        const digest made = sha256(input_.first(at_));
        const std::size_t start = at_;
        BECKON_ASSIGN(const std::string_view found, take(digest_bytes, "the digest"));
        std::ranges::copy(as_bytes(found), out_.digest.begin());
        if (out_.digest == made) return {};
        return bad(reason::wrong_digest, start, "found the digest ", to_hex(out_.digest),
                   ", but what comes before it has ", to_hex(made));
    }

    // What the numbers mean.

    result<void> resolve_all() {
        std::size_t next = 0;
        document& document = out_.document;
        for (record& record : document.records) {
            for (member& field : record.fields) BECKON_TRY(resolve(field.type, uses_[next++]));
        }
        for (interface& interface : document.interfaces) {
            for (method& method : interface.methods) {
                for (member& each : method.arguments) BECKON_TRY(resolve(each.type, uses_[next++]));
                BECKON_TRY(resolve(method.result, uses_[next++]));
            }
        }
        return {};
    }

    /// What a positive number stands for.
    [[nodiscard]] std::optional<type> positive(std::int64_t number) const {
        if (number >= 0 && number < first_declared_number) {
            return type{static_cast<kind>(number), false, 0};
        }
        const auto found = number > INT32_MAX ? by_number_.end()
                                              : by_number_.find(static_cast<std::int32_t>(number));
        if (found == by_number_.end()) return std::nullopt;
        return found->second;
    }

    result<void> resolve(type& out, const used& use) const {
        if (use.number < 0) {
            // Each declared number has its array below zero, whoever else may claim that number.
            if (const auto element = positive(-std::int64_t{use.number})) {
                out = *element;
                out.array = true;
                return {};
            }
        }
        if (const auto found = positive(use.number)) {
            out = *found;
            return {};
        }
        return bad(reason::unknown_type, use.offset, "found the type number ", use.number,
                   ", which nothing has");
    }

    // Order and numbers.

    [[nodiscard]] const numbered& own_number(kind section, std::uint32_t index) const {
        std::size_t at = index;
        if (section != kind::enumeration) at += out_.document.enumerations.size();
        if (section == kind::interface) at += out_.document.records.size();
        return own_numbers_[at];
    }

    template <typename Declaration>
    result<void> expect_sorted(const std::vector<Declaration>& all, kind section) const {
        for (std::uint32_t i = 1; i < all.size(); ++i) {
            if (all[i - 1].name < all[i].name) continue;
            return bad(reason::not_canonical, offset_of({section, i}), to_string(section), " ",
                       all[i].name, " stands behind ", all[i - 1].name,
                       ", expected them in order of their names");
        }
        return {};
    }

    result<void> expect_canonical() const {
        const document& document = out_.document;
        BECKON_TRY(expect_sorted(document.enumerations, kind::enumeration));
        BECKON_TRY(expect_sorted(document.records, kind::record));
        BECKON_TRY(expect_sorted(document.interfaces, kind::interface));
        std::int64_t expected = first_declared_number;
        for (const numbered& own : own_numbers_) {
            if (own.number != expected) {
                return bad(reason::not_canonical, own.offset, "a declaration has the number ",
                           own.number, ", expected ", expected);
            }
            ++expected;
        }
        if (!odd_method_) return {};
        return bad(reason::not_canonical, *odd_method_,
                   "the number of a method, expected them to count from 0 in the order that they "
                   "stand in");
    }

    /// Into canonical order, without declarations that the arrays of others hide.
    void order_declarations() {
        document& document = out_.document;
        const auto visible = [&](order all, kind section) {
            std::erase_if(all, [&](std::uint32_t index) {
                const std::int64_t number = own_number(section, index).number;
                return number < 0 && positive(-number);
            });
            return all;
        };
        const order enumerations = visible(sorted_order(document.enumerations), kind::enumeration);
        const order records = visible(sorted_order(document.records), kind::record);
        const order interfaces = visible(sorted_order(document.interfaces), kind::interface);
        rearrange(document, enumerations, records, interfaces);
    }

    /// Where the next thing to be read is; asked for only where it breaks a rule.
    void note(const position& where) { offsets_.emplace_back(where, at_); }

    [[nodiscard]] std::size_t offset_of(const position& where) const {
        for (const auto& [place, offset] : offsets_) {
            if (place == where) return offset;
        }
        return at_; // the schema as a whole: known when all of it was read
    }

    byte_view input_;
    const read_options& options_;
    std::size_t nodes_left_;
    std::size_t at_ = 0;
    std::uint32_t counts_[3] = {};
    std::unordered_map<std::int32_t, type> by_number_;
    std::vector<numbered> own_numbers_; // in the order of reading
    std::vector<used> uses_;            // likewise
    std::vector<std::pair<position, std::size_t>> offsets_;
    std::uint64_t methods_ = 0;
    std::optional<std::size_t> odd_method_;
    read_schema out_;
};

} // namespace

result<read_schema> read(byte_view input, const read_options& options) {
    return reader(input, options).run();
}

bool is_binary(byte_view input) noexcept {
    return as_text(input.first(std::min(input.size(), magic.size()))) == magic;
}

} // namespace beckon::schema::remcall
