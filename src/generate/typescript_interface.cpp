#include "generate/typescript_interface.hpp"

#include "beckon/base/text.hpp"
#include "generate/members.hpp"
#include "generate/typescript_words.hpp"

namespace beckon::generate {

namespace {

using schema::kind;

/// The doc of a method with those of its parameters.
std::string doc_of(const schema::method& method, const std::vector<std::string>& names) {
    std::string out = method.doc;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (method.parameters[i].doc.empty()) continue;
        // A blank line parts what is told of the method.
        if (!out.empty()) out += out == method.doc ? "\n\n" : "\n";
        out += concat("@param ", names[i], " - ", method.parameters[i].doc);
    }
    return out;
}

class writer {
public:
    writer(const typescript_model& model, const schema::interface& interface)
        : model_(model), interface_(interface) {}

    result<typescript_interface> run() {
        const schema::place where = place_of(model_.document(), interface_);
        BECKON_ASSIGN(out_.methods, model_.names_of(where, "method", interface_.methods,
                                                    naming::camel, typescript_words_of_methods()));
        for (std::size_t i = 0; i < interface_.methods.size(); ++i) {
            const schema::method& method = interface_.methods[i];
            BECKON_ASSIGN(const std::vector<std::string> parameters,
                          model_.names_of(place_of(interface_, method, where), "parameter",
                                          method.parameters, naming::camel,
                                          typescript_words_of_parameters()));
            write_for_callers(i, parameters);
            write_for_servants(i, parameters);
        }
        const std::string name = model_.name_of(interface_.name);
        const std::string servant = model_.servant_of(interface_.name);
        out_.text = concat("\n", typescript_doc(0, interface_.doc), "export class ", name,
                           " extends beckon.Ref<", servant, "> {", braced(callers_), "\n",
                           typescript_doc(0, concat("Implements {@link ", name, "}.")),
                           "export interface ", servant, " {", braced(servants_));
        return std::move(out_);
    }

private:
    static std::string braced(const std::string& members) {
        return members.empty() ? "}\n" : concat("\n", members, "}\n");
    }

    /// "name(parameters): result", and what follows it.
    [[nodiscard]] std::string signature(std::size_t number,
                                        const std::vector<std::string>& parameters,
                                        typescript_place place, std::string_view last,
                                        const layout& result, std::string_view tail) const {
        std::vector<layout> items;
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            const schema::type& type = interface_.methods[number].parameters[i].type;
            items.push_back(
                row({parameters[i], typescript_annotation(model_.type_of(type, place))}));
        }
        items.emplace_back(last);
        // One group with the result, so that parameters give way first.
        layout list = bracketed("(", items, ")");
        list.is = layout::form::row;
        return to_lines(2, row({group({out_.methods[number], list, ": ", result}), tail}));
    }

    void write_for_callers(std::size_t number, const std::vector<std::string>& parameters) {
        const schema::method& method = interface_.methods[number];
        const bool is_stream = method.result.kind == kind::stream;
        const typescript_type type = model_.type_of(method.result, typescript_place::result);
        const typescript_type result = is_stream ? type : typescript_generic("Promise", {type});
        if (!callers_.empty()) callers_ += '\n';
        callers_ += typescript_doc(2, doc_of(method, parameters));
        callers_ += signature(number, parameters, typescript_place::parameter,
                              "options?: beckon.CallOptions", result.text, " {");
        const std::vector<layout> arguments{
            concat(number),
            bracketed("[", std::vector<layout>(parameters.begin(), parameters.end()), "]"),
            "options"};
        callers_ += to_lines(4, row({is_stream ? "return this.$stream" : "return this.$call",
                                     bracketed("(", arguments, ")"), ";"}));
        callers_ += "  }\n";
    }

    void write_for_servants(std::size_t number, const std::vector<std::string>& parameters) {
        const schema::method& method = interface_.methods[number];
        const typescript_type type =
            model_.type_of(method.result, typescript_place::servant_result);
        if (!method.doc.empty() && !servants_.empty()) servants_ += '\n';
        servants_ += typescript_doc(2, method.doc);
        servants_ += signature(number, parameters, typescript_place::inside, "call: beckon.Call",
                               typescript_generic("beckon.Awaitable", {type}).text, ";");
    }

    const typescript_model& model_;
    const schema::interface& interface_;
    typescript_interface out_;
    std::string callers_;
    std::string servants_;
};

} // namespace

result<typescript_interface> write_typescript_interface(const typescript_model& model,
                                                        const schema::interface& interface) {
    return writer(model, interface).run();
}

} // namespace beckon::generate
