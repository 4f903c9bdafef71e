// What one peer makes this process keep in containers that it holds: a bound on all of them together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>

#include "beckon/base/result.hpp"
#include "beckon/codec/reference.hpp"
#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/servant.hpp"

namespace beckon::rpyc {

/// Each container is bounded by itself; a peer may hold very many. What requests may add is summed up, and where that comes
/// to the limit the containers are looked at: what was taken out since, or let go of, does not count.
///
/// Thread-safety: none; REQUIRES: the session's lock is held.
class holdings {
public:
    explicit holdings(std::size_t most_bytes) noexcept : most_(most_bytes), look_at_(most_bytes) {}

    /// The container is lent under that number, now or again.
    void note(std::uint32_t number, const servant& container);
    /// It was released, and is not lent any more.
    void forget(std::uint32_t number) noexcept;
    /// Before a request is carried out that may make containers grow.
    ///
    /// Errors: limit_exceeded.
    [[nodiscard]] result<void> admit(const servant& target, const dynamic_request& request,
                                     reference_exchange& references);

private:
    void look(reference_exchange& references);

    const std::size_t most_;
    std::size_t look_at_;
    std::size_t sum_ = 0;             ///< At least what is kept.
    std::size_t asked_ = 0;           ///< Requests since it was last looked.
    bool loosened_ = false;           ///< Something was let go of since.
    std::set<std::uint32_t> numbers_; ///< Of containers that are lent.
};

} // namespace beckon::rpyc
