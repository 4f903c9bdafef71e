// The client's first line: `auto session = beckon::connect("tcp://127.0.0.1:7000");`
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/limits.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/service/context.hpp"
#include "beckon/service/directory.hpp"
#include "beckon/service/raw_connection.hpp"
#include "beckon/session/authorization.hpp"
#include "beckon/session/message_security.hpp"
#include "beckon/session/session_stats.hpp"

namespace beckon {

class session;
class renewal;

struct connect_options {
    std::shared_ptr<beckon::context> context{}; ///< Null: the standard one.
    beckon::limits limits{};
    nanoseconds timeout = std::chrono::seconds(10); ///< To reach the peer.
    std::string user{}; ///< Told to the server; it decides whether to believe it.
    bytes secret{};     ///< Proof of it.
    /// What the peer may get from us by name; null: nothing.
    std::shared_ptr<publications> published{};
    /// Asked before each call of the peer: of what is published, and of what it was given otherwise. Null: it may call
    /// everything.
    authorizer authorize{};
    /// Protects each message, where the endpoint names no provider and the protocol carries one.
    message_security_maker security{};
    /// What is to be done with the connection before its protocol begins. On the calling thread; again for each attempt.
    connection_handshake handshake{};
};

/// A conversation, as its user holds it. Copies share it. It ends when the last copy, and the last reference and
/// future that came from it, have gone, or by `close`.
///
/// Thread-safety: all functions, from any thread.
class connected {
public:
    connected() noexcept;
    explicit connected(intrusive_ptr<beckon::session> conversation) noexcept;
    explicit connected(std::shared_ptr<renewal> renewing) noexcept;
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
    /// The same without an interface: for dynamic.hpp, and to be passed on.
    [[nodiscard]] object get(std::string_view name) const;
    [[nodiscard]] result<object> try_get(std::string_view name) const;
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
    /// What `close` of this side runs first, on its thread; calls may still be made then. What is thrown there is
    /// logged. It is not run where the peer ends the conversation, or the last handle goes.
    void before_close(std::function<void(const connected&)> told) const;
    [[nodiscard]] bool is_over() const noexcept;
    /// Waits until the conversation is over; whether it is.
    bool await_end(nanoseconds at_most = nanoseconds::max()) const;
    /// How long the peer took to answer that it is there. A peer that only answers while it waits or serves, as an RPyC
    /// client does, may not. Throws timeout_error, disconnected_error, protocol_error for an answer that is none.
    nanoseconds ping(nanoseconds within = std::chrono::seconds(10)) const;
    [[nodiscard]] result<nanoseconds> try_ping(nanoseconds within = std::chrono::seconds(10)) const;
    /// Who the peer is, as an authenticator of this side said; else "anonymous".
    [[nodiscard]] std::string user() const;
    [[nodiscard]] session_stats stats() const;
    [[nodiscard]] std::string peer_name() const;
    /// What the peer is called among those of a server or a carrier ("127.0.0.1:40213", "stdio"); else its endpoint.
    [[nodiscard]] std::string name() const;
    /// Of one that begins again: the latest.
    [[nodiscard]] intrusive_ptr<beckon::session> core() const noexcept;
    friend bool operator==(const connected&, const connected&) noexcept = default;

    // --- Serving by hand ---
    // In a context without threads (runtime_options::embedded) the peer's calls run when this program says so: here, and
    // while it waits for a call of its own. All conversations of the context are served, whose ever the handle is.
    // Errors: unsupported, where the context has threads; would_deadlock in what is being served.

    /// Serves until a call of this peer has been answered, or the time is over, or the conversation; says whether one was.
    bool serve(nanoseconds at_most = std::chrono::seconds(1)) const;
    /// Serves what is there, and waits for nothing.
    bool poll() const { return serve(nanoseconds(0)); }
    /// Serves for so long; whether a call of this peer was answered.
    bool poll_all(nanoseconds length) const;
    /// Serves until the conversation is over. Where the context has threads, it only waits for that.
    void serve_all() const;

private:
    [[nodiscard]] intrusive_ptr<object_core> find(std::string_view name,
                                                  const interface_descriptor& interface) const;
    [[nodiscard]] result<intrusive_ptr<object_core>>
    try_find(std::string_view name, const interface_descriptor& interface) const;
    [[nodiscard]] result<intrusive_ptr<object_core>>
    find_attribute(std::string_view name, const interface_descriptor& interface) const;

    intrusive_ptr<beckon::session> session_;
    std::shared_ptr<renewal> renewal_; ///< In its place, where it begins again.
};

namespace this_call {

/// The conversation that the call came in: to call its peer, to keep for later. Empty for a call inside this process.
[[nodiscard]] connected conversation();

} // namespace this_call

/// Connects. Throws where the endpoint is malformed or nobody answers there.
///
/// `restart:SECONDS:ENDPOINT` (io/transport_expression.hpp) connects again whenever the connection has ended: after so many
/// seconds, until that works. `connect` itself tries until `timeout`, and gives the first conversation then. References and
/// calls in flight of one that has ended fail with `disconnected`, and so does `get` while there is no new one; then it works
/// again, and so does everything else that is asked of the handle: it is the latest conversation's. Ask for the objects
/// again after such a failure. This ends by `close`, or with the last copy of the handle: here references do not keep it.
/// Other expressions with one peer work too ("process:(program)"); those with several are for beckon::carrier.
[[nodiscard]] connected connect(std::string_view endpoint, const connect_options& options = {});
[[nodiscard]] result<connected> try_connect(std::string_view endpoint,
                                            const connect_options& options = {});

} // namespace beckon
