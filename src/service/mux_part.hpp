// Several parts at once.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "service/carrier_part.hpp"

namespace beckon {

/// Starts its children in parallel; where one fails, all are stopped. Has ended when none of
/// them runs any more; without any it waits for those that are added.
class mux_part final : public carrier_part {
public:
    using carrier_part::carrier_part;
    void start(started done, ended over) override;
    void stop(const error& reason) override;
    void rest() override;
    [[nodiscard]] std::string text() const override;

    /// Starts the child too where this runs; then `done` is told, and the child is taken out again where it failed.
    void add(std::shared_ptr<carrier_part> child, started done);
    /// Takes the first child of that name out, and stops it.
    bool remove(std::string_view name);

private:
    struct beginning;
    [[nodiscard]] std::vector<std::shared_ptr<carrier_part>> children() const;
    void end_without_children(std::uint64_t run);
    void child_ended(std::uint64_t run, const carrier_part* child, const error& reason);
    [[nodiscard]] std::shared_ptr<mux_part> self() {
        return std::static_pointer_cast<mux_part>(shared_from_this());
    }

    struct child {
        std::shared_ptr<carrier_part> part;
        bool runs = false;
    };
    mutable std::mutex mutex_;
    std::vector<child> children_;
    std::uint64_t current_ = 0;          ///< The run.
    std::optional<error> ended_because_; ///< What the last child said that ended.
    part_run run_;
};

} // namespace beckon
