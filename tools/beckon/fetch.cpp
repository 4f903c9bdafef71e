#include "fetch.hpp"

#include <cmath>
#include <deque>
#include <memory>

#include "beckon/base/text.hpp"
#include "beckon/codec/brine.hpp"
#include "beckon/object/containers.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/python_errors.hpp"

namespace command {

namespace {

using beckon::errc;
using beckon::object;
using beckon::operation;
using beckon::result;
using beckon::value;
using beckon::value_kind;

constexpr std::size_t most_nodes = 1'000'000;
constexpr std::size_t most_depth = 64;
constexpr std::size_t most_in_flight = 64;
/// Of a map with no more keys each is looked up, which takes as many round trips as to ask for all items; and a Python
/// server that refuses those would keep what it serves alive with the exception.
constexpr std::size_t most_single_keys = 64;

/// A value of which parts are still to come.
struct node {
    enum class form { plain, list, map };

    const node* around = nullptr;
    std::size_t depth = 0;
    form is = form::plain;
    value content; ///< Where it is plain.
    object of{};   ///< The peer's container that it is the content of.
    std::vector<std::unique_ptr<node>> children{}; ///< Items; of a map keys and values in turn.
};

/// Fetches level by level, so that what stands side by side costs one round trip together.
class fetcher {
public:
    explicit fetcher(const dynamic_peer& peer) noexcept : peer_(peer) {}

    result<value> run(const value& from) {
        node top;
        BECKON_TRY(expand(top, from));
        while (!questions_.empty()) BECKON_TRY(ask_some());
        return build(top);
    }

private:
    enum class topic { items, iterator, more_items, pairs, keys, mapped, text };
    /// What is to be asked for a node.
    struct question {
        node* about = nullptr;
        topic what = topic::items;
        object target{};
        value argument{}; ///< A key; all keys, where all items are asked for.
    };

    result<void> expand(node& into, const value& from) {
        if (++nodes_ > most_nodes) {
            return fail(errc::limit_exceeded, "result holds more than ", most_nodes,
                        " values; limit is ", most_nodes, " for printing");
        }
        switch (from.kind()) {
        case value_kind::list:
        case value_kind::tuple:
        case value_kind::set:
        case value_kind::frozen_set:
            into.is = node::form::list;
            for (const value& each : from) BECKON_TRY(expand(child_of(into), each));
            return {};
        case value_kind::map:
            into.is = node::form::map;
            for (const auto& [key, mapped] : from.entries()) {
                BECKON_TRY(expand(child_of(into), key));
                BECKON_TRY(expand(child_of(into), mapped));
            }
            return {};
        case value_kind::reference: return refer(into, from.as<object>());
        default: into.content = printable(from); return {};
        }
    }

    node& child_of(node& around) {
        auto made = std::make_unique<node>();
        made->around = &around;
        made->depth = around.depth + 1;
        around.children.push_back(std::move(made));
        return *around.children.back();
    }

    result<void> refer(node& into, object target) {
        if (target.core()->is_local()) {
            // One of our own containers, come home.
            BECKON_ASSIGN(const value own, beckon::container_value(*target.core()));
            if (!own.is_null()) return expand(into, own);
        }
        const object_kind kind = kind_of(type_of(target));
        bool is_content = kind == object_kind::list || kind == object_kind::map;
        if (into.depth >= most_depth || target.core()->is_local()) is_content = false;
        for (const node* each = into.around; each != nullptr && is_content; each = each->around)
            is_content = !(each->of == target);
        if (!is_content) {
            ask(into, topic::text, std::move(target));
            return {};
        }
        into.of = target;
        into.is = kind == object_kind::map ? node::form::map : node::form::list;
        ask(into, kind == object_kind::map ? topic::keys : topic::items, std::move(target));
        return {};
    }

    void ask(node& about, topic what, object target, value argument = {}) {
        questions_.push_back({&about, what, std::move(target), std::move(argument)});
    }

    result<void> ask_some() {
        std::vector<question> asked;
        std::vector<beckon::future<value>> answers;
        while (!questions_.empty() && asked.size() < most_in_flight) {
            asked.push_back(std::move(questions_.front()));
            questions_.pop_front();
            answers.push_back(peer_.start(asked.back().target, request_of(asked.back())));
        }
        for (std::size_t i = 0; i < asked.size(); ++i)
            BECKON_TRY(take(asked[i], answers[i].result()));
        return {};
    }

    static beckon::dynamic_request request_of(const question& each) {
        beckon::dynamic_request made;
        switch (each.what) {
        case topic::items:
        case topic::more_items:
        case topic::keys:
            made.what = operation::next_items;
            made.arguments = value::list({value(most_items_at_once)});
            break;
        case topic::iterator: made.name = "__iter__"; break;
        case topic::pairs: made.name = "items"; break;
        case topic::mapped:
            made.name = "__getitem__";
            made.arguments = value::list({each.argument});
            break;
        case topic::text: made.what = operation::to_repr; break;
        }
        return made;
    }

    result<void> take(const question& asked, result<value> answer) {
        node& about = *asked.about;
        if (!answer) return take_failure(asked, std::move(answer).error());
        const bool wants_items = asked.what == topic::items || asked.what == topic::more_items ||
                                 asked.what == topic::keys;
        if (wants_items && !answer->is_sequence()) {
            return fail(errc::type_mismatch, "peer gave ", answer->type_name(), " for items of ",
                        type_of(asked.target), "; expected a tuple");
        }
        switch (asked.what) {
        case topic::items:
        case topic::more_items: return take_items(asked, *answer);
        case topic::iterator:
        case topic::pairs:
            if (!answer->is(value_kind::reference)) {
                return fail(errc::type_mismatch, "peer gave ", answer->type_name(), " for the ",
                            asked.what == topic::pairs ? "items" : "iterator", " of ",
                            type_of(asked.target), "; expected an object");
            }
            ask(about, asked.what == topic::pairs ? topic::items : topic::more_items,
                answer->as<object>());
            return {};
        case topic::keys:
            if (answer->size() <= most_single_keys) return take_keys(asked, *answer);
            ask(about, topic::pairs, asked.target, *answer);
            return {};
        case topic::mapped: return expand(about, *answer);
        case topic::text: about.content = handle(asked.target, *answer); return {};
        }
        return {};
    }

    result<void> take_keys(const question& asked, const value& keys) {
        if (keys.size() == most_items_at_once) {
            return fail(errc::limit_exceeded, "map has ", most_items_at_once,
                        " keys or more, and the peer does not show its items together");
        }
        for (const value& key : keys) {
            BECKON_TRY(expand(child_of(*asked.about), key));
            ask(child_of(*asked.about), topic::mapped, asked.target, key);
        }
        return {};
    }

    result<void> take_items(const question& asked, const value& items) {
        node& about = *asked.about;
        // Peers may give no more than that at once; only an iterator goes on where it was.
        if (asked.what == topic::items && items.size() == most_items_at_once) {
            ask(about, topic::iterator, asked.target);
            return {};
        }
        for (const value& each : items) {
            if (about.is == node::form::list) {
                BECKON_TRY(expand(child_of(about), each));
                continue;
            }
            if (!each.is_sequence() || each.size() != 2)
                return fail(errc::type_mismatch, "peer gave ", each.type_name(),
                            " among the items of a map; expected pairs");
            BECKON_TRY(expand(child_of(about), each[0]));
            BECKON_TRY(expand(child_of(about), each[1]));
        }
        if (asked.what == topic::more_items && items.size() == most_items_at_once)
            ask(about, topic::more_items, asked.target);
        return {};
    }

    /// Not every failure is one: servers differ in what they let their clients do.
    result<void> take_failure(const question& asked, beckon::error what) {
        node& about = *asked.about;
        if (asked.what == topic::text) {
            about.content = handle(asked.target, {});
            return {};
        }
        // RPyC's services, unlike its classic servers, show the operators of a dict alone.
        if (asked.what == topic::pairs && beckon::python::is_a(what, "AttributeError"))
            return take_keys(asked, asked.argument);
        // The class of all lists is called as a list is.
        const bool is_first = asked.what == topic::items || asked.what == topic::keys;
        if (is_first && beckon::python::is_a(what, "TypeError") && about.children.empty()) {
            about.is = node::form::plain;
            ask(about, topic::text, asked.target);
            return {};
        }
        return what.note(beckon::concat("fetching the content of ", type_of(asked.target)));
    }

    static value handle(const object& target, const value& text) {
        value made = value::map();
        made.insert_or_assign("$ref",
                              target.core()->is_local()
                                  ? 0u
                                  : static_cast<const beckon::remote_object&>(*target.core()).id());
        if (const std::string type = type_of(target); !type.empty())
            made.insert_or_assign("type", type);
        if (text.is(value_kind::string)) made.insert_or_assign("repr", text);
        return made;
    }

    /// What JSON has no form for, by what it is and how Python writes it.
    static value printable(const value& from) {
        std::string type;
        switch (from.kind()) {
        case value_kind::floating:
            if (std::isfinite(from.float64())) return from;
            type = "float64";
            break;
        case value_kind::complex:
        case value_kind::slice: type = from.type_name(); break;
        case value_kind::extension:
            if (beckon::brine::is_ellipsis(from)) return shown("ellipsis", "Ellipsis");
            if (!beckon::brine::is_not_implemented(from)) return from;
            return shown("NotImplementedType", "NotImplemented");
        default: return from;
        }
        // In a list of one item.
        const auto text = beckon::operate_and_wait(
            object(beckon::lend_container(value::list({from}))), {operation::to_repr});
        if (!text || text->string().size() < 2) return from;
        return shown(type, text->string().substr(1, text->string().size() - 2));
    }
    static value shown(std::string_view type, std::string_view text) {
        return value::map({{"type", type}, {"repr", text}});
    }

    static value build(const node& from) {
        if (from.is == node::form::plain) return from.content;
        std::vector<value> items;
        items.reserve(from.children.size());
        for (const auto& each : from.children) items.push_back(build(*each));
        if (from.is == node::form::list) return value::list(std::move(items));
        std::vector<beckon::map_entry> entries;
        entries.reserve(items.size() / 2);
        for (std::size_t i = 0; i + 1 < items.size(); i += 2)
            entries.push_back({std::move(items[i]), std::move(items[i + 1])});
        return value::map(std::move(entries));
    }

    const dynamic_peer& peer_;
    std::deque<question> questions_;
    std::size_t nodes_ = 0;
};

} // namespace

result<value> fetch(const dynamic_peer& peer, const value& from) { return fetcher(peer).run(from); }

} // namespace command
