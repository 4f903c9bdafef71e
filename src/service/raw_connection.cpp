#include "beckon/service/raw_connection.hpp"

#include <algorithm>
#include <array>

#include "beckon/io/byte_stream.hpp"
#include "beckon/io/wait.hpp"
#include "beckon/object/exception.hpp"

namespace beckon {

namespace {

time_point now() noexcept { return steady_clock_source().now(); }

[[noreturn]] void fail_late(const raw_connection& with, std::string_view doing) {
    throw_error(fail(errc::timeout, "peer ", with.peer_name(), " left no time for ", doing,
                     ": the handshake has taken too long (handshake_within)"));
}

} // namespace

std::string raw_connection::peer_name() const { return stream_.peer_name(); }
bool raw_connection::is_local() const { return stream_.is_local(); }

bytes raw_connection::read(std::size_t count) {
    bytes all;
    std::array<std::byte, 4096> piece;
    while (all.size() < count) { // memory grows with what comes
        const time_point before = now();
        if (before >= deadline_) fail_late(*this, "reading");
        const std::span<std::byte> into(piece.data(), std::min(piece.size(), count - all.size()));
        // In slices: a stream that is closed meanwhile may notice it only then.
        const nanoseconds slice =
            std::min<nanoseconds>(deadline_ - before, std::chrono::milliseconds(100));
        const io::io_result done = stream_.read_waiting(into, slice);
        if (done.status == io::io_status::would_block) continue;
        if (done.status == io::io_status::failed)
            throw_error(io::to_error(done, "reading from", peer_name()));
        if (done.status == io::io_status::end) {
            throw_error(fail(errc::disconnected, "peer ", peer_name(), " sent ", all.size(),
                             " bytes of its handshake; expected ", count));
        }
        all.insert(all.end(), into.begin(), into.begin() + static_cast<std::ptrdiff_t>(done.size));
    }
    return all;
}

std::string raw_connection::read_line(std::size_t at_most) {
    std::string line;
    for (;;) { // byte by byte: what follows the line is not for this side's handshake
        const bytes next = read(1);
        const char letter = static_cast<char>(next.front());
        if (letter == '\n') return line;
        if (line.size() == at_most) {
            throw_error(fail(errc::limit_exceeded, "peer ", peer_name(),
                             " sent a line of more than ", at_most, " bytes"));
        }
        line += letter;
    }
}

void raw_connection::write(byte_view content) {
    while (!content.empty()) {
        const std::array<byte_view, 1> pieces{content};
        const io::io_result done = stream_.write(pieces);
        if (done.status == io::io_status::failed || done.status == io::io_status::end)
            throw_error(io::to_error(done, "writing to", peer_name()));
        content = content.subspan(done.size);
        if (content.empty() || done.size != 0) continue;
        if (now() >= deadline_) fail_late(*this, "writing");
        const time_point slice = deadline_after(now(), std::chrono::milliseconds(100));
        static_cast<void>(
            io::wait_writable(stream_.write_descriptor(), std::min(slice, deadline_)));
    }
}

} // namespace beckon
