// The parts with connections of their own: one that connects, and one that listens.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "service/carrier_part.hpp"

namespace beckon {

/// What the two have in common: what the host keeps for them is closed when they stop, however early.
class leaf_part : public carrier_part {
public:
    leaf_part(std::weak_ptr<part_host> host, const io::transport_expression& leaf);
    void stop(const error& reason) override;

protected:
    /// The host has what this run was to bring.
    void succeed(std::uint64_t run, part_host& host);

    const io::endpoint where_;
    part_run run_;
};

/// Connects once, and has ended when that connection has.
class dial_part final : public leaf_part {
public:
    dial_part(std::weak_ptr<part_host> host, const io::transport_expression& leaf);
    void start(started done, ended over) override;

private:
    void give(std::uint64_t run, result<std::unique_ptr<io::byte_stream>> stream);
    [[nodiscard]] std::shared_ptr<dial_part> self() {
        return std::static_pointer_cast<dial_part>(shared_from_this());
    }

    const std::string peer_;
};

/// Listens until it is stopped.
class listen_part final : public leaf_part {
public:
    using leaf_part::leaf_part;
    void start(started done, ended over) override;
    [[nodiscard]] std::string text() const override;

private:
    mutable std::mutex mutex_;
    std::string real_;
};

} // namespace beckon
