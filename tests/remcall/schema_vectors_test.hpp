// The recorded schemas of remcall, and what their entries describe.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include "beckon/schema/remcall/binary.hpp"
#include "beckon/value/convert.hpp"
#include "codec/vector_file_test.hpp"

namespace beckon::vectors {

namespace remcall = schema::remcall;

inline value remcall_section(std::string_view key) {
    return section_of("remcall.json", key, value::list());
}

inline std::string text_of(const value& from) { return std::string(from.string()); }

/// A document as an entry's `description` has it, its declarations in the order of the entry.
class described {
public:
    explicit described(const value& description) {
        for (const value& each : description["types"].items()) {
            const std::string kind = text_of(each["kind"]);
            auto& document = document_;
            const std::string name = text_of(each["name"]);
            if (kind == "enum") declare(name, remcall::kind::enumeration, document.enumerations);
            if (kind == "record") declare(name, remcall::kind::record, document.records);
            if (kind == "interface") declare(name, remcall::kind::interface, document.interfaces);
        }
        document_.label = text_of(description["label"]);
        document_.method_ref_bytes = description["bytes_method_ref"].as<std::uint8_t>();
        document_.object_ref_bytes = description["bytes_object_ref"].as<std::uint8_t>();
        for (const value& each : description["types"].items()) fill(each);
    }

    [[nodiscard]] const remcall::document& document() const { return document_; }

    [[nodiscard]] remcall::type type(std::string_view name) const {
        const bool array = name.ends_with("[]");
        if (array) name.remove_suffix(2);
        remcall::type out;
        if (const auto declared = types_.find(std::string(name)); declared != types_.end()) {
            out = declared->second;
        } else {
            while (to_string(out.kind) != name) {
                out.kind = static_cast<remcall::kind>(static_cast<int>(out.kind) + 1);
                if (out.kind > remcall::kind::datetime) throw std::runtime_error(std::string(name));
            }
        }
        out.array = array;
        return out;
    }

private:
    template <typename Declarations>
    void declare(const std::string& name, remcall::kind kind, Declarations& all) {
        types_[name] = {kind, false, static_cast<std::uint32_t>(all.size())};
        all.emplace_back().name = name;
    }

    std::vector<remcall::member> members(const value& from) const {
        std::vector<remcall::member> out;
        for (const value& each : from.items())
            out.push_back({type(each["type"].string()), text_of(each["name"])});
        return out;
    }

    void fill(const value& from) {
        const remcall::type declared = types_.at(text_of(from["name"]));
        if (declared.kind == remcall::kind::enumeration) {
            for (const value& each : from["values"].items())
                document_.enumerations[declared.index].values.push_back(text_of(each));
        } else if (declared.kind == remcall::kind::record) {
            document_.records[declared.index].fields = members(from["fields"]);
        } else {
            for (const value& each : from["methods"].items()) {
                document_.interfaces[declared.index].methods.push_back(
                    {text_of(each["name"]), members(each["arguments"]),
                     type(each["returns"].string())});
            }
        }
    }

    remcall::document document_;
    std::unordered_map<std::string, remcall::type> types_;
};

} // namespace beckon::vectors
