// A part that begins again when it has ended or could not begin.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <random>

#include "service/carrier_part.hpp"

namespace beckon {

/// How long to wait before an attempt that follows on `failed` ones in a row that failed. `chance` is from 0 to 1.
[[nodiscard]] nanoseconds restart_delay(const io::restart_pace& pace, std::uint32_t failed,
                                        double chance) noexcept;

class restart_part final : public carrier_part {
public:
    restart_part(std::weak_ptr<part_host> host, const io::transport_expression& of,
                 std::shared_ptr<carrier_part> child);
    void start(started done, ended over) override;
    void stop(const error& reason) override;
    void rest() override;
    [[nodiscard]] std::string text() const override;

    /// Why its transport does not run; nothing while it does, or has not been tried yet.
    [[nodiscard]] std::optional<error> trouble() const;

private:
    void attempt(std::uint64_t run);
    void again(std::uint64_t run, const error& reason);
    [[nodiscard]] std::shared_ptr<restart_part> self() {
        return std::static_pointer_cast<restart_part>(shared_from_this());
    }

    const io::restart_pace pace_;
    const std::shared_ptr<carrier_part> child_;
    mutable std::mutex mutex_;
    io::timer_id timer_{};
    std::uint32_t failed_ = 0; ///< Attempts in a row.
    bool resting_ = false;
    std::optional<error> trouble_;
    std::minstd_rand random_{std::random_device{}()};
    part_run run_;
};

} // namespace beckon
