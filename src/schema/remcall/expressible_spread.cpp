#include <deque>
#include <memory>

#include "beckon/base/text.hpp"
#include "schema/remcall/expressible.hpp"

namespace beckon::schema::remcall {

/// From what is condemned to what needs it, each once.
class expressible::spreading {
public:
    explicit spreading(expressible& judge)
        : judge_(judge), enum_uses_(judge.enums_.size()), record_uses_(judge.records_.size()),
          interface_uses_(judge.interfaces_.size()) {}

    void run() {
        note_uses();
        begin(judge_.enums_, enum_uses_);
        begin(judge_.records_, record_uses_);
        begin(judge_.interfaces_, interface_uses_);
        for (std::uint32_t i = 0; i < judge_.methods_.size(); ++i) condemn_if_empty(i);
        while (!pending_.empty()) {
            const auto [needs, uses] = pending_.front();
            pending_.pop_front();
            for (const place& each : *uses) condemn_user(each, needs);
        }
    }

private:
    /// The places of a document that have a type.
    using places = std::vector<place>;
    /// What is told of all that needs something, directly or not.
    using words = std::shared_ptr<const std::string>;

    void note_uses() {
        const schema::document& document = judge_.document_;
        for (std::uint32_t i = 0; i < document.records.size(); ++i) {
            const auto& fields = document.records[i].fields;
            for (std::uint32_t f = 0; f < fields.size(); ++f)
                note(fields[f].type, {section::records, i, f, place::none, aspect::type});
        }
        for (std::uint32_t i = 0; i < document.interfaces.size(); ++i) {
            const auto& methods = document.interfaces[i].methods;
            left_.push_back(0);
            for (std::uint32_t m = 0; m < methods.size(); ++m) {
                left_[i] += judge_.methods_[i][m] ? 0 : 1;
                place where{section::interfaces, i, m, place::none, aspect::type};
                for (where.parameter = 0; where.parameter < methods[m].parameters.size();
                     ++where.parameter) {
                    note(methods[m].parameters[where.parameter].type, where);
                }
                where.parameter = place::none;
                note(methods[m].result, where);
            }
        }
    }

    void note(const schema::type& type, const place& where) {
        switch (type.kind) {
        case schema::kind::optional:
        case schema::kind::list: note(type.arguments[0], where); break;
        case schema::kind::enumeration: enum_uses_[judge_.index_of(type)].push_back(where); break;
        case schema::kind::record: record_uses_[judge_.index_of(type)].push_back(where); break;
        case schema::kind::interface:
            interface_uses_[judge_.index_of(type)].push_back(where);
            break;
        default: break;
        }
    }

    void begin(const std::vector<verdict>& verdicts, const std::vector<places>& uses) {
        for (std::size_t i = 0; i < verdicts.size(); ++i) {
            if (verdicts[i]) begin(*verdicts[i], uses[i]);
        }
    }

    void begin(const problem& root, const places& uses) {
        pending_.emplace_back(
            std::make_shared<const std::string>(concat(
                "needs ", schema::describe(judge_.document_, root.where), ": ", root.message)),
            &uses);
    }

    void condemn_user(const place& where, const words& needs) {
        const bool is_record = where.section == section::records;
        verdict& user = is_record ? judge_.records_[where.declaration]
                                  : judge_.methods_[where.declaration][where.member];
        if (user) return;
        user = problem{where, *needs, std::nullopt};
        if (is_record) {
            pending_.emplace_back(needs, &record_uses_[where.declaration]);
        } else {
            --left_[where.declaration];
            condemn_if_empty(where.declaration);
        }
    }

    void condemn_if_empty(std::uint32_t interface) {
        verdict& out = judge_.interfaces_[interface];
        if (out || left_[interface] > 0) return;
        out = problem{{section::interfaces, interface},
                      "none of its methods can be said in remcall",
                      std::nullopt};
        begin(*out, interface_uses_[interface]);
    }

    expressible& judge_;
    std::vector<places> enum_uses_;
    std::vector<places> record_uses_;
    std::vector<places> interface_uses_;
    std::vector<std::size_t> left_; ///< Of each interface, the methods that can be said.
    std::deque<std::pair<words, const places*>> pending_;
};

void expressible::spread() { spreading(*this).run(); }

} // namespace beckon::schema::remcall
