#include "input_stream.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "beckon/codec/json.hpp"
#include "beckon/value/coerce.hpp"
#include "beckon/value/plain.hpp"

namespace command {

using item_type = std::optional<beckon::value>;

class input_stream::source final : public beckon::stream_source<beckon::value> {
public:
    /// Makes of a line's JSON what the peer is to get.
    using fitting = std::function<beckon::result<beckon::value>(const beckon::value&)>;

    explicit source(fitting fit) : fit_(std::move(fit)) {
        // Detached: it may wait in the system for a line that never comes.
        acquire();
        std::thread([this] { run(); }).detach();
    }

    beckon::future<item_type> next() override {
        beckon::promise<item_type> wanted;
        auto given = wanted.get_future();
        const std::lock_guard lock(mutex_);
        wanted_.emplace(std::move(wanted));
        changed_.notify_all();
        return given;
    }
    void stop() noexcept override {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }
    [[nodiscard]] std::string complaint() const {
        const std::lock_guard lock(mutex_);
        return complaint_;
    }

private:
    void run() {
        for (;;) {
            std::optional<beckon::promise<item_type>> answering;
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [this] { return stopped_ || wanted_; });
                if (stopped_ && !wanted_) break;
                answering.swap(wanted_);
            }
            auto item = read_item();
            const bool last = !item || !item->has_value();
            answering->set(std::move(item));
            if (last) break;
        }
        release();
    }

    [[nodiscard]] beckon::result<item_type> read_item() {
        std::string line;
        do {
            if (!read_line(line)) return item_type();
        } while (line.find_first_not_of(" \t\r") == std::string::npos);
        auto parsed = beckon::json::parse(line);
        auto fitted =
            parsed ? fit_(*parsed) : beckon::result<beckon::value>(std::move(parsed).error());
        if (fitted) return item_type(std::move(fitted).value());
        const std::lock_guard lock(mutex_);
        complaint_ = beckon::concat("line ", lines_, " of standard input, ", beckon::quoted(line),
                                    ": ", fitted.error().message());
        return beckon::fail(beckon::errc::invalid_argument, complaint_);
    }

    /// False at the end.
    [[nodiscard]] bool read_line(std::string& line) {
        line.clear();
        for (;;) {
            if (const auto end = buffered_.find('\n'); end != std::string::npos) {
                line = buffered_.substr(0, end);
                buffered_.erase(0, end + 1);
                break;
            }
            std::array<char, 65'536> block;
            const ssize_t got = ::read(STDIN_FILENO, block.data(), block.size());
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) {
                if (buffered_.empty()) return false;
                line.swap(buffered_);
                break;
            }
            buffered_.append(block.data(), static_cast<std::size_t>(got));
        }
        ++lines_;
        return true;
    }

    const fitting fit_;
    std::string buffered_;  // of the thread
    std::size_t lines_ = 0; // of the thread

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<beckon::promise<item_type>> wanted_;
    std::string complaint_;
    bool stopped_ = false;
};

input_stream::input_stream() = default;
input_stream::~input_stream() = default;

beckon::value input_stream::make(const beckon::dynamic_interface& interface,
                                 const beckon::schema::type& item) {
    // The type is part of the schema.
    source_ = beckon::make_counted<source>([schema = interface.schema(), &item](const auto& given) {
        return beckon::coerce(given, schema->document(), item);
    });
    return stream();
}

beckon::value input_stream::make() {
    source_ = beckon::make_counted<source>(
        [](const beckon::value& given) { return beckon::from_plain(given); });
    return stream();
}

beckon::value input_stream::stream() const {
    return beckon::value::stream(
        beckon::intrusive_ptr<beckon::referent>(beckon::make_counted<beckon::value_stream>(
            beckon::intrusive_ptr<beckon::stream_source<beckon::value>>(source_))));
}

std::string input_stream::complaint() const {
    return source_ ? source_->complaint() : std::string();
}

} // namespace command
