#include "service/bridge/relay_flow.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace beckon {

namespace {
constexpr std::size_t read_bytes = 64u << 10;
constexpr std::size_t most_idle_bytes = 64u << 10; ///< Of memory that is kept without content.

void give_back(buffer& emptied) noexcept {
    emptied.clear();
    if (emptied.capacity() > most_idle_bytes) emptied.free();
}
} // namespace

relay_flow::outcome relay_flow::read(io::byte_stream& source) {
    std::array<std::byte, read_bytes> came;
    const io::io_result got = source.read(came);
    if (got.status == io::io_status::would_block) {
        may_read = false;
        return outcome::nothing;
    }
    if (got.status != io::io_status::ok) {
        ended_ = true;
        source_ended_ = true;
        may_read = false;
        if (got.status == io::io_status::failed)
            failure_.emplace(io::to_error(got, "reading from", source.peer_name()));
        const outcome last = convert();
        return last == outcome::moved && failure_ ? outcome::read_failed : last;
    }
    // What a short read leaves the descriptor will tell of.
    if (got.size < came.size() && !source.has_waiting_input()) may_read = false;
    const byte_view input = byte_view(came).first(got.size);
    if (in_.empty() && (converts_ == nullptr || converts_->is_transparent(from_))) {
        out_.append(input);
        return outcome::moved;
    }
    in_.append(input);
    return convert();
}

relay_flow::outcome relay_flow::look_again() {
    if (!waits_) return outcome::nothing;
    const outcome done = convert();
    return waits_ ? outcome::nothing : done;
}

/// REQUIRES: out_ is empty.
relay_flow::outcome relay_flow::convert() {
    if (converts_ == nullptr) return outcome::moved;
    const result<passage::step> done = converts_->pass(from_, in_.view(), ended_, out_);
    if (!done) {
        failure_ = done.error();
        ended_ = true;
        in_.free();
        return outcome::bad_message;
    }
    if (done->bytes != 0) {
        in_.consume(done->bytes);
        ++finished_messages_;
    }
    if (in_.empty()) give_back(in_);
    waits_ = done->next == passage::next::waits;
    return done->next == passage::next::dial_again ? outcome::dial_again : outcome::moved;
}

relay_flow::outcome relay_flow::write(io::byte_stream& target) {
    if (out_.empty() || blocked_) return outcome::nothing;
    std::array<byte_view, io::max_gathered> views;
    const std::size_t count = cut(views);
    needs_more_ = count == 0;
    if (needs_more_) return outcome::nothing;
    const io::io_result done = target.write(std::span(views).first(count));
    if (done.status == io::io_status::would_block) {
        blocked_ = true;
        return outcome::nothing;
    }
    if (done.status != io::io_status::ok) {
        failure_.emplace(io::to_error(done, "writing to", target.peer_name()));
        return outcome::write_failed;
    }
    sent(done.size);
    return outcome::moved;
}

/// What to write next: all of it, or a view for each message.
std::size_t relay_flow::cut(std::array<byte_view, io::max_gathered>& into) const {
    byte_view rest = out_.view().subspan(sent_);
    if (!apart_) {
        into[0] = rest;
        return 1;
    }
    std::size_t count = 0;
    for (std::size_t size = unfinished_; count < into.size() && !rest.empty(); size = 0) {
        if (size == 0) size = converts_->record_size(rest);
        if (size == 0) {
            if (!ended_) break; // more of its head is to come
            size = rest.size();
        }
        size = std::min(size, rest.size());
        into[count++] = rest.first(size);
        rest = rest.subspan(size);
    }
    return count;
}

void relay_flow::sent(std::size_t size) {
    if (apart_) {
        byte_view rest = out_.view().subspan(sent_);
        for (std::size_t left = size; left != 0;) {
            const std::size_t whole = unfinished_ != 0 ? unfinished_ : converts_->record_size(rest);
            const std::size_t part = std::min(left, whole != 0 ? whole : rest.size());
            unfinished_ = whole > part ? whole - part : 0;
            rest = rest.subspan(part);
            left -= part;
        }
    }
    sent_ += size;
    if (sent_ != out_.size()) return;
    give_back(out_);
    sent_ = 0;
}

void relay_flow::drop() noexcept {
    ended_ = true;
    is_shut = true;
    forget_output();
}

void relay_flow::restart(buffer said) {
    said.append(in_.view());
    in_ = std::move(said);
    waits_ = true;
    ended_ = source_ended_;
    is_shut = false;
    forget_output();
}

void relay_flow::forget() noexcept {
    in_.free();
    waits_ = false;
    ended_ = false;
    source_ended_ = false;
    is_shut = false;
    may_read = true;
    failure_.reset();
    forget_output();
}

void relay_flow::forget_output() noexcept {
    out_.free();
    sent_ = 0;
    unfinished_ = 0;
    blocked_ = false;
    needs_more_ = false;
}

} // namespace beckon
