// quickrpc's RemoteAPI: two programs that call each other's methods by name, over whatever joins them.
//
//   struct echo_api : beckon::quickrpc::remote_api {
//       using remote_api::remote_api;
//       incoming<void(std::string)> say{*this, "say", param("text", "")};
//       outgoing<void(std::string)> echo{*this, "echo", param("text", "")};
//   };
//   echo_api api({.codec = "terse", .transport = "mux:(tcpserv::8888)(stdio:)"});
//   api.say.connect([&](const std::string& sender, std::string text) { api.echo(text); });
//   api.transport()->start();
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "beckon/service/remote_api/method.hpp"
#include "beckon/service/remote_api/transport.hpp"
#include "beckon/session/message_security.hpp"

namespace beckon::quickrpc {

class codec;

struct api_options {
    /// An expression, or an object (make_codec).
    std::variant<std::string, std::shared_ptr<const quickrpc::codec>> codec = std::string("jrpc");
    /// An expression, or an object; empty: none yet.
    std::variant<std::string, std::shared_ptr<quickrpc::transport>> transport = std::string();
    /// An expression, or what makes the provider of each conversation. "null", or null: messages go unsecured, and secured
    /// ones are refused. "blindly_believe_everything", "unproven:USER"; "signed:FILE" and "sealed:FILE" with a file of keys
    /// and, behind it, options as endpoints have them: "signed:alice.keys?peer=shop"; a name of context::add_security.
    std::variant<std::string, message_security_maker> security = std::string("null");
    std::string user{}; ///< Who this side is, where an expression for `security` does not say.
    bool invert = false;
    /// Handlers run on a thread of their own, one call after another, and may wait for results of their own calls. Else they
    /// run where messages are read, and waiting there is a promise_deadlock_error.
    bool async_processing = false;
    bool standard_codes = false;      ///< Errors have JSON-RPC's numbers rather than 0.
    std::size_t max_bad_messages = 0; ///< Of a peer, before it is dropped; 0: any number.
    /// A promise that was not answered for so long fails, and is not waited for any more.
    nanoseconds forget_after = std::chrono::minutes(10);
    log_sink* log = &stderr_log(); ///< Outlives the API and its promises.
    /// Where expressions find what the program has added: codecs, providers, transports. Null: the standard one.
    std::shared_ptr<beckon::context> context{};
};

/// Derive from it, and declare methods as members. One message is handled at a time, whichever peer it comes from.
///
/// Errors: constructor: invalid_argument, for expressions that name nothing; parse_error.
/// Thread-safety: all functions, from any thread; members are declared before the transport starts.
/// Lifetime: the destructor of its first member waits for the handler that runs, and nothing is delivered afterwards; a
/// handler must not be what destroys it.
class remote_api {
public:
    explicit remote_api(api_options options = {});
    virtual ~remote_api();
    remote_api(const remote_api&) = delete;
    remote_api& operator=(const remote_api&) = delete;

    /// What it receives from and sends to; null: nothing. Another API that had it gets nothing from it any more. What was
    /// called through the one before fails.
    void set_transport(std::shared_ptr<quickrpc::transport> transport);
    void set_transport(std::nullptr_t) { set_transport(std::shared_ptr<quickrpc::transport>()); }
    void set_transport(std::string_view expression);
    [[nodiscard]] std::shared_ptr<quickrpc::transport> transport() const;
    [[nodiscard]] std::shared_ptr<const quickrpc::codec> codec() const;

    /// Swaps incoming and outgoing, so that both sides can share one declaration. Twice: as before. Throws
    /// invalid_argument where handlers are connected.
    void invert();
    /// The names of incoming methods without handlers, by the alphabet.
    [[nodiscard]] std::vector<std::string> unhandled_calls() const;

    /// Declares a method at run time.
    api_method declare(direction way, std::string name, std::vector<parameter> parameters,
                       bool has_reply = false, bool takes_positional = false);
    /// A name that peers hear of as one that is theirs to call neither way.
    void declare_local(std::string name);
    /// Throws unknown_method.
    [[nodiscard]] api_method method(std::string_view name) const;

    /// Told of a message that could not be read (`method` is empty then), of a call that is not allowed, and of a handler
    /// that failed. The answer, where there is one, is sent without it. This one writes a warning to the log.
    virtual void message_error(const std::string& sender, const error& failure,
                               std::string_view method);

private:
    friend class api_method;
    friend struct detail::api_state;
    const std::shared_ptr<detail::api_state> state_;
};

} // namespace beckon::quickrpc
