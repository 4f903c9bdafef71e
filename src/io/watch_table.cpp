#include "io/watch_table.hpp"

#include <sys/epoll.h>

#include <cerrno>
#include <utility>

#include "io/os_error.hpp"

namespace beckon::io {

namespace {

std::uint32_t to_epoll(interest wanted) noexcept {
    std::uint32_t events = 0;
    if (has(wanted, interest::read)) events |= EPOLLIN;
    if (has(wanted, interest::write)) events |= EPOLLOUT;
    return events;
}

watch_token to_token(std::uint32_t index, std::uint32_t generation) noexcept {
    return watch_token{generation} << 32 | index;
}

} // namespace

const watch_table::slot* watch_table::find(watch_id id) const noexcept {
    if (id.slot >= slots_.size()) return nullptr;
    const slot& found = slots_[id.slot];
    return found.generation == id.generation && found.target ? &found : nullptr;
}

result<void> watch_table::apply(slot& watched, std::uint32_t index, interest wanted) {
    if (watched.wanted == wanted) return {};
    if (!watched.always_ready) {
        epoll_event event{};
        event.events = to_epoll(wanted);
        event.data.u64 = to_token(index, watched.generation);
        int operation = EPOLL_CTL_MOD;
        if (watched.wanted == interest::none) operation = EPOLL_CTL_ADD;
        // A descriptor in the set reports hang-up even when nothing is wanted, so it must leave.
        if (wanted == interest::none) operation = EPOLL_CTL_DEL;
        if (::epoll_ctl(epoll_, operation, watched.fd, &event) != 0) {
            const int number = errno;
            if (number == EPERM) {
                watched.always_ready = true;
            } else if (number == EEXIST) {
                return fail(errc::invalid_argument, "descriptor ", watched.fd,
                            " is watched already; one watch for each descriptor");
            } else if (operation !=
                       EPOLL_CTL_DEL) { // Else it was closed, and left the set by that.
                return os_fail(number == EBADF ? errc::invalid_argument : errc::io_error, number,
                               "cannot watch descriptor ", watched.fd);
            }
        }
    }
    if (watched.is_active()) --always_ready_;
    watched.wanted = wanted;
    if (watched.is_active()) ++always_ready_;
    return {};
}

result<watch_id> watch_table::add(int fd, interest wanted, intrusive_ptr<watcher> target) {
    BECKON_ASSERT(target, "a watch needs a watcher");
    std::uint32_t index = first_free_;
    if (index == no_slot) {
        index = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        first_free_ = slots_[index].next_free;
    }
    slot& fresh = slots_[index];
    fresh.fd = fd;
    fresh.wanted = interest::none;
    fresh.always_ready = false;
    if (result<void> applied = apply(fresh, index, wanted); !applied) {
        fresh.next_free = std::exchange(first_free_, index);
        return std::move(applied.error());
    }
    fresh.target = std::move(target);
    return watch_id{index, fresh.generation};
}

result<void> watch_table::change(watch_id id, interest wanted) {
    if (find(id) == nullptr) {
        return fail(errc::invalid_argument, "watch ", id.slot, " of generation ", id.generation,
                    " does not exist any more");
    }
    return apply(slots_[id.slot], id.slot, wanted);
}

intrusive_ptr<watcher> watch_table::remove(watch_id id) noexcept {
    if (find(id) == nullptr) return nullptr;
    slot& freed = slots_[id.slot];
    if (freed.wanted != interest::none && !freed.always_ready) {
        epoll_event unused{};
        ::epoll_ctl(epoll_, EPOLL_CTL_DEL, freed.fd, &unused);
    }
    if (freed.is_active()) --always_ready_;
    freed.fd = -1;
    if (++freed.generation == 0) freed.generation = 1;
    freed.next_free = std::exchange(first_free_, id.slot);
    return std::exchange(freed.target, nullptr);
}

intrusive_ptr<watcher> watch_table::target(watch_token token, bool& readable,
                                           bool& writable) const noexcept {
    const slot* const found = find(
        {static_cast<std::uint32_t>(token & 0xffff'ffff), static_cast<std::uint32_t>(token >> 32)});
    if (found == nullptr) return nullptr;
    // The interest may have changed since the event was fetched.
    readable = readable && has(found->wanted, interest::read);
    writable = writable && has(found->wanted, interest::write);
    if (!readable && !writable) return nullptr;
    return found->target;
}

watch_token watch_table::next_always_ready(std::uint32_t& from) const noexcept {
    while (always_ready_ != 0 && from < slots_.size()) {
        const std::uint32_t index = from++;
        if (slots_[index].target && slots_[index].is_active())
            return to_token(index, slots_[index].generation);
    }
    return no_token;
}

} // namespace beckon::io
