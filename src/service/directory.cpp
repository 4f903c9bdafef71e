#include "beckon/service/directory.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "beckon/schema/binary.hpp"

namespace beckon {

struct publications::table {
    std::mutex mutex;
    std::map<std::string, intrusive_ptr<object_core>, std::less<>> objects;
    std::string root; ///< The name of the first one, unless somebody chose another.
    bool root_chosen = false;
};

publications::publications() : table_(std::make_unique<table>()) {}
publications::~publications() = default;

void publications::publish(std::string name, intrusive_ptr<object_core> object) {
    const std::lock_guard lock(table_->mutex);
    if (table_->objects.empty() && !table_->root_chosen) table_->root = name;
    std::swap(table_->objects[std::move(name)],
              object); // what it replaces is freed without the lock
}

void publications::set_root(std::string name) {
    const std::lock_guard lock(table_->mutex);
    table_->root = std::move(name);
    table_->root_chosen = true;
}

intrusive_ptr<object_core> publications::root() {
    const std::lock_guard lock(table_->mutex);
    const auto found = table_->objects.find(table_->root);
    return found != table_->objects.end() ? found->second : intrusive_ptr<object_core>();
}

intrusive_ptr<object_core> publications::find_object(std::string_view name) {
    const std::lock_guard lock(table_->mutex);
    const auto found = table_->objects.find(name);
    return found != table_->objects.end() ? found->second : intrusive_ptr<object_core>();
}

bool publications::withdraw(const std::string& name) {
    intrusive_ptr<object_core> gone; // freed without the lock: it is the program's object
    const std::lock_guard lock(table_->mutex);
    const auto found = table_->objects.find(name);
    if (found == table_->objects.end()) return false;
    gone = std::move(found->second);
    table_->objects.erase(found);
    return true;
}

intrusive_ptr<object_core> publications::find(const std::string& name) {
    const std::lock_guard lock(table_->mutex);
    const auto found = table_->objects.find(name);
    if (found != table_->objects.end()) return found->second;
    std::string known;
    for (const auto& [each, object] : table_->objects) {
        if (!known.empty()) known += ", ";
        known += each;
    }
    throw_error(fail(errc::unknown_object, "nothing is published as ", quoted(name),
                     known.empty() ? "" : "; there is ", known));
}

object publications::get(const std::string& name, const std::string& interface,
                         const bytes& expected) {
    intrusive_ptr<object_core> found = find(name);
    const interface_descriptor* const offered = found->interface();
    if (offered != nullptr && !interface.empty() && interface != offered->name) {
        throw_error(fail(errc::schema_mismatch, quoted(name), " is a ", offered->name,
                         "; expected a ", interface));
    }
    if (offered != nullptr && !expected.empty()) {
        const beckon::digest& ours = offered->schema_digest(*offered);
        if (expected.size() != ours.size() ||
            !std::equal(ours.begin(), ours.end(), expected.begin())) {
            throw_error(fail(errc::schema_mismatch, "interface ", offered->name, " of ",
                             quoted(name), " has digest ", to_hex(ours), "; expected ",
                             to_hex(expected)));
        }
    }
    return object(std::move(found));
}

std::vector<service_info> publications::list() {
    const std::lock_guard lock(table_->mutex);
    std::vector<service_info> all;
    for (const auto& [name, object] : table_->objects) {
        service_info info{name, std::string(object->interface_name()), {}};
        if (const interface_descriptor* const offered = object->interface()) {
            const beckon::digest& ours = offered->schema_digest(*offered);
            info.digest.assign(ours.begin(), ours.end());
        }
        all.push_back(std::move(info));
    }
    return all;
}

bytes publications::describe(const std::string& name) {
    const intrusive_ptr<object_core> found = find(name);
    if (found->interface() == nullptr)
        throw_error(
            fail(errc::unsupported, "the interface of ", quoted(name), " is not known here"));
    return schema::encode(found->interface()->document(*found->interface()),
                          schema::annotations::included);
}

} // namespace beckon
