#include "service/bridge/recording.hpp"

#include "beckon/session/runtime.hpp"
#include "service/bridge/recorded_lines.hpp"

namespace beckon {

recorder::recorder(io::written_file file, recorder_options options)
    : options_(std::move(options)), began_(steady_clock_source().now()), file_(std::move(file)),
      writer_([this] { write(); }) {}

recorder::~recorder() {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_all();
    writer_.join();
}

double recorder::seconds() const noexcept {
    return std::chrono::duration<double>(steady_clock_source().now() - began_).count();
}

void recorder::add(std::string_view line) {
    bool too_much = false;
    {
        const std::lock_guard lock(mutex_);
        if (has_ended_) return;
        too_much = waiting_.size() + line.size() >= most_waiting_bytes;
        if (!too_much) {
            waiting_ += line;
            waiting_ += '\n';
        }
    }
    if (too_much) {
        return end(fail(errc::limit_exceeded, "more than ", most_waiting_bytes,
                        " bytes wait for file ", quoted(file_.path(), 200)));
    }
    changed_.notify_all();
}

void recorder::end(const error& why) {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(has_ended_, true)) return;
        waiting_.clear();
    }
    changed_.notify_all();
    options_.context->runtime()->log().write(
        log_level::error, "BKN-RECORDING",
        concat("recording has ended, conversations go on: ", why.to_string()));
}

bool recorder::has_ended() const {
    const std::lock_guard lock(mutex_);
    return has_ended_;
}

void recorder::flush() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return has_ended_ || (waiting_.empty() && !is_writing_); });
}

void recorder::write() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        std::string lines;
        lines.swap(waiting_);
        is_writing_ = true;
        lock.unlock();
        const result<void> written = file_.append(lines);
        if (!written) end(written.error());
        lock.lock();
        is_writing_ = false;
        changed_.notify_all();
    }
}

result<std::shared_ptr<recorder>> make_recorder(const std::string& file, recorder_options options) {
    BECKON_ASSIGN(auto opened, io::written_file::create(file));
    if (!options.context) options.context = context::standard();
    auto made = std::make_shared<recorder>(std::move(opened), std::move(options));
    made->add(first_recorded_line());
    return made;
}

} // namespace beckon
