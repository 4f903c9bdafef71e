// The tables of a session: calls that wait for replies, objects lent, objects borrowed.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "beckon/base/flat_index.hpp"
#include "beckon/base/flat_map.hpp"
#include "beckon/base/result.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/servant.hpp"

namespace beckon {

/// Numbers with the top bit set are chosen by the caller for results to come; the others by the owner of the object.
inline constexpr std::uint32_t promise_bit = 0x8000'0000u;

/// Calls made and not yet answered. The record belongs to the caller; the table holds its slot until the reply,
/// also when the caller has given up. A number is slot and generation, so a late or doubled reply is recognised.
class call_table {
public:
    struct slot {
        pending_call* call = nullptr; ///< Null: free, or given up.
        pending_call::discard_function discard = nullptr;
        std::uint32_t promise = 0;
        std::uint32_t wire_bytes = 0;
        std::uint32_t made_in = 0; ///< The peer's call in whose handler it was made; 0: none.
        std::uint16_t generation = 1;
        bool used = false;
        bool in_flight = false; ///< It counts among those that the peer has.
        std::vector<std::uint32_t>
            lent; ///< Exports counted for its arguments, should they never be read.
        std::vector<std::uint32_t> lent_streams; ///< Streams given away with them.
    };

    /// Gives the call a number; 0 where the table is full (65,535 calls).
    std::uint32_t add(pending_call& call);
    /// The slot of a number in use, or null.
    [[nodiscard]] slot* find(std::uint32_t id) noexcept;
    void remove(std::uint32_t id) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    template <typename F>
    void for_each(F&& f) {
        for (std::uint32_t i = 0; i < slots_.size(); ++i) {
            if (slots_[i].used) f(number_of(i), slots_[i]);
        }
    }

private:
    [[nodiscard]] std::uint32_t number_of(std::uint32_t index) const noexcept {
        return static_cast<std::uint32_t>(slots_[index].generation) << 16 | index;
    }
    std::vector<slot> slots_;
    std::vector<std::uint32_t> free_;
    std::size_t used_ = 0;
};

struct queued_call;

/// An object lent to the peer, or the promise of one.
struct export_entry {
    intrusive_ptr<servant> object; ///< Null while promised, and after the promise failed.
    const object_core* original =
        nullptr; ///< What was lent: the servant, or the remote object it forwards to.
    struct promise_state {
        std::optional<error> failure;
        std::vector<std::unique_ptr<queued_call>> waiting;
        std::uint32_t depth =
            1; ///< Length of the chain of promises that this one stands at the end of.
    };
    std::unique_ptr<promise_state> promise;
    std::uint32_t id = 0;
    std::uint32_t count = 0;    ///< How often it was sent, less what was released.
    std::uint32_t kept_for = 0; ///< While nothing is left of the count: see unread_calls.
};

/// Objects lent. Counted: a release in flight and a re-send cannot race.
class export_table {
public:
    ~export_table();
    /// The entry with that number, or null.
    [[nodiscard]] export_entry* find(std::uint32_t id) noexcept;
    /// The entry under which the object was lent before, or null.
    [[nodiscard]] export_entry* find_object(const object_core* original) noexcept;
    /// Adds an object under a number of our choice.
    export_entry& add(intrusive_ptr<servant> object, const object_core* original);
    /// Adds an entry under the peer's number, empty.
    export_entry& add_promise(std::uint32_t id);
    /// Gives a promised entry its object.
    void resolve(export_entry& entry, intrusive_ptr<servant> object, const object_core* original,
                 bool is_alias);
    /// Drops the entry and gives back what it held, to be freed without the lock.
    [[nodiscard]] intrusive_ptr<servant> remove(export_entry& entry) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    template <typename F>
    void for_each(F&& f) {
        for (std::uint32_t i = 0; i < entries_.size(); ++i) {
            if (entries_[i].used) f(entries_[i].entry);
        }
    }

private:
    // An object lent costs one of these and a few bytes of the index: peers may hold very many.
    struct slot {
        export_entry entry;
        std::uint16_t generation = 0;
        bool used = false;
    };
    struct original_of {
        const std::deque<slot>& entries;
        const object_core* operator()(std::uint32_t index) const noexcept {
            return entries[index].entry.original;
        }
    };
    [[nodiscard]] std::uint32_t take_slot();
    [[nodiscard]] original_of originals() const noexcept { return {entries_}; }

    std::deque<slot> entries_; // entries keep their place while handlers run
    std::vector<std::uint32_t> free_;
    flat_index<const object_core*> by_object_; // of indices, each under its entry's original
    flat_map<std::uint32_t, std::uint32_t> promises_;
    std::size_t used_ = 0;
};

/// Calls that wait, their arguments not read yet, and the objects that were released after they came. Such a call may name
/// them, so they stay until it has been read.
class unread_calls {
public:
    /// Notes a call; gives the number that `read` wants, which fits 32 bits.
    [[nodiscard]] std::uint64_t add();
    /// A call's arguments were read, or never will be. Sets `number` to 0; does nothing where it is 0.
    void read(std::uint64_t& number) noexcept;
    [[nodiscard]] bool empty() const noexcept { return groups_.empty(); }
    /// Keeps an object for the calls noted so far. REQUIRES: there are any.
    void keep(export_entry& entry);
    /// Calls f(object, kept_for) for each object that all calls before it have been read for.
    template <typename F>
    void drop_kept(F&& f) {
        while (!groups_.empty() && groups_.front().calls == 0) {
            const group done = std::move(groups_.front());
            const std::uint32_t number = std::exchange(first_, number_of(1));
            groups_.pop_front();
            for (const std::uint32_t object : done.kept) f(object, number);
        }
    }

private:
    // Calls that came one after the other, and what was released before the next one came.
    struct group {
        std::uint32_t calls = 0;
        std::vector<std::uint32_t> kept;
    };
    static constexpr std::size_t most_groups =
        1024; // then they grow instead, and keep a little longer than they must
    std::deque<group> groups_;
    /// The number of the group at `index`: they count from 1, and from 1 again after 2^32 - 1.
    [[nodiscard]] std::uint32_t number_of(std::size_t index) const noexcept {
        return static_cast<std::uint32_t>((std::uint64_t{first_} - 1 + index) % UINT32_MAX + 1);
    }
    std::uint32_t first_ = 1; ///< The number of the first group.
};

/// Objects borrowed from the peer, by its number. Does not own: an object whose last holder has gone is dead, though
/// still listed until its release is sent.
using import_table = flat_map<std::uint32_t, remote_object*>;

} // namespace beckon
