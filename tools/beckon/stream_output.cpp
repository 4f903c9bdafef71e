#include "stream_output.hpp"

#include "command.hpp"
#include "handles.hpp"

namespace command {

void call_time::fail_late(std::size_t printed) const {
    throw failure{status::failed,
                  beckon::fail(beckon::errc::timeout, "the stream has not ended within ",
                               std::chrono::duration<double>(length_).count(), " s (--timeout); ",
                               printed, " items came")};
}

void call_time::print_items(beckon::stream<beckon::value> items) const {
    for (std::size_t printed = 0;; ++printed) {
        auto next = items.async_next();
        await(next, printed);
        const auto item = next.get();
        if (!item) return;
        print_line(to_json(*item));
    }
}

} // namespace command
