// What a peer finds at object 0: the published objects, by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "beckon/object/object.hpp"
#include "beckon/service/conversation_events.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon {

/// One published object.
struct service_info {
    std::string name;
    std::string interface;
    bytes digest; ///< SHA-256 of the interface's closure.
};
BECKON_RECORD(service_info, name, interface, digest)

/// The interface of object 0 in every native session. Its method numbers are part of the wire.
struct directory {
    /// The object published under a name; the root under the empty one. With a digest: schema_mismatch where the interface is another; without: as it is.
    object get(std::string name, std::string interface, bytes digest);
    std::vector<service_info> list();
    /// The canonical binary form of the object's interface and all that it mentions, with documentation.
    bytes describe(std::string name);
};
BECKON_INTERFACE(directory, (get, name, interface, digest), (list), (describe, name))

/// The names that a program has published.
///
/// Thread-safety: all functions, from any thread.
class publications {
public:
    publications();
    /// Those of one conversation: its own, and those of `shared` whose names it has not.
    explicit publications(std::shared_ptr<publications> shared);
    ~publications();
    publications(const publications&) = delete;
    publications& operator=(const publications&) = delete;

    void publish(std::string name, intrusive_ptr<object_core> object,
                 conversation_events told = {});
    /// What the toolkit adds to a program's objects: it is never the root by being the first.
    void publish_beside(std::string name, intrusive_ptr<object_core> object);
    /// Each conversation that begins from now on has an object of its own under that name.
    void publish_each(std::string name, service_maker maker);
    /// The object published as `name` is found as `further` too.
    void publish_also(std::string further, std::string name);
    /// Whether there was one. Peers that hold references keep them.
    bool withdraw(const std::string& name);
    void withdraw_all();

    /// The object that peers of protocols with one root object begin with: the one published under the name that
    /// `set_root` gave, else the first one that was published. Null where there is none.
    [[nodiscard]] intrusive_ptr<object_core> root();
    void set_root(std::string name);
    /// Null where nothing is published under that name.
    [[nodiscard]] intrusive_ptr<object_core> find_object(std::string_view name);

    /// The first of the names that an object is published under; empty where it is not published. It looks through all.
    [[nodiscard]] std::string name_of(const object_core& object);

    /// What the service is called, in upper case, the first of them before all others: RPyC's get_service_name and
    /// get_service_aliases, and what a registry is told. Without `set_service_names`, that of the root's interface
    /// alone: "CALCULATOR" for a Calculator or a CalculatorService.
    [[nodiscard]] std::vector<std::string> service_names();
    void set_service_names(std::vector<std::string> names);

    /// Tells of each conversation that begins from now on.
    void tell(conversation_events told);
    /// Whether conversations are to be told of, or have objects of their own.
    [[nodiscard]] bool has_events();
    /// Whether conversations have objects of their own.
    [[nodiscard]] bool has_makers();
    /// What a conversation that begins now has to be told, in order.
    struct beginning {
        std::vector<conversation_events> listeners;
        struct service {
            std::string name;
            service_maker
                maker; ///< Null where the object is shared; then `told` says what it is told.
            conversation_events told;
        };
        std::vector<service> services;
    };
    [[nodiscard]] beginning begin();

    // As the directory.
    object get(const std::string& name, const std::string& interface, const bytes& digest);
    std::vector<service_info> list();
    bytes describe(const std::string& name);

private:
    [[nodiscard]] intrusive_ptr<object_core> find(const std::string& name);
    struct table;
    const std::unique_ptr<table> table_;
};

} // namespace beckon
