// What connections and servers of a program share: threads, the in-process network, the log.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"
#include "beckon/session/message_security.hpp"
#include "beckon/session/runtime_options.hpp"

namespace beckon {

class runtime; // session/runtime.hpp, for programs that embed it

namespace quickrpc {
class codec; // protocol/quickrpc/codec.hpp
} // namespace quickrpc

namespace transport::memory {
class network;
}

/// What a transport of the program's own does. Either may be null.
struct own_transport {
    std::function<result<std::unique_ptr<io::byte_stream>>(const io::endpoint& where,
                                                           const io::connect_options& options)>
        connect{};
    std::function<result<std::unique_ptr<io::listener>>(const io::endpoint& where,
                                                        const io::listen_options& options)>
        listen{};
};

/// Makes a codec of the program's own from what stands behind its shorthand's colon.
using own_codec =
    std::function<result<std::shared_ptr<const quickrpc::codec>>(std::string_view parameters)>;

/// Makes the provider of one conversation at an endpoint, whose options are its own business.
using own_security = std::function<result<std::unique_ptr<message_security>>(
    const io::endpoint& where, security_side side)>;

/// Shared by reference. A program that says nothing uses the default one, which lives while anything of it is in use.
///
/// Thread-safety: all functions, from any thread.
class context : public std::enable_shared_from_this<context> {
public:
    [[nodiscard]] static result<std::shared_ptr<context>> create(runtime_options options = {});
    /// The one that `connect` and `server` use where they are given none. Throws where the system has no descriptors left.
    [[nodiscard]] static std::shared_ptr<context> standard();

    ~context();
    context(const context&) = delete;
    context& operator=(const context&) = delete;

    [[nodiscard]] const std::shared_ptr<beckon::runtime>& runtime() const noexcept {
        return runtime_;
    }
    /// Without threads (runtime_options::embedded): serves what is ready, waiting for it at most so long; whether there was
    /// anything. Throws unsupported where the context has threads.
    bool serve(nanoseconds at_most = std::chrono::seconds(1));
    bool poll() { return serve(nanoseconds(0)); }
    /// Which of several ways of speaking its protocol a server was found to understand; 0 where nothing is known.
    [[nodiscard]] std::size_t way_to_speak(const std::string& endpoint) const;
    void set_way_to_speak(const std::string& endpoint, std::size_t way);
    /// It did not understand the one that is known; whoever speaks takes it modulo the number of ways.
    void try_next_way_to_speak(const std::string& endpoint);
    /// A transport of the program's own, for endpoints with that name wherever the context is used. In place of one that was
    /// added before; ours stay as they are.
    void add_transport(std::string name, own_transport made);
    /// Null where there is none.
    [[nodiscard]] std::shared_ptr<const own_transport> find_transport(std::string_view name) const;
    /// A shorthand for transport expressions: what stands behind its colon is given, and the expression that it stands for is
    /// wanted. `context.add_shorthand("office", [](std::string_view) { return "restart:5:tls://office:7443"; })`.
    void add_shorthand(std::string name,
                       std::function<std::string(std::string_view parameters)> meaning);
    [[nodiscard]] bool has_shorthand(std::string_view name) const;
    /// What a shorthand of the program stands for.
    [[nodiscard]] std::optional<std::string> expand(std::string_view name,
                                                    std::string_view parameters) const;
    /// A codec of the program's own for quickrpc: `codec=NAME` in endpoints, and expressions of a RemoteAPI. Ours stay as
    /// they are.
    void add_codec(std::string name, own_codec made);
    /// Null where there is none.
    [[nodiscard]] own_codec find_codec(std::string_view name) const;
    /// A security provider of the program's own: `jsonrpc+NAME+tcp:`, and expressions of a RemoteAPI. Ours stay as they are.
    void add_security(std::string name, own_security made);
    /// Null where there is none.
    [[nodiscard]] own_security find_security(std::string_view name) const;
    /// Where `memory:` endpoints are.
    [[nodiscard]] transport::memory::network& memory() const noexcept { return *memory_; }

private:
    explicit context(std::shared_ptr<beckon::runtime> runs);
    std::shared_ptr<beckon::runtime> runtime_;
    std::shared_ptr<transport::memory::network>
        memory_; // shared: only connect.cpp knows what it is
    mutable std::mutex mutex_;
    std::map<std::string, std::size_t> ways_;
    std::map<std::string, std::shared_ptr<const own_transport>, std::less<>> transports_;
    std::map<std::string, std::function<std::string(std::string_view)>, std::less<>> shorthands_;
    std::map<std::string, own_codec, std::less<>> codecs_;
    std::map<std::string, own_security, std::less<>> securities_;
};

} // namespace beckon
