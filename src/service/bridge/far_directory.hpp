// What a bridge shows peers of the native protocol: the directory of the other side.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "service/bridge/far_names.hpp"

namespace beckon::bridging {

/// Implements `directory`. Thread-safety: all functions, from any thread.
class far_directory {
public:
    far_directory(std::shared_ptr<far_names> names, std::shared_ptr<void> keeps)
        : names_(std::move(names)), keeps_(std::move(keeps)) {}

    task<object> get(std::string name, std::string interface, bytes digest);
    task<std::vector<service_info>> list();
    task<bytes> describe(std::string name);

private:
    const std::shared_ptr<far_names> names_;
    const std::shared_ptr<void> keeps_;
};

/// `keeps` lives as long as this.
[[nodiscard]] intrusive_ptr<servant> make_far_directory(std::shared_ptr<far_names> names,
                                                        std::shared_ptr<void> keeps = {});

} // namespace beckon::bridging
