// Recording what passes through streams, message by message, to be read, edited and replayed (docs/wire/recording.md).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "beckon/base/log.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/service/context.hpp"
#include "io/written_file.hpp"

namespace beckon {

struct recorder_options {
    std::shared_ptr<beckon::context> context{}; ///< Null: the standard one.
    /// For protocols whose messages have an end only for who knows it: remcall. Null: their bytes are recorded as they come.
    std::shared_ptr<const schema::document> schema{};
};

/// One file and the thread that writes it. A file that cannot be written stops nothing: it is logged once
/// (BKN-RECORDING), and nothing more is recorded.
///
/// Thread-safety: all functions, from any thread.
/// Lifetime: the destructor waits until all is written.
class recorder {
public:
    recorder(io::written_file file, recorder_options options);
    ~recorder();
    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;

    /// A line without its end. Never waits for the file.
    ///
    /// Limits: `most_waiting_bytes` of lines; when the disk is so far behind, recording ends.
    void add(std::string_view line);
    /// Waits until all that was added by now is written.
    void flush();
    [[nodiscard]] bool has_ended() const;
    [[nodiscard]] double seconds() const noexcept;
    [[nodiscard]] const recorder_options& options() const noexcept { return options_; }

    static constexpr std::size_t most_waiting_bytes = std::size_t{256} << 20;

private:
    void write();
    void end(const error& why);

    const recorder_options options_;
    const time_point began_;
    io::written_file file_; ///< The thread's own.
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string waiting_;
    bool is_writing_ = false;
    bool is_over_ = false;
    bool has_ended_ = false;
    std::thread writer_;
};

/// Begins the file anew.
///
/// Errors: io_error.
[[nodiscard]] result<std::shared_ptr<recorder>> make_recorder(const std::string& file,
                                                              recorder_options options = {});

/// A stream that notes what passes through it: what it writes is the client's, what it reads the server's. `where` names the
/// protocol, and what it says, with its options; secrets of a provider of message security stay what they are, bytes.
[[nodiscard]] std::unique_ptr<io::byte_stream> record(std::unique_ptr<io::byte_stream> inner,
                                                      std::shared_ptr<recorder> into,
                                                      const io::endpoint& where,
                                                      std::uint64_t conversation);

} // namespace beckon
