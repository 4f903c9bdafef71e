#include "service/detection/branch_listener.hpp"

#include <utility>

#include "beckon/base/text.hpp"

namespace beckon::detection {

branch::branch(io::endpoint local, io::ready_flag flag) noexcept
    : local_(std::move(local)), flag_(std::move(flag)) {}

result<std::shared_ptr<branch>> branch::create(io::endpoint local) {
    auto flag = io::ready_flag::create();
    if (!flag) return std::move(flag).error();
    return std::make_shared<branch>(std::move(local), std::move(*flag));
}

void branch::give(std::unique_ptr<io::byte_stream> connection) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    waiting_.push_back(std::move(connection));
    flag_.show(true);
}

std::unique_ptr<io::byte_stream> branch::take() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return nullptr;
    std::unique_ptr<io::byte_stream> next = std::move(waiting_.front());
    waiting_.pop_front();
    flag_.show(!waiting_.empty());
    return next;
}

void branch::close() noexcept {
    std::deque<std::unique_ptr<io::byte_stream>> dropped; // their end is nobody's to wait for
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(waiting_);
    flag_.show(false);
}

bool branch::is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

namespace {

class branch_listener final : public io::listener {
public:
    explicit branch_listener(std::shared_ptr<branch> from) : from_(std::move(from)) {}

    result<std::unique_ptr<io::byte_stream>> accept() override {
        if (from_->is_closed())
            return fail(errc::disconnected, "listener ", io::to_string(local_endpoint()),
                        " was closed");
        return from_->take();
    }
    [[nodiscard]] int descriptor() const noexcept override { return from_->descriptor(); }
    [[nodiscard]] const io::endpoint& local_endpoint() const noexcept override {
        return from_->local_endpoint();
    }
    void close() noexcept override { from_->close(); }

private:
    const std::shared_ptr<branch> from_;
};

} // namespace

std::unique_ptr<io::listener> make_branch_listener(std::shared_ptr<branch> from) {
    return std::make_unique<branch_listener>(std::move(from));
}

} // namespace beckon::detection
