// Beckon on Qt's main loop: handlers, continuations and a promise's callbacks run where QCoreApplication::exec does.
#pragma once

#include <memory>

#include <beckon/service/context.hpp>
#include <beckon/session/runtime_options.hpp>

namespace beckon::qt {

/// A context without threads of its own, which Qt's loop drives.
///
///   QCoreApplication program(count, words);
///   beckon::qt::main_loop loop;
///   quickrpc::remote_api api({.transport = "qtcp:localhost:8888", .context = loop.context()});
///
/// Whatever is given the context (servers, connections, carriers, APIs) is served while the program is in `exec`, and in
/// nested loops of it, but for those that a handler of Beckon's has begun. So handlers need no locks, may use widgets, and
/// must not block. A synchronous call waits, and reads its own connection meanwhile; nothing else of the loop runs then.
///
/// Thread-safety: none; made, used and destroyed on the thread of Qt's loop.
/// Lifetime: what uses the context may live on, and is not served any more.
class main_loop {
public:
    /// `options.embedded` is set. Throws where the system has no descriptors left. REQUIRES: there is a QCoreApplication.
    explicit main_loop(runtime_options options = {});
    ~main_loop();
    main_loop(const main_loop&) = delete;
    main_loop& operator=(const main_loop&) = delete;

    [[nodiscard]] const std::shared_ptr<beckon::context>& context() const noexcept {
        return context_;
    }

private:
    class notifier;
    std::shared_ptr<beckon::context> context_;
    std::unique_ptr<notifier> notifier_;
};

} // namespace beckon::qt
