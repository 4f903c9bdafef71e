// A program of the simulated world.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/service/directory.hpp"

namespace beckon::testing {

class endpoint;
class node;

class node_core : public std::enable_shared_from_this<node_core> {
public:
    node_core(std::string its_name, std::size_t its_number, function<void(node&)> starts)
        : name(std::move(its_name)), number(its_number), start(std::move(starts)) {}

    void begin();
    /// Ends it at once.
    void crash();
    void world_ended();

    const std::string name;
    const std::size_t number;
    bool up = false;
    function<void(node&)> start;
    std::shared_ptr<publications> published;
    ref<directory> root;              ///< What peers find at object 0.
    std::vector<endpoint*> endpoints; ///< Those that exist, in the order in which they were made.

private:
    template <typename Do>
    void for_each_endpoint(Do what);
};

} // namespace beckon::testing
