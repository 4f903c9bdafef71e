// The client's first line: `auto session = beckon::connect("tcp://127.0.0.1:7000");`
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/limits.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/service/context.hpp"
#include "beckon/service/directory.hpp"
#include "beckon/session/session_stats.hpp"

namespace beckon {

class session;

struct connect_options {
    std::shared_ptr<beckon::context> context{}; ///< Null: the standard one.
    beckon::limits limits{};
    nanoseconds timeout = std::chrono::seconds(10); ///< To reach the peer.
    std::string user{}; ///< Told to the server; it decides whether to believe it.
    bytes secret{};     ///< Proof of it.
    /// What the peer may get from us by name; null: nothing.
    std::shared_ptr<publications> published{};
};

/// A conversation, as its user holds it. Copies share it. It ends when the last copy, and the last reference and
/// future that came from it, have gone, or by `close`.
///
/// Thread-safety: all functions, from any thread.
class connected {
public:
    connected() noexcept;
    explicit connected(intrusive_ptr<beckon::session> conversation) noexcept;
    connected(const connected&) noexcept;
    connected(connected&&) noexcept;
    connected& operator=(const connected&) noexcept;
    connected& operator=(connected&&) noexcept;
    ~connected();

    /// The object published under a name. Throws unknown_object, schema_mismatch (naming the method or field that
    /// differs), timeout_error, disconnected_error.
    template <typename Interface>
    [[nodiscard]] ref<Interface> get(std::string_view name) const {
        return ref<Interface>(find(name, descriptor_of<Interface>()));
    }
    template <typename Interface>
    [[nodiscard]] result<ref<Interface>> try_get(std::string_view name) const {
        result<intrusive_ptr<object_core>> found = try_find(name, descriptor_of<Interface>());
        if (!found) return std::move(found).error();
        return ref<Interface>(std::move(found).value());
    }
    /// What the peer publishes.
    [[nodiscard]] std::vector<service_info> list() const;
    /// The directory itself. Of the native protocol alone.
    [[nodiscard]] ref<directory> services() const;
    /// The object that the peer shows first, RPyC's `root`; in the native protocol the directory. One round trip; keep
    /// it rather than ask again.
    [[nodiscard]] object root() const;
    [[nodiscard]] result<object> try_root(nanoseconds timeout = {}) const;
    /// Fails what is in flight and ends the conversation. Idempotent.
    void close() const;
    [[nodiscard]] session_stats stats() const;
    [[nodiscard]] std::string peer_name() const;
    [[nodiscard]] const intrusive_ptr<beckon::session>& core() const noexcept { return session_; }

private:
    [[nodiscard]] intrusive_ptr<object_core> find(std::string_view name,
                                                  const interface_descriptor& interface) const;
    [[nodiscard]] result<intrusive_ptr<object_core>>
    try_find(std::string_view name, const interface_descriptor& interface) const;
    [[nodiscard]] result<intrusive_ptr<object_core>>
    find_attribute(std::string_view name, const interface_descriptor& interface) const;

    intrusive_ptr<beckon::session> session_;
};

/// Connects. Throws where the endpoint is malformed or nobody answers there.
[[nodiscard]] connected connect(std::string_view endpoint, const connect_options& options = {});
[[nodiscard]] result<connected> try_connect(std::string_view endpoint,
                                            const connect_options& options = {});

} // namespace beckon
