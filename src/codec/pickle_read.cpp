// What a pickle's machine made, as a value: each object once, after all that it holds. Without recursion, since a pickle may
// nest as deep as it is long before its depth is known.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "codec/pickle_machine.hpp"

namespace beckon::pickle {

namespace {

/// How far an object has come.
struct progress {
    enum class stage : std::uint8_t { untouched, under_way, done };
    value made;
    // With all that it holds, shared parts counted at each place.
    std::size_t nodes = 0;
    std::size_t bytes = 0; ///< Of texts, bytes and long integers.
    std::uint32_t height = 0;
    stage at = stage::untouched;
    bool is_hashable = false; ///< As a dict's key.
};

std::size_t bytes_of(const value& leaf) {
    switch (leaf.kind()) {
    case value_kind::string: return leaf.string().size();
    case value_kind::bytes: return leaf.bytes().size();
    case value_kind::integer:
        return leaf.is_int64() || leaf.is_uint64() ? 0 : leaf.big_magnitude().size();
    case value_kind::extension: return bytes_of(leaf.content());
    default: return 0;
    }
}

bool is_key_by_itself(const value& leaf) noexcept { return leaf.kind() != value_kind::exception; }

/// The number that Python takes for the same key: 1, 1.0 and True are one.
value normal_key(const value& key) {
    switch (key.kind()) {
    case value_kind::boolean: return key.boolean() ? 1 : 0;
    case value_kind::floating: {
        const double number = key.float64();
        if (number >= -9.2e18 && number <= 9.2e18 &&
            number == static_cast<double>(static_cast<std::int64_t>(number)))
            return static_cast<std::int64_t>(number);
        return key;
    }
    case value_kind::complex: {
        const auto [real, imaginary] = key.complex_parts();
        return imaginary == 0 ? normal_key(real) : key;
    }
    default: return key;
    }
}

bool needs_normal_form(const value& key) noexcept {
    return key.is(value_kind::boolean) || key.is(value_kind::floating) ||
           key.is(value_kind::complex) || key.is_sequence();
}

/// The same, of tuples and frozensets and all that they hold. Their depth is bounded by now.
value normal_form(const value& key) {
    if (!key.is_sequence()) return normal_key(key);
    std::vector<value> items;
    items.reserve(key.size());
    for (const value& each : key.items()) items.push_back(normal_form(each));
    return key.is(value_kind::tuple) ? value::tuple(std::move(items))
                                     : value::frozen_set(std::move(items));
}

class tree {
public:
    tree(machine& from, const read_options& options, const limits& bounds)
        : in_(from.in()), graph_(from.made()), root_(from.root()), options_(options),
          budget_(from.in().size(), bounds), progress_(graph_.objects.size()) {}

    result<value> run() {
        if (!is_object(root_)) {
            if (!charge(0)) return in_.take_failure();
            return std::move(root_);
        }
        if (!enter(object_in(root_))) return in_.take_failure();
        while (!open_.empty()) {
            frame& top = open_.back();
            const object& here = graph_.objects[top.object];
            if (top.next == here.items.size()) {
                if (!leave(top.object)) return in_.take_failure();
                open_.pop_back();
            } else if (const slot& next = here.items[top.next++];
                       is_object(next) && !enter(object_in(next))) {
                return in_.take_failure();
            }
        }
        progress& whole = progress_[object_in(root_)];
        return std::move(whole.made);
    }

private:
    struct frame {
        std::size_t object;
        std::size_t next;
    };

    bool refuse(std::string_view what) {
        in_.fail(beckon::fail(errc::protocol_error, "peer sent a pickle that ", what));
        return false;
    }

    bool charge(std::size_t memory) {
        auto refused = budget_.charge(memory, 0);
        return !refused || in_.fail(std::move(*refused));
    }

    bool enter(std::size_t number) {
        progress& here = progress_[number];
        if (here.at == progress::stage::done) return true;
        if (here.at == progress::stage::under_way)
            return refuse(concat("holds ", describe(graph_, slot_of(number)),
                                 " inside itself; values have no cycles"));
        if (open_.size() >= options_.max_depth) return too_deep();
        const object& found = graph_.objects[number];
        if (found.kind == object_kind::global) {
            return refuse(concat("has the class ",
                                 quoted(graph_.symbols[found.symbol].full_name(), 200),
                                 " as a value; expected plain data"));
        }
        if (found.kind == object_kind::unmade_uuid && found.items.empty())
            return refuse("has a uuid without a number");
        if (found.kind == object_kind::unknown && !is_in_exception()) {
            return refuse(concat("has an object of class ",
                                 quoted(graph_.symbols[found.symbol].full_name(), 200),
                                 " outside an exception; expected plain data"));
        }
        here.at = progress::stage::under_way;
        open_.push_back({number, 0});
        return true;
    }

    // Of a reply, a pair: whether the walk is in its second part.
    [[nodiscard]] bool is_in_exception() const noexcept {
        if (open_.empty() || open_.front().object != object_in(root_)) return false;
        const object& pair = graph_.objects[open_.front().object];
        return (pair.kind == object_kind::tuple || pair.kind == object_kind::list) &&
               pair.items.size() == 2 && open_.front().next == 2;
    }

    bool too_deep() {
        return in_.fail(beckon::fail(errc::limit_exceeded,
                                     "peer sent a pickle that nests deeper than ",
                                     options_.max_depth, " (max_depth)"));
    }

    bool too_many() {
        return in_.fail(beckon::fail(errc::limit_exceeded, "peer sent a pickle of more than ",
                                     options_.max_nodes,
                                     " values, shared ones counted at each place (max_nodes)"));
    }

    // A text of a megabyte, put into a thousand places, costs the peer little and whoever uses the value a gigabyte.
    bool too_large() {
        return in_.fail(beckon::fail(errc::limit_exceeded, "peer sent a pickle of more than ",
                                     options_.max_content_bytes,
                                     " bytes of text and numbers, shared ones counted at each "
                                     "place (max_message_bytes)"));
    }

    // All that an object holds is made: so is the object.
    bool leave(std::size_t number) {
        object& here = graph_.objects[number];
        progress& mine = progress_[number];
        if (!take_items(here, mine)) return false;
        const std::size_t count = here.items.size();
        if (!charge(sizeof(beckon::detail::array_node) +
                    count * (sizeof(value) + (count > 16 ? 16 : 0))))
            return false;
        mine.at = progress::stage::done;
        switch (here.kind) {
        case object_kind::list: mine.made = value::list(std::move(here.items)); return true;
        case object_kind::tuple: mine.made = value::tuple(std::move(here.items)); return true;
        case object_kind::set:
        case object_kind::frozen_set: return make_set(here, mine);
        case object_kind::dict: return make_map(std::move(here.items), 0, mine.nodes, mine.made);
        case object_kind::unmade_uuid: mine.made = std::move(here.items[0]); return true;
        case object_kind::exception:
        case object_kind::unknown: return make_exception(here, mine);
        case object_kind::global: break;
        }
        return true;
    }

    // Puts values in place of objects' numbers, and sums up what they are.
    bool take_items(object& here, progress& mine) {
        const bool is_dict = here.kind == object_kind::dict;
        const bool is_set = here.kind == object_kind::set || here.kind == object_kind::frozen_set;
        mine.is_hashable = here.kind == object_kind::tuple ||
                           here.kind == object_kind::frozen_set ||
                           here.kind == object_kind::unmade_uuid;
        mine.nodes = 1;
        for (std::size_t i = 0; i < here.items.size(); ++i) {
            slot& item = here.items[i];
            bool is_hashable = true;
            if (is_object(item)) {
                const progress& held = progress_[object_in(item)];
                if (__builtin_add_overflow(mine.nodes, held.nodes, &mine.nodes)) return too_many();
                if (__builtin_add_overflow(mine.bytes, held.bytes, &mine.bytes)) return too_large();
                mine.height = std::max(mine.height, held.height);
                is_hashable = held.is_hashable;
                item = held.made;
            } else {
                ++mine.nodes;
                mine.bytes += bytes_of(item);
                is_hashable = is_key_by_itself(item);
            }
            if (!is_hashable) {
                if (is_set || (is_dict && i % 2 == 0))
                    return refuse(concat("has ", to_string(item.kind()),
                                         is_set ? " as an item of a set" : " as a key of a dict",
                                         "; expected a value that can be hashed"));
                mine.is_hashable = false;
            }
            if (mine.nodes > options_.max_nodes) return too_many();
            if (mine.bytes > options_.max_content_bytes) return too_large();
        }
        // What was made before may be put deeper than where it was made.
        ++mine.height;
        return open_.size() - 1 + mine.height <= options_.max_depth || too_deep();
    }

    bool make_set(object& here, progress& mine) {
        if (std::any_of(here.items.begin(), here.items.end(), needs_normal_form)) {
            if (!charge_comparison(mine.nodes)) return false;
            drop_equal_items(here.items);
        }
        mine.made = here.kind == object_kind::set ? value::set(std::move(here.items))
                                                  : value::frozen_set(std::move(here.items));
        return true;
    }

    // Keys inside keys are compared at every level: so often each may be.
    bool charge_comparison(std::size_t nodes) {
        constexpr std::size_t most_times = 4;
        compared_ += nodes;
        return compared_ / most_times <= options_.max_nodes || too_many();
    }

    // Python's equality goes across kinds of numbers, that of values does not.
    static void drop_equal_items(std::vector<value>& items) {
        std::unordered_set<value> seen;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!seen.insert(normal_form(items[i])).second) continue;
            if (kept != i) items[kept] = std::move(items[i]);
            ++kept;
        }
        items.resize(kept);
    }

    bool make_map(std::vector<value>&& pairs, std::size_t first, std::size_t nodes, value& made) {
        std::vector<map_entry> entries;
        entries.reserve((pairs.size() - first) / 2);
        bool is_plain = true;
        for (std::size_t i = first; i < pairs.size(); i += 2) {
            is_plain = is_plain && !needs_normal_form(pairs[i]);
            entries.push_back({std::move(pairs[i]), std::move(pairs[i + 1])});
        }
        if (!is_plain) {
            if (!charge_comparison(nodes)) return false;
            drop_equal_keys(entries);
        }
        made = value::map(std::move(entries));
        return true;
    }

    static void drop_equal_keys(std::vector<map_entry>& entries) {
        std::unordered_map<value, std::size_t> seen;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto [place, is_new] = seen.emplace(normal_form(entries[i].key), kept);
            if (!is_new) {
                entries[place->second].mapped = std::move(entries[i].mapped);
                continue;
            }
            if (kept != i) entries[kept] = std::move(entries[i]);
            ++kept;
        }
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(kept), entries.end());
    }

    bool make_exception(object& here, progress& mine) {
        exception_parts parts;
        parts.type = graph_.symbols[here.symbol].full_name();
        parts.arguments = std::move(here.items[0]);
        parts.text = text_of(parts.arguments);
        if (!make_map(std::move(here.items), 1, mine.nodes, parts.fields)) return false;
        if (const value* const trace = parts.fields.find("traceback");
            trace != nullptr && trace->is(value_kind::string)) {
            parts.trace = trace->string();
            parts.fields.erase("traceback");
        }
        mine.made = value::exception(std::move(parts));
        return true;
    }

    // What it says, of what it was made with: Python keeps no text besides.
    static std::string text_of(const value& arguments) {
        if (arguments.empty()) return {};
        if (arguments.size() > 1) return arguments.to_text();
        return arguments[0].is(value_kind::string) ? std::string(arguments[0].string())
                                                   : arguments[0].to_text();
    }

    input& in_;
    graph& graph_;
    slot& root_;
    const read_options& options_;
    decode_budget budget_;
    std::vector<progress> progress_;
    std::size_t compared_ = 0;
    std::vector<frame> open_;
};

} // namespace

result<value> read(byte_view in, const read_options& options) {
    limits bounds;
    bounds.max_nodes = options.max_nodes;
    bounds.min_decoded_bytes = options.min_decoded_bytes;
    bounds.decoded_bytes_factor = options.decoded_bytes_factor;
    machine runs(in, bounds, options.is_reply);
    if (!runs.run()) return runs.in().take_failure();
    return tree(runs, options, bounds).run();
}

} // namespace beckon::pickle
