#include <map>
#include <mutex>

#include "beckon/object/descriptor_of.hpp"
#include "beckon/schema/binary.hpp"

namespace beckon::detail {

const schema::document& declared_document(const interface_descriptor& interface) {
    return document_of(*interface.plan);
}

const digest& declared_digest(const interface_descriptor& interface) {
    const schema::document& document = document_of(*interface.plan);
    static std::mutex mutex;
    static auto& made =
        *new std::map<const interface_plan*, digest>; // never freed, as the document
    const std::lock_guard lock(mutex);
    const auto known = made.find(interface.plan);
    if (known != made.end()) return known->second;
    const digest sum = schema::digest_of_interface(document, interface.name).value();
    return made.emplace(interface.plan, sum).first->second;
}

} // namespace beckon::detail
