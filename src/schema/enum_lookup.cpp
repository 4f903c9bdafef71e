#include "schema/enum_lookup.hpp"

namespace beckon::schema {

const enumeration* enum_lookup::find(std::string_view name) const {
    if (index_ == nullptr) return document_.find_enumeration(name);
    const name_index::entry* const found = index_->find(name);
    if (found == nullptr || found->section != section::enumerations) return nullptr;
    return &document_.enumerations[found->declaration];
}

bool enum_lookup::has_value(const enumeration& enumeration, std::string_view value) {
    const auto [found, fresh] = values_.try_emplace(&enumeration);
    if (fresh) {
        for (const enumerator& enumerator : enumeration.enumerators) {
            found->second.insert(enumerator.name);
        }
    }
    return found->second.contains(value);
}

} // namespace beckon::schema
