#include "service/leaf_parts.hpp"

#include <system_error>
#include <thread>
#include <utility>

#include "object/guarded.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

leaf_part::leaf_part(std::weak_ptr<part_host> host, const io::transport_expression& leaf)
    : carrier_part(std::move(host), leaf.text), where_(leaf.where) {}

void leaf_part::stop(const error& reason) {
    if (!run_.stop(name(), reason)) return;
    if (const auto host = host_.lock()) host->close_owned(this, reason);
}

void leaf_part::succeed(std::uint64_t run, part_host& host) {
    if (run_.succeed(run) || run_.is(run)) return;
    // Stopped meanwhile, perhaps before the host knew what to close.
    host.close_owned(this, fail(errc::cancelled, "carrier was stopped"));
}

dial_part::dial_part(std::weak_ptr<part_host> host, const io::transport_expression& leaf)
    : leaf_part(std::move(host), leaf), peer_(leaf.name) {}

void dial_part::start(started done, ended over) {
    const std::uint64_t run = run_.begin(std::move(done), std::move(over));
    const auto host = host_.lock();
    if (!host)
        return static_cast<void>(run_.stop(name(), fail(errc::cancelled, "carrier is gone")));
    part_host::dialler with = host->dial(where_, name());
    if (!with.may_block) return give(run, guarded(with.dial));
    try {
        // Of its own, and left alone where the carrier is stopped meanwhile: the system's connect cannot be interrupted.
        std::thread([kept = self(), run, dial = std::move(with.dial)]() mutable {
            auto stream = guarded(dial); // perhaps of the program
            dial.reset();
            kept->give(run, std::move(stream));
        }).detach();
    } catch (const std::system_error& failure) {
        run_.fail(run, {{name(), fail(errc::overloaded,
                                      "no thread can be started to connect: ", failure.what())}});
    }
}

void dial_part::give(std::uint64_t run, result<std::unique_ptr<io::byte_stream>> stream) {
    if (!stream) return static_cast<void>(run_.fail(run, {{name(), std::move(stream).error()}}));
    const auto host = host_.lock();
    if (!host || !run_.is(run)) return;
    arrival come;
    come.stream = std::move(*stream);
    come.where = where_;
    come.name = peer_;
    come.text = name();
    come.owner = this;
    come.lease = std::shared_ptr<void>(this, [weak = weak_from_this(), run](void*) {
        const auto part = std::static_pointer_cast<dial_part>(weak.lock());
        if (!part) return;
        part->run_.end(run, part->name(),
                       fail(errc::disconnected, "connection of ", part->name(), " has ended"));
    });
    const auto taken = guarded([&]() -> result<void> {
        host->take(std::move(come));
        return {};
    });
    if (!taken) return static_cast<void>(run_.fail(run, {{name(), taken.error()}}));
    succeed(run, *host);
}

void listen_part::start(started done, ended over) {
    const std::uint64_t run = run_.begin(std::move(done), std::move(over));
    const auto host = host_.lock();
    if (!host)
        return static_cast<void>(run_.stop(name(), fail(errc::cancelled, "carrier is gone")));
    const auto broken = [weak = weak_from_this(), run](error reason) {
        const auto part = std::static_pointer_cast<listen_part>(weak.lock());
        if (!part) return;
        const auto opened = part->host_.lock();
        if (part->run_.is(run) && opened) opened->close_owned(part.get(), reason);
        part->run_.end(run, part->name(), reason);
    };
    auto real = guarded([&] { return host->open(where_, this, broken); });
    if (!real) return static_cast<void>(run_.fail(run, {{name(), std::move(real).error()}}));
    {
        const std::lock_guard lock(mutex_);
        real_ = name() == io::to_string(where_) ? io::to_string(*real)
                                                : concat("listen:", io::to_string(*real));
        if (says_listen(where_)) real_ = io::to_string(*real);
    }
    succeed(run, *host);
}

std::string listen_part::text() const {
    const std::lock_guard lock(mutex_);
    return run_.is_running() ? real_ : name();
}

} // namespace beckon
