#include "beckon/schema/canonical.hpp"

#include <algorithm>
#include <vector>

#include "beckon/base/text.hpp"
#include "schema/name_index.hpp"
#include "schema/sorted.hpp"

namespace beckon::schema {

namespace {

template <typename Declarations>
void sort_by_name(Declarations& declarations) {
    std::stable_sort(declarations.begin(), declarations.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
}

/// Walks from one interface to everything it needs. A list of what is still to do stands in for recursion, since
/// a chain of records can be longer than a thread's stack.
class reach {
public:
    explicit reach(const document& document) : document_(document), names_(document) {
        marked_[0].resize(document.enumerations.size());
        marked_[1].resize(document.records.size());
        marked_[2].resize(document.exceptions.size());
        marked_[3].resize(document.interfaces.size());
    }

    void from(std::string_view name) {
        mark(name);
        while (!waiting_.empty()) {
            const name_index::entry next = waiting_.back();
            waiting_.pop_back();
            visit(next);
        }
    }

    [[nodiscard]] bool reached(section section, std::size_t index) const {
        return marked_[static_cast<std::size_t>(section)][index];
    }

private:
    void mark(std::string_view name) {
        const name_index::entry* const found = names_.find(name);
        if (found == nullptr) return;
        auto&& flag = marked_[static_cast<std::size_t>(found->section)][found->declaration];
        if (flag) return;
        flag = true;
        waiting_.push_back(*found);
    }

    void mark(const type& type) {
        if (!type.name.empty()) mark(type.name);
        for (const schema::type& argument : type.arguments) mark(argument);
    }

    void visit(const name_index::entry& entry) {
        switch (entry.section) {
        case section::enumerations: return;
        case section::records: return visit(document_.records[entry.declaration]);
        case section::exceptions: return visit(document_.exceptions[entry.declaration]);
        case section::interfaces: return visit(document_.interfaces[entry.declaration]);
        }
    }

    void visit(const record& record) {
        for (const field& field : record.fields) mark(field.type);
    }

    void visit(const interface& interface) {
        for (const method& method : interface.methods) {
            mark(method.result);
            for (const field& parameter : method.parameters) mark(parameter.type);
            for (const std::string& name : method.raises) mark(name);
            if (method.raises.empty() && !method.oneway) mark_all_exceptions();
        }
    }

    void mark_all_exceptions() {
        if (all_exceptions_) return;
        all_exceptions_ = true;
        for (const record& exception : document_.exceptions) mark(exception.name);
    }

    const document& document_;
    name_index names_;
    std::vector<bool> marked_[4];
    std::vector<name_index::entry> waiting_;
    bool all_exceptions_ = false;
};

template <typename Declarations>
void keep(Declarations& out, const Declarations& in, const reach& reach, section section) {
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (reach.reached(section, i)) out.push_back(in[i]);
    }
}

} // namespace

document sorted(const document& document) {
    schema::document out = document;
    sort_by_name(out.enumerations);
    sort_by_name(out.records);
    sort_by_name(out.exceptions);
    sort_by_name(out.interfaces);
    return out;
}

document canonical(const document& document) {
    schema::document out = sorted(document);
    const schema::document fresh;
    out.label.clear();
    out.doc.clear();
    out.cpp_namespace.clear();
    out.method_ref_bytes = fresh.method_ref_bytes;
    out.object_ref_bytes = fresh.object_ref_bytes;
    for_each_doc(out, [](std::string& doc) { doc.clear(); });
    for (interface& interface : out.interfaces) {
        for (method& method : interface.methods) {
            method.raises.clear();
            method.command.reset();
        }
    }
    return out;
}

result<document> closure(const document& document, std::string_view interface_name) {
    if (document.find_interface(interface_name) == nullptr) {
        return fail(errc::not_found, "schema has no interface ", quoted(interface_name));
    }
    reach reach(document);
    reach.from(interface_name);
    schema::document out;
    out.label = document.label;
    out.doc = document.doc;
    out.cpp_namespace = document.cpp_namespace;
    out.method_ref_bytes = document.method_ref_bytes;
    out.object_ref_bytes = document.object_ref_bytes;
    keep(out.enumerations, document.enumerations, reach, section::enumerations);
    keep(out.records, document.records, reach, section::records);
    keep(out.exceptions, document.exceptions, reach, section::exceptions);
    keep(out.interfaces, document.interfaces, reach, section::interfaces);
    return out;
}

} // namespace beckon::schema
