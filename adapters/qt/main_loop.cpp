#include "beckon_qt/main_loop.hpp"

#include <QEvent>
#include <QSocketNotifier>

#include <beckon/object/exception.hpp>
#include <beckon/session/runtime.hpp>

namespace beckon::qt {

/// Readable whenever Beckon's loop has something to do, timers among it.
class main_loop::notifier final : public QSocketNotifier {
public:
    explicit notifier(std::shared_ptr<runtime> runs)
        : QSocketNotifier(runs->descriptor(), QSocketNotifier::Read), runtime_(std::move(runs)) {}

protected:
    bool event(QEvent* what) override {
        if (what->type() != QEvent::SockAct) return QSocketNotifier::event(what);
        // A handler that runs a loop of Qt's inside must not find us there: Beckon's turn is not over, and the descriptor
        // would be readable all the time.
        setEnabled(false);
        runtime_->poll();
        setEnabled(true);
        return true;
    }

private:
    const std::shared_ptr<runtime> runtime_;
};

namespace {
std::shared_ptr<context> make_context(runtime_options options) {
    options.embedded = true;
    auto made = context::create(options);
    if (!made) throw_error(std::move(made).error());
    return std::move(made).value();
}
} // namespace

main_loop::main_loop(runtime_options options)
    : context_(make_context(options)), notifier_(std::make_unique<notifier>(context_->runtime())) {}

main_loop::~main_loop() = default;

} // namespace beckon::qt
