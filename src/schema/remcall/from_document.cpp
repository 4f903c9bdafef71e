#include <algorithm>
#include <deque>
#include <numeric>

#include "beckon/base/text.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "schema/remcall/expressible.hpp"
#include "schema/remcall/order.hpp"

namespace beckon::schema::remcall {

namespace {

constexpr std::uint32_t absent = 0xffffffff;

/// Which declarations and methods are wanted, by their positions.
struct selection {
    order enumerations;
    order records;
    order interfaces;
    std::vector<order> methods; ///< By position of the interface in the document of ours.
};

class builder {
public:
    builder(const schema::document& from, const expressible& judge, selection wanted)
        : from_(from), judge_(judge), wanted_(std::move(wanted)) {}

    converted run() {
        document& out = out_.document;
        out.label = from_.label;
        out.method_ref_bytes = from_.method_ref_bytes;
        out.object_ref_bytes = from_.object_ref_bytes;
        enumeration_at_ = inverse(wanted_.enumerations, from_.enumerations.size());
        record_at_ = inverse(wanted_.records, from_.records.size());
        interface_at_ = inverse(wanted_.interfaces, from_.interfaces.size());
        for (const std::uint32_t each : wanted_.enumerations) add(from_.enumerations[each]);
        for (const std::uint32_t each : wanted_.records) add(from_.records[each]);
        for (const std::uint32_t each : wanted_.interfaces) add_interface(each);
        const order enumerations = sorted_order(out.enumerations);
        const order records = sorted_order(out.records);
        const order interfaces = sorted_order(out.interfaces);
        out_.enumerations = picked(wanted_.enumerations, enumerations);
        out_.records = picked(wanted_.records, records);
        out_.interfaces = picked(wanted_.interfaces, interfaces);
        for (const std::uint32_t each : out_.interfaces)
            out_.methods.push_back(wanted_.methods[each]);
        rearrange(out, enumerations, records, interfaces);
        return std::move(out_);
    }

private:
    static order inverse(const order& wanted, std::size_t size) {
        order out(size, absent);
        for (std::size_t i = 0; i < wanted.size(); ++i)
            out[wanted[i]] = static_cast<std::uint32_t>(i);
        return out;
    }
    static order picked(const order& from, const order& which) {
        order out;
        for (const std::uint32_t each : which) out.push_back(from[each]);
        return out;
    }

    [[nodiscard]] type convert(const schema::type& type) const {
        switch (type.kind) {
        case schema::kind::bytes: return {kind::uint8, true, 0};
        case schema::kind::optional: return convert(type.arguments[0]);
        case schema::kind::list: {
            remcall::type out = convert(type.arguments[0]);
            out.array = true;
            return out;
        }
        case schema::kind::enumeration:
            return {kind::enumeration, false, enumeration_at_[judge_.index_of(type)]};
        case schema::kind::record: return {kind::record, false, record_at_[judge_.index_of(type)]};
        case schema::kind::interface:
            return {kind::interface, false, interface_at_[judge_.index_of(type)]};
        default: return {static_cast<kind>(type.kind), false, 0}; // the same numbers
        }
    }

    [[nodiscard]] std::vector<member> convert(const std::vector<schema::field>& fields) const {
        std::vector<member> out;
        for (const schema::field& each : fields)
            out.push_back({convert(each.type), to_name(each.name)});
        return out;
    }

    void add(const schema::enumeration& from) {
        enumeration& out = out_.document.enumerations.emplace_back();
        out.name = to_name(from.name);
        for (const schema::enumerator& each : from.enumerators)
            out.values.push_back(to_name(each.name));
    }
    void add(const schema::record& from) {
        out_.document.records.push_back({to_name(from.name), convert(from.fields)});
    }
    void add_interface(std::uint32_t index) {
        interface& out = out_.document.interfaces.emplace_back();
        out.name = judge_.interface_name(index);
        for (const std::uint32_t each : wanted_.methods[index]) {
            const schema::method& method = from_.interfaces[index].methods[each];
            out.methods.push_back(
                {to_name(method.name), convert(method.parameters), convert(method.result)});
        }
    }

    const schema::document& from_;
    const expressible& judge_;
    selection wanted_;
    order enumeration_at_;
    order record_at_;
    order interface_at_;
    converted out_;
};

order all_of(std::size_t size) {
    order out(size);
    std::iota(out.begin(), out.end(), 0u);
    return out;
}

/// The main interface's methods that can be said, and what they need.
class gatherer {
public:
    gatherer(const schema::document& document, const expressible& judge)
        : document_(document), judge_(judge) {
        out_.methods.resize(document.interfaces.size());
    }

    selection run(std::uint32_t main) {
        want(out_.interfaces, main, schema::kind::interface);
        while (!pending_.empty()) {
            const auto [kind, index] = pending_.front();
            pending_.pop_front();
            if (kind == schema::kind::record) {
                for (const schema::field& field : document_.records[index].fields) need(field.type);
            } else {
                take_methods(index);
            }
        }
        std::ranges::sort(out_.enumerations);
        std::ranges::sort(out_.records);
        std::ranges::sort(out_.interfaces);
        return std::move(out_);
    }

private:
    void take_methods(std::uint32_t interface) {
        const auto& methods = document_.interfaces[interface].methods;
        for (std::uint32_t i = 0; i < methods.size(); ++i) {
            if (judge_.method(interface, i)) continue;
            out_.methods[interface].push_back(i);
            for (const schema::field& each : methods[i].parameters) need(each.type);
            need(methods[i].result);
        }
    }

    void need(const schema::type& type) {
        for (const schema::type& argument : type.arguments) need(argument);
        switch (type.kind) {
        case schema::kind::enumeration:
            want(out_.enumerations, judge_.index_of(type), type.kind);
            break;
        case schema::kind::record: want(out_.records, judge_.index_of(type), type.kind); break;
        case schema::kind::interface:
            want(out_.interfaces, judge_.index_of(type), type.kind);
            break;
        default: break;
        }
    }

    void want(order& list, std::uint32_t index, schema::kind kind) {
        auto& seen = seen_[static_cast<std::size_t>(kind) -
                           static_cast<std::size_t>(schema::kind::enumeration)];
        if (index >= seen.size()) seen.resize(index + 1);
        if (seen[index]) return;
        seen[index] = true;
        list.push_back(index);
        if (kind != schema::kind::enumeration) pending_.emplace_back(kind, index);
    }

    const schema::document& document_;
    const expressible& judge_;
    selection out_;
    std::vector<bool> seen_[3];
    std::deque<std::pair<schema::kind, std::uint32_t>> pending_;
};

std::string in_words(const schema::document& document, const problem& problem) {
    if (problem.where.declaration == place::none) return problem.message;
    return concat(schema::describe(document, problem.where), ": ", problem.message);
}

} // namespace

std::vector<problem> inexpressible(const schema::document& document, const from_options& options) {
    const expressible judge(document, options);
    std::vector<problem> out = judge.all_problems();
    if (!judge.main()) out.push_back(judge.no_main());
    return out;
}

result<converted> from_document(const schema::document& document, const from_options& options) {
    const expressible judge(document, options);
    std::vector<problem> wrong = judge.all_problems();
    // A lenient check() knows what else may be called Main.
    const bool named_alone = options.main.empty() && options.strictness == strictness::lenient;
    if (!judge.main() && !named_alone) wrong.push_back(judge.no_main());
    if (!wrong.empty()) {
        const std::size_t more = wrong.size() - 1;
        return fail(errc::unsupported, in_words(document, wrong[0]),
                    more == 0 ? "" : concat(" (and ", more, " more)"));
    }
    selection all{all_of(document.enumerations.size()),
                  all_of(document.records.size()),
                  all_of(document.interfaces.size()),
                  {}};
    for (const schema::interface& each : document.interfaces)
        all.methods.push_back(all_of(each.methods.size()));
    converted out = builder(document, judge, std::move(all)).run();
    BECKON_TRY(check(out.document, options.strictness));
    return out;
}

result<converted> part_of(const schema::document& document, const from_options& options) {
    expressible judge(document, options);
    if (!judge.main()) return fail(errc::not_found, judge.no_main().message);
    judge.spread();
    if (const auto& verdict = judge.interface(*judge.main())) {
        return fail(errc::unsupported, in_words(document, *verdict));
    }
    converted out = builder(document, judge, gatherer(document, judge).run(*judge.main())).run();
    out.left_out = judge.problems();
    BECKON_TRY(check(out.document));
    return out;
}

} // namespace beckon::schema::remcall
