#include "beckon/value/plain.hpp"

#include <algorithm>
#include <cmath>

#include "beckon/value/base64.hpp"
#include "beckon/value/detail/array_builder.hpp"
#include "beckon/value/detail/conversion.hpp"
#include "beckon/value/iso8601.hpp"
#include "value/special_key.hpp"

namespace beckon {

using detail::array_builder;
using detail::form;
using detail::special;

special detail::special_of(const value& map, std::string_view prefix) {
    const auto entries = map.entries();
    if (entries.empty() || entries.size() > 4) return special::none;
    const auto word_of = [&](const map_entry& entry) {
        if (!entry.key.is(value_kind::string)) return special::none;
        std::string_view key = entry.key.string();
        if (!key.starts_with(prefix)) return special::none;
        key.remove_prefix(prefix.size());
        for (std::size_t i = 1; i < std::size(special_words); ++i) {
            if (key == special_words[i]) return static_cast<special>(i);
        }
        return special::none;
    };
    if (entries.size() == 1) {
        const special word = word_of(entries[0]);
        return word == special::variant ? special::none : word;
    }
    for (const map_entry& entry : entries) {
        const special word = word_of(entry);
        if (word == special::reference || word == special::stream) return word;
        if (word == special::variant && entries.size() == 2 && map.find("value") != nullptr &&
            entry.mapped.is(value_kind::string)) {
            return word;
        }
    }
    return special::none;
}

special detail::special_of(const value& map, const plain_options& options) {
    if (options.loose_bytes && map.contains(value(concat(options.prefix, "bytes"))))
        return special::bytes;
    return special_of(map, options.prefix);
}

result<value> detail::read_special(const value& map, special kind, const plain_options& options) {
    if (kind == special::reference || kind == special::stream) {
        if (options.handles == nullptr) {
            return fail(errc::unsupported, "references cannot travel here");
        }
        return options.handles->from_form(map);
    }
    const std::string key = concat(options.prefix, special_words[static_cast<std::size_t>(kind)]);
    const value& content = map[key];
    if (!content.is(value_kind::string)) {
        return fail(errc::parse_error, "expected string as ", quoted(key), ", found ",
                    detail::found_text(content));
    }
    const auto as_value = [](auto&& parsed) -> result<value> {
        if (!parsed) return std::move(parsed).error();
        return value(*std::move(parsed));
    };
    const std::string_view text = content.string();
    switch (kind) {
    case special::bytes:
        return as_value(options.loose_bytes ? base64_decode_loosely(text) : base64_decode(text));
    case special::date: return as_value(parse_date(text));
    case special::time: return as_value(parse_time(text));
    case special::datetime: return as_value(parse_datetime(text));
    default: return as_value(parse_duration(text));
    }
}

namespace {

// Walks down a value, counting. The stack grows with the depth, which is why there is a limit to it.
class walk {
public:
    explicit walk(const plain_options& options)
        : options_(options), depth_left_(std::min(options.max_depth, conversion::max_depth)),
          nodes_left_(options.max_nodes) {}

    error take_failure() { return state_.take_failure(); }

protected:
    bool count() {
        if (nodes_left_ == 0) {
            return state_.fail(
                errc::limit_exceeded,
                concat("value has more than ", options_.max_nodes, " nodes (max_nodes)"));
        }
        --nodes_left_;
        return true;
    }
    bool enter() {
        if (depth_left_ == 0) {
            return state_.fail(errc::limit_exceeded,
                               concat("value nests more than ",
                                      std::min(options_.max_depth, conversion::max_depth),
                                      " deep (max_depth)"));
        }
        --depth_left_;
        return true;
    }
    bool leave() {
        ++depth_left_;
        return true;
    }
    bool refuse(std::string_view what) {
        return state_.fail(errc::unsupported, concat(what, " has no form in plain data"));
    }
    bool take(result<value>&& made, value& into) {
        if (!made) return state_.fail(made.error().code(), made.error().message());
        into = *std::move(made);
        return true;
    }
    std::string key(std::string_view word) const { return concat(options_.prefix, word); }

    const plain_options& options_;
    conversion state_;
    std::size_t depth_left_;
    std::size_t nodes_left_;
};

class plain_maker : public walk {
public:
    using walk::walk;

    bool make(const value& from, value& into) {
        if (!count()) return false;
        switch (from.kind()) {
        case value_kind::null:
        case value_kind::boolean:
        case value_kind::integer:
        case value_kind::string: into = from; return true;
        case value_kind::floating:
            if (!std::isfinite(from.float64())) return refuse(from.to_text());
            into = from;
            return true;
        case value_kind::bytes: return tag("bytes", base64_encode(from.bytes()), into);
        case value_kind::date: return tag("date", to_iso8601(from.date()), into);
        case value_kind::time: return tag("time", to_iso8601(from.time()), into);
        case value_kind::datetime: return tag("datetime", to_iso8601(from.datetime()), into);
        case value_kind::duration: return tag("duration", to_iso8601(from.duration()), into);
        case value_kind::enumeration: into = from.name(); return true;
        case value_kind::list:
        case value_kind::tuple:
        case value_kind::set:
        case value_kind::frozen_set: return make_list(from.items(), into);
        case value_kind::map: return make_map(from.entries(), into);
        case value_kind::record: return make_record(from.fields(), into);
        case value_kind::variant: {
            value content;
            if (!enter() || !make(from.content(), content)) return state_.in_field(from.name());
            into = value::map({{key("case"), from.name()}, {"value", std::move(content)}});
            return leave();
        }
        case value_kind::reference:
        case value_kind::stream:
            if (options_.handles == nullptr) return refuse(from.type_name());
            return take(options_.handles->to_form(from), into);
        default: return refuse(from.type_name());
        }
    }

private:
    bool tag(std::string_view word, std::string&& text, value& into) {
        into = value::map({{key(word), std::move(text)}});
        return true;
    }

    bool make_list(std::span<const value> items, value& into) {
        if (!enter()) return false;
        array_builder builder(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!make(items[i], builder.add())) return state_.in_item(i);
        }
        into = builder.finish(form::list);
        return leave();
    }

    bool make_map(std::span<const map_entry> entries, value& into) {
        const bool string_keys = std::all_of(entries.begin(), entries.end(), [](const auto& entry) {
            return entry.key.is(value_kind::string);
        });
        if (!enter()) return false;
        array_builder builder(string_keys ? entries.size() * 2 : entries.size());
        for (const auto& [entry_key, mapped] : entries) {
            if (string_keys) {
                builder.add() = entry_key;
                if (!make(mapped, builder.add())) return state_.in_entry(entry_key);
            } else {
                value pair_key;
                value pair_mapped;
                if (!enter() || !count() || !make(entry_key, pair_key)) {
                    return state_.in_field("key");
                }
                if (!make(mapped, pair_mapped)) return state_.in_entry(entry_key);
                builder.add() = value::list({std::move(pair_key), std::move(pair_mapped)});
                leave();
            }
        }
        into = builder.finish(string_keys ? form::map : form::list);
        return leave();
    }

    bool make_record(std::span<const record_field> fields, value& into) {
        if (!enter()) return false;
        array_builder builder(fields.size() * 2);
        for (const auto& [name, content] : fields) {
            builder.add() = name;
            if (!make(content, builder.add())) return state_.in_field(name.string());
        }
        into = builder.finish(form::map);
        return leave();
    }
};

class plain_reader : public walk {
public:
    using walk::walk;

    // What has nothing special in it stays shared with what it came from.
    bool read(value& at) {
        if (!count()) return false;
        if (at.is_sequence()) return read_items(at);
        if (at.is(value_kind::map)) {
            const special kind = detail::special_of(at, options_);
            if (kind == special::none) return read_entries(at);
            if (kind == special::variant) return read_variant(at);
            return take(detail::read_special(at, kind, options_), at);
        }
        return true;
    }

private:
    static bool is_leaf(const value& item) {
        return !item.is_sequence() && !item.is(value_kind::map);
    }

    bool read_items(value& at) {
        if (!enter()) return false;
        const auto size = at.size();
        for (std::size_t i = 0; i < size; ++i) {
            if (is_leaf(at[i])) {
                if (!count()) return false;
                continue;
            }
            value item = at[i];
            if (!read(item)) return state_.in_item(i);
            // Items of sets are hashed and can hold no maps, special ones neither.
            if (changed(at[i], item) && (at.is(value_kind::list) || at.is(value_kind::tuple))) {
                at.replace(i, std::move(item));
            }
        }
        return leave();
    }

    bool read_entries(value& at) {
        if (!enter()) return false;
        for (std::size_t i = 0; i < at.size(); ++i) {
            const map_entry& entry = at.entries()[i];
            if (is_leaf(entry.mapped)) {
                if (!count()) return false;
                continue;
            }
            value mapped = entry.mapped;
            if (!read(mapped)) return state_.in_entry(entry.key);
            if (changed(entry.mapped, mapped)) {
                const value entry_key = entry.key;
                at.insert_or_assign(entry_key, std::move(mapped));
            }
        }
        return leave();
    }

    bool read_variant(value& at) {
        const std::string name(at.at(key("case")).string());
        value content = at["value"];
        if (!enter() || !read(content)) return state_.in_field(name);
        at = value::variant(name, std::move(content));
        return leave();
    }

    // Memory shared means nothing changed; anything else has been replaced.
    static bool changed(const value& before, const value& after) {
        if (before.kind() != after.kind()) return true;
        if (before.is_sequence()) return before.items().data() != after.items().data();
        return before.entries().data() != after.entries().data();
    }
};

} // namespace

result<value> to_plain(const value& from, const plain_options& options) {
    plain_maker maker(options);
    value into;
    if (!maker.make(from, into)) return maker.take_failure();
    return into;
}

result<value> from_plain(const value& from, const plain_options& options) {
    plain_reader reader(options);
    value into = from;
    if (!reader.read(into)) return reader.take_failure();
    return into;
}

} // namespace beckon
