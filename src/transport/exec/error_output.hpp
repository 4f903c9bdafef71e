// A child's standard error as lines of the log.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "beckon/base/log.hpp"
#include "beckon/base/result.hpp"
#include "io/descriptor.hpp"

namespace beckon::transport::exec {

/// Bytes of one log line; longer lines of the child become several.
inline constexpr std::size_t max_error_line = 1024;

/// Reads a pipe to its end on a thread of its own and logs what comes, line by line, until told to
/// stop logging. The thread ends with the last process that holds the pipe's other end.
class error_output : public std::enable_shared_from_this<error_output> {
public:
    explicit error_output(log_sink& log) noexcept : log_(&log) {}

    /// Errors: io_error when there is no thread.
    [[nodiscard]] result<void> start(io::descriptor pipe, std::string name);

    /// After this nothing is logged; what still comes is read and dropped.
    void mute() noexcept;

private:
    void run(int pipe, const std::string& name);
    void log(std::string_view line, const std::string& name);

    std::mutex lock_;
    log_sink* log_; ///< Null once muted.
};

} // namespace beckon::transport::exec
