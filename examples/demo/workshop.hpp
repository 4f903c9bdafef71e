// The interfaces that the demonstration's two programs share.
#pragma once

#include <cstdint>
#include <string>

#include <beckon/beckon.hpp>

struct Progress {
    void on_step(std::int32_t done);
};
BECKON_INTERFACE(Progress, (on_step, done))

struct OutOfStock {
    std::string name;
    std::int64_t wanted = 0;
    std::int64_t available = 0;
};
BECKON_EXCEPTION(OutOfStock, name, wanted, available)

struct Folder {
    beckon::ref<Folder> open(std::string name);
    std::string path();
};
BECKON_INTERFACE(Folder, (open, name), (path))

struct Workshop {
    double add(double a, double b);
    std::int64_t process_id();
    std::int32_t work(std::int32_t steps, beckon::ref<Progress> progress);
    beckon::stream<std::int64_t> count_to(std::int64_t n);
    std::int64_t total(beckon::stream<std::int64_t> numbers);
    std::int64_t sell(std::string name, std::int64_t count);
    beckon::ref<Folder> root();
};
BECKON_INTERFACE(Workshop, (add, a, b), (process_id), (work, steps, progress), (count_to, n),
                 (total, numbers), (sell, name, count), (root))
BECKON_RAISES(Workshop, OutOfStock)
