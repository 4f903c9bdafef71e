#include "beckon/object/argument_values.hpp"

namespace beckon::detail {

argument_values::argument_values(const value& from, std::span<const std::string_view> names)
    : from_(from), names_(names) {
    if (from_.is(value_kind::map)) {
        for (const map_entry& entry : from_.entries()) {
            bool known = false;
            if (entry.key.is(value_kind::string)) {
                for (const std::string_view name : names_)
                    known = known || name == entry.key.string();
            }
            if (!known) {
                failure_.emplace(fail(errc::invalid_argument, "method has no parameter ",
                                      entry.key.to_text(64)));
                return;
            }
        }
    } else if (from_.size() > names_.size()) {
        failure_.emplace(fail(errc::invalid_argument, "method takes ", names_.size(),
                              " arguments; ", from_.size(), " were given"));
    }
}

const value* argument_values::next(bool may_lack) {
    if (failure_) return nullptr;
    const std::size_t index = taken_++;
    const value* const found = from_.is(value_kind::map) ? from_.find(names_[index])
                               : index < from_.size()    ? &from_.items()[index]
                                                         : nullptr;
    if (found == nullptr && !may_lack)
        failure_.emplace(fail(errc::invalid_argument, "argument ", names_[index], " is missing"));
    return found;
}

void argument_values::note_failure() {
    // In the message, since callers of other languages are told no more.
    state_.in_field(names_[taken_ - 1]);
    failure_.emplace(state_.take_failure());
}

} // namespace beckon::detail
