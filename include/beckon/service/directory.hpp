// What a peer finds at object 0: the published objects, by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "beckon/object/object.hpp"
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
    /// The object published under a name. With a digest: schema_mismatch where the interface is another; without: as it is.
    object get(std::string name, std::string interface, bytes digest);
    std::vector<service_info> list();
    /// The canonical binary form of the object's interface and all that it mentions, with documentation.
    bytes describe(std::string name);
};
BECKON_INTERFACE(directory, (get, name, interface, digest), (list), (describe, name))

/// A name that a program has published.
///
/// Thread-safety: all functions, from any thread.
class publications {
public:
    publications();
    ~publications();
    publications(const publications&) = delete;
    publications& operator=(const publications&) = delete;

    void publish(std::string name, intrusive_ptr<object_core> object);
    /// Whether there was one. Peers that hold references keep them.
    bool withdraw(const std::string& name);

    /// The object that peers of protocols with one root object begin with: the one published under the name that
    /// `set_root` gave, else the first one that was published. Null where there is none.
    [[nodiscard]] intrusive_ptr<object_core> root();
    void set_root(std::string name);
    /// Null where nothing is published under that name.
    [[nodiscard]] intrusive_ptr<object_core> find_object(std::string_view name);

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
