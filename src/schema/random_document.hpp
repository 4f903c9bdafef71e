// Sound documents by seed, for round trips.
#pragma once

#include <string>

#include "beckon/base/text.hpp"
#include "beckon/schema/schema.hpp"
#include "schema/test_support.hpp"

namespace beckon::schema {

class random_document {
public:
    explicit random_document(std::uint64_t seed) : dice_(seed) {}

    document make() {
        if (dice_.roll(2) == 0)
            out_.label = "label \"" + std::to_string(dice_.roll(100)) + "\" \xc3\xa4";
        if (dice_.roll(2) == 0) out_.cpp_namespace = "a.b_c";
        if (dice_.roll(3) == 0) out_.method_ref_bytes = 8;
        out_.doc = doc();
        declare(out_.enumerations, "E");
        declare(out_.records, "R");
        declare(out_.exceptions, "X");
        declare(out_.interfaces, "I");
        for (enumeration& enumeration : out_.enumerations) fill(enumeration);
        for (std::size_t i = 0; i < out_.records.size(); ++i) fill(out_.records[i], i);
        for (record& exception : out_.exceptions) fill(exception, out_.records.size());
        for (interface& interface : out_.interfaces) fill(interface);
        return std::move(out_);
    }

private:
    template <typename Declaration>
    void declare(std::vector<Declaration>& into, std::string_view prefix) {
        const std::size_t count = dice_.roll(4);
        for (std::size_t i = 0; i < count; ++i) {
            // Not in the order of the alphabet, so that sorting has something to do.
            Declaration declaration;
            declaration.name = concat(prefix, static_cast<char>('z' - i));
            declaration.doc = doc();
            into.push_back(std::move(declaration));
        }
    }

    std::string doc() {
        constexpr std::string_view docs[] = {"", "", "One line.", "Two\n  lines.",
                                             "A\n\nB \xe2\x82\xac"};
        return std::string(docs[dice_.roll(5)]);
    }

    void fill(enumeration& out) {
        std::int32_t number = static_cast<std::int32_t>(dice_.roll(3)) - 1;
        for (std::size_t i = 0, count = dice_.roll(5); i < count; ++i) {
            out.enumerators.push_back({concat("v", i), number, doc()});
            number += dice_.roll(3) == 0 ? 7 : 1;
        }
    }

    /// Records hold by value only those before them.
    void fill(record& out, std::size_t known_records) {
        bool defaulted = false;
        for (std::size_t i = 0, count = dice_.roll(6); i < count; ++i) {
            field field;
            field.name = concat("f", i);
            field.type = any_type(3, known_records);
            field.doc = doc();
            if (defaulted || dice_.roll(4) == 0) {
                field.default_value = default_of(field.type);
                if (field.default_value.empty() && defaulted) break;
                defaulted = defaulted || !field.default_value.empty();
            }
            out.fields.push_back(std::move(field));
        }
    }

    void fill(interface& out) {
        for (std::size_t i = 0, count = dice_.roll(4); i < count; ++i) {
            method method;
            method.name = concat("m", i);
            method.doc = doc();
            method.idempotent = dice_.roll(4) == 0;
            method.oneway = dice_.roll(4) == 0;
            for (std::size_t p = 0, parameters = dice_.roll(4); p < parameters; ++p) {
                type type = any_type(3, out_.records.size());
                if (!method.oneway && dice_.roll(5) == 0) type = {kind::stream, {}, {type}, {}};
                method.parameters.push_back({concat("p", p), std::move(type), {}, doc()});
            }
            if (!method.oneway && dice_.roll(3) > 0) {
                method.result = any_type(3, out_.records.size());
            }
            for (const record& exception : out_.exceptions) {
                if (!method.oneway && dice_.roll(3) == 0) method.raises.push_back(exception.name);
            }
            if (dice_.roll(5) == 0) method.command = static_cast<std::uint16_t>(100 * (i + 1));
            out.methods.push_back(std::move(method));
        }
    }

    type any_type(std::size_t depth, std::size_t known_records) {
        const std::size_t choice = dice_.roll(depth == 0 ? 22 : 28);
        if (choice < 18) return {static_cast<kind>(choice + 1), {}, {}, {}};
        if (choice == 18 && !out_.enumerations.empty()) {
            return {kind::enumeration, name_in(out_.enumerations), {}, {}};
        }
        if (choice == 19 && known_records > 0) {
            return {kind::record, out_.records[dice_.roll(known_records)].name, {}, {}};
        }
        if (choice == 20 && !out_.interfaces.empty()) {
            return {kind::interface, name_in(out_.interfaces), {}, {}};
        }
        const auto inner = [&](std::size_t records) { return any_type(depth - 1, records); };
        switch (choice) {
        case 22: return {kind::optional, {}, {inner(out_.records.size())}, {}};
        case 23: return {kind::list, {}, {inner(out_.records.size())}, {}};
        case 24:
            return {kind::map, {}, {{kind::string, {}, {}, {}}, inner(out_.records.size())}, {}};
        case 25: return {kind::tuple, {}, {inner(known_records), inner(known_records)}, {}};
        case 26:
            return {kind::variant, {}, {inner(known_records), inner(known_records)}, {"a", "b"}};
        default: return {kind::bytes, {}, {}, {}};
        }
    }

    template <typename Declarations>
    std::string name_in(const Declarations& declarations) {
        return declarations[dice_.roll(declarations.size())].name;
    }

    std::string default_of(const type& type) {
        switch (type.kind) {
        case kind::boolean: return "true";
        case kind::string: return "\"x\\n\"";
        case kind::bytes: return "\"\\xff\"";
        case kind::float32:
        case kind::float64: return "0.5";
        case kind::duration: return "250ms";
        case kind::list: return "[]";
        case kind::map: return "{}";
        case kind::optional:
        case kind::any: return "null";
        case kind::enumeration: {
            const auto& values = out_.find_enumeration(type.name)->enumerators;
            return values.empty() ? "" : values.back().name;
        }
        default:
            return type.kind >= kind::int8 && type.kind <= kind::uint64
                       ? std::to_string(dice_.roll(100))
                       : "";
        }
    }

    dice dice_;
    document out_;
};

} // namespace beckon::schema
