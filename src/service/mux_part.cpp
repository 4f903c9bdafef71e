#include "service/mux_part.hpp"

#include <algorithm>
#include <utility>

namespace beckon {

/// What the children's starts have told so far.
struct mux_part::beginning {
    std::mutex mutex;
    std::size_t left = 0;
    failures all;

    /// Whether that was the last one.
    bool note(failures more) {
        const std::lock_guard lock(mutex);
        std::move(more.begin(), more.end(), std::back_inserter(all));
        return --left == 0;
    }
};

std::vector<std::shared_ptr<carrier_part>> mux_part::children() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<carrier_part>> out;
    for (const child& each : children_) out.push_back(each.part);
    return out;
}

void mux_part::start(started done, ended over) {
    const std::uint64_t run = run_.begin(std::move(done), std::move(over));
    std::vector<std::shared_ptr<carrier_part>> all;
    {
        const std::lock_guard lock(mutex_);
        current_ = run;
        ended_because_.reset();
        for (child& each : children_) {
            each.runs = true;
            all.push_back(each.part);
        }
    }
    if (all.empty()) return static_cast<void>(run_.succeed(run));
    const auto told = std::make_shared<beginning>();
    told->left = all.size();
    for (const auto& each : all) {
        each->start(
            [kept = self(), told, run](failures more) {
                if (!told->note(std::move(more))) return;
                if (told->all.empty()) return static_cast<void>(kept->run_.succeed(run));
                if (!kept->run_.is(run)) return;
                for (const auto& started_one : kept->children())
                    started_one->stop(fail(errc::cancelled, "another transport of ",
                                           quoted(kept->name(), 200), " could not begin"));
                kept->run_.fail(run, std::move(told->all));
            },
            [weak = weak_from_this(), run, ended_one = each.get()](const error& reason) {
                if (const auto kept = std::static_pointer_cast<mux_part>(weak.lock()))
                    kept->child_ended(run, ended_one, reason);
            });
    }
    // `stop` may have come before the last of them was started.
    if (run_.is(run)) return;
    for (const auto& each : all) each->stop(fail(errc::cancelled, "carrier was stopped"));
}

void mux_part::child_ended(std::uint64_t run, const carrier_part* ended_one, const error& reason) {
    {
        const std::lock_guard lock(mutex_);
        if (current_ != run) return; // it is told late, and runs again
        for (child& each : children_) {
            if (each.part.get() == ended_one) each.runs = false;
        }
        ended_because_ = reason;
    }
    end_without_children(run);
}

/// Ends where what there is has ended. One that has nothing in it waits for something to be added.
void mux_part::end_without_children(std::uint64_t run) {
    std::optional<error> reason;
    {
        const std::lock_guard lock(mutex_);
        const bool any_runs = std::any_of(children_.begin(), children_.end(),
                                          [](const child& each) { return each.runs; });
        if (current_ != run || any_runs || children_.empty() || !ended_because_) return;
        reason = ended_because_;
    }
    run_.end(run, name(), *reason);
}

void mux_part::stop(const error& reason) {
    for (const auto& each : children()) each->stop(reason);
    run_.stop(name(), reason); // where their failures have not said so already
}

void mux_part::rest() {
    for (const auto& each : children()) each->rest();
}

std::string mux_part::text() const {
    std::string out = "mux:";
    for (const auto& each : children()) {
        // A bracket that does not close itself inside.
        const std::string inside = each->text();
        for (const std::string_view brackets : {"()", "[]", "{}", "<>"}) {
            const auto whole = concat(brackets.substr(0, 1), inside, brackets.substr(1));
            const auto back = io::partition_brackets(whole);
            if (!back || !back->rest.empty()) continue;
            out += whole;
            break;
        }
    }
    return out;
}

void mux_part::add(std::shared_ptr<carrier_part> more, started done) {
    std::uint64_t run = 0;
    bool starts = false;
    {
        const std::lock_guard lock(mutex_);
        run = current_;
        starts = run_.is(run); // also while the others are still being started
        children_.push_back({more, starts});
    }
    if (!starts) {
        if (done) done({});
        return;
    }
    carrier_part& part = *more;
    part.start(
        [kept = self(), more, run, done = std::move(done)](failures all) mutable {
            if (!all.empty()) {
                {
                    const std::lock_guard lock(kept->mutex_);
                    std::erase_if(kept->children_,
                                  [&](const child& each) { return each.part == more; });
                }
                kept->end_without_children(run); // the others may have ended meanwhile
            }
            if (done) done(std::move(all));
        },
        [weak = weak_from_this(), run, ended_one = more.get()](const error& reason) {
            if (const auto kept = std::static_pointer_cast<mux_part>(weak.lock()))
                kept->child_ended(run, ended_one, reason);
        });
    // `stop` may have come before it was started.
    if (!run_.is(run)) more->stop(fail(errc::cancelled, "carrier was stopped"));
}

bool mux_part::remove(std::string_view which) {
    std::shared_ptr<carrier_part> out;
    std::uint64_t run = 0;
    {
        const std::lock_guard lock(mutex_);
        run = current_;
        const auto found = std::find_if(children_.begin(), children_.end(), [&](const child& each) {
            return each.part->name() == which;
        });
        if (found == children_.end()) return false;
        out = std::move(found->part);
        children_.erase(found);
    }
    out->stop(fail(errc::cancelled, "transport ", quoted(out->name(), 200), " was taken out"));
    end_without_children(run);
    return true;
}

} // namespace beckon
