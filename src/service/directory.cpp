#include "beckon/service/directory.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <mutex>

#include "beckon/schema/binary.hpp"

namespace beckon {

namespace {
std::string in_upper_case(std::string text) {
    for (char& letter : text)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return text;
}
} // namespace

struct publications::table {
    struct entry {
        intrusive_ptr<object_core> object; ///< Null where each conversation has its own.
        service_maker maker;
        conversation_events told;
        bool beside = false;      ///< What the toolkit adds of its own.
        std::uint64_t number = 0; ///< In the order of publishing.
    };

    explicit table(std::shared_ptr<publications> others) : shared(std::move(others)) {}
    /// REQUIRES: locked.
    void put(std::string name, entry& added) {
        latest = nullptr;
        if (!added.beside && !root_chosen &&
            std::ranges::all_of(entries, [](const auto& each) { return each.second.beside; }))
            root = name;
        added.number = ++last;
        std::swap(entries[std::move(name)], added);
    }

    const std::shared_ptr<publications> shared;
    std::mutex mutex;
    std::map<std::string, entry, std::less<>> entries;
    std::map<std::string, std::string, std::less<>> also; ///< Further names.
    /// What was asked for last and is no further name, of an object; null after each change. Peers of protocols with one root
    /// object ask with each call, and mostly for the same.
    const std::pair<const std::string, entry>* latest = nullptr;
    std::vector<conversation_events> listeners;
    std::vector<std::string> service_names;
    std::uint64_t last = 0;
    std::string root; ///< The name of the first one, unless somebody chose another.
    bool root_chosen = false;
};

publications::publications() : table_(std::make_unique<table>(nullptr)) {}
publications::publications(std::shared_ptr<publications> shared)
    : table_(std::make_unique<table>(std::move(shared))) {}
publications::~publications() = default;

void publications::publish(std::string name, intrusive_ptr<object_core> object,
                           conversation_events told) {
    table::entry added{std::move(object), nullptr, std::move(told)};
    const std::lock_guard lock(table_->mutex);
    table_->put(std::move(name), added); // what it replaces is freed without the lock
}

void publications::publish_beside(std::string name, intrusive_ptr<object_core> object) {
    table::entry added{std::move(object), nullptr, {}, true};
    const std::lock_guard lock(table_->mutex);
    table_->put(std::move(name), added);
}

void publications::publish_each(std::string name, service_maker maker) {
    table::entry added{nullptr, std::move(maker), {}};
    const std::lock_guard lock(table_->mutex);
    table_->put(std::move(name), added);
}

void publications::publish_also(std::string further, std::string name) {
    const std::lock_guard lock(table_->mutex);
    table_->latest = nullptr;
    table_->also[std::move(further)] = std::move(name);
}

void publications::set_root(std::string name) {
    const std::lock_guard lock(table_->mutex);
    table_->root = std::move(name);
    table_->root_chosen = true;
}

intrusive_ptr<object_core> publications::root() {
    std::string name;
    {
        table& naming = table_->shared ? *table_->shared->table_ : *table_;
        const std::lock_guard lock(naming.mutex);
        name = naming.root;
    }
    return find_object(name);
}

intrusive_ptr<object_core> publications::find_object(std::string_view name) {
    std::string_view real = name;
    std::string first_name; // asked for with each call by name: copied only where there is another
    if (table_->shared) {
        table& naming = *table_->shared->table_;
        const std::lock_guard lock(naming.mutex);
        if (const auto same = naming.also.find(name); same != naming.also.end())
            real = first_name = same->second;
    }
    {
        const std::lock_guard lock(table_->mutex);
        if (table_->latest != nullptr && table_->latest->first == real)
            return table_->latest->second.object;
        if (!table_->shared) {
            if (const auto same = table_->also.find(name); same != table_->also.end())
                real = same->second; // as long as the lock is held
        }
        const auto found = table_->entries.find(real);
        if (found != table_->entries.end() && found->second.object) {
            if (real.data() == name.data()) table_->latest = &*found;
            return found->second.object;
        }
    }
    return table_->shared ? table_->shared->find_object(real) : intrusive_ptr<object_core>();
}

std::string publications::name_of(const object_core& object) {
    {
        const std::lock_guard lock(table_->mutex);
        for (const auto& [name, each] : table_->entries) {
            if (each.object.get() == &object) return name;
        }
    }
    return table_->shared ? table_->shared->name_of(object) : std::string();
}

bool publications::withdraw(const std::string& name) {
    table::entry gone; // freed without the lock: it is the program's object
    const std::lock_guard lock(table_->mutex);
    table_->latest = nullptr;
    if (table_->also.erase(name) != 0) return true;
    const auto found = table_->entries.find(name);
    if (found == table_->entries.end()) return false;
    gone = std::move(found->second);
    table_->entries.erase(found);
    return true;
}

void publications::withdraw_all() {
    std::map<std::string, table::entry, std::less<>> gone;
    const std::lock_guard lock(table_->mutex);
    table_->latest = nullptr;
    std::swap(gone, table_->entries);
}

void publications::set_service_names(std::vector<std::string> names) {
    for (std::string& each : names) each = in_upper_case(std::move(each));
    const std::lock_guard lock(table_->mutex);
    table_->service_names = std::move(names);
}

std::vector<std::string> publications::service_names() {
    {
        table& naming = table_->shared ? *table_->shared->table_ : *table_;
        const std::lock_guard lock(naming.mutex);
        if (!naming.service_names.empty()) return naming.service_names;
    }
    // As RPyC makes it of a service's class: "CalculatorService" is "CALCULATOR".
    const intrusive_ptr<object_core> main = root();
    std::string name(main ? main->interface_name() : "Root");
    if (name.ends_with("Service")) name.resize(name.size() - 7);
    return {in_upper_case(std::move(name))};
}

void publications::tell(conversation_events told) {
    const std::lock_guard lock(table_->mutex);
    table_->listeners.push_back(std::move(told));
}

bool publications::has_events() {
    const std::lock_guard lock(table_->mutex);
    if (!table_->listeners.empty()) return true;
    return std::any_of(table_->entries.begin(), table_->entries.end(),
                       [](const auto& each) { return each.second.maker || each.second.told; });
}

bool publications::has_makers() {
    const std::lock_guard lock(table_->mutex);
    return std::any_of(table_->entries.begin(), table_->entries.end(),
                       [](const auto& each) { return static_cast<bool>(each.second.maker); });
}

publications::beginning publications::begin() {
    const std::lock_guard lock(table_->mutex);
    beginning now;
    now.listeners = table_->listeners;
    std::map<std::uint64_t, beginning::service> in_order;
    for (const auto& [name, each] : table_->entries) {
        if (each.maker || each.told) in_order[each.number] = {name, each.maker, each.told};
    }
    for (auto& [number, each] : in_order) now.services.push_back(std::move(each));
    return now;
}

intrusive_ptr<object_core> publications::find(const std::string& name) {
    if (auto found = name.empty() ? root() : find_object(name)) return found;
    std::string known;
    for (const service_info& each : list()) {
        if (!known.empty()) known += ", ";
        known += each.name;
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
    std::map<std::string, intrusive_ptr<object_core>, std::less<>> all;
    std::vector<std::string> names;
    for (table* from = table_->shared ? table_->shared->table_.get() : table_.get();;
         from = table_.get()) {
        const std::lock_guard lock(from->mutex);
        for (const auto& [name, each] : from->entries) names.push_back(name);
        for (const auto& [further, name] : from->also) names.push_back(further);
        if (from == table_.get()) break;
    }
    for (std::string& name : names) {
        if (auto found = find_object(name)) all[std::move(name)] = std::move(found);
    }
    std::vector<service_info> listed;
    for (const auto& [name, object] : all) {
        service_info info{name, std::string(object->interface_name()), {}};
        if (const interface_descriptor* const offered = object->interface()) {
            const beckon::digest& ours = offered->schema_digest(*offered);
            info.digest.assign(ours.begin(), ours.end());
        }
        listed.push_back(std::move(info));
    }
    return listed;
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
