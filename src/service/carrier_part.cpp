#include "service/carrier_part.hpp"

#include <utility>

#include "service/leaf_parts.hpp"
#include "service/mux_part.hpp"
#include "service/restart_part.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

std::uint64_t part_run::begin(carrier_part::started done, carrier_part::ended over) {
    const std::lock_guard lock(mutex_);
    BECKON_ASSERT(phase_ == phase::idle, "a part is started while it runs");
    phase_ = phase::starting;
    done_ = std::move(done);
    over_ = std::move(over);
    return ++run_;
}

bool part_run::succeed(std::uint64_t run) {
    carrier_part::started done;
    {
        const std::lock_guard lock(mutex_);
        if (run_ != run || phase_ != phase::starting) return false;
        phase_ = phase::running;
        done = std::move(done_);
    }
    done({});
    return true;
}

bool part_run::fail(std::uint64_t run, carrier_part::failures all) {
    carrier_part::started done;
    {
        const std::lock_guard lock(mutex_);
        if (run_ != run || phase_ != phase::starting) return false;
        phase_ = phase::idle;
        done = std::move(done_);
        over_.reset();
    }
    done(std::move(all));
    return true;
}

bool part_run::end(std::uint64_t run, const std::string& name, const error& reason) {
    carrier_part::started done;
    carrier_part::ended over;
    {
        const std::lock_guard lock(mutex_);
        if (run_ != run || phase_ == phase::idle) return false;
        phase_ = phase::idle;
        done = std::move(done_);
        over = std::move(over_);
    }
    if (done) {
        done({{name, reason}});
    } else {
        over(reason);
    }
    return true;
}

bool part_run::stop(const std::string& name, const error& reason) {
    carrier_part::started done;
    {
        const std::lock_guard lock(mutex_);
        if (phase_ == phase::idle) return false;
        phase_ = phase::idle;
        done = std::move(done_);
        over_.reset();
    }
    if (done) done({{name, reason}});
    return true;
}

bool part_run::is(std::uint64_t run) const {
    const std::lock_guard lock(mutex_);
    return run_ == run && phase_ != phase::idle;
}

bool part_run::is_running() const {
    const std::lock_guard lock(mutex_);
    return phase_ == phase::running;
}

error join_failures(std::string_view name, const carrier_part::failures& all) {
    if (all.size() == 1 && all.front().name == name) {
        error only = all.front().reason;
        return std::move(only.note(concat("starting ", name)));
    }
    std::string text;
    for (const carrier_failure& each : all)
        text += concat(text.empty() ? "" : "; ", each.name, ": ", each.reason.to_string());
    return fail(all.front().reason.code(), all.size(), " of what ", quoted(name, 200),
                " consists of could not begin: ", text);
}

result<std::shared_ptr<carrier_part>> make_part(const std::shared_ptr<part_host>& host,
                                                const io::transport_expression& of,
                                                io::leaf_use endpoints) {
    using kind = io::transport_expression::kind;
    if (of.is == kind::mux) {
        auto made = std::make_shared<mux_part>(host, of.text);
        for (const io::transport_expression& each : of.children) {
            BECKON_ASSIGN(auto child, make_part(host, each, endpoints));
            made->add(std::move(child), nullptr);
        }
        return std::shared_ptr<carrier_part>(std::move(made));
    }
    if (of.is == kind::restart) {
        // Who listens goes on listening; so what is to begin again is what connects, unless it says otherwise.
        BECKON_ASSIGN(auto child, make_part(host, of.children.front(), io::leaf_use::connect));
        return std::shared_ptr<carrier_part>(
            std::make_shared<restart_part>(host, of, std::move(child)));
    }
    BECKON_TRY(host->check(of.where));
    const transport_facts* const known = facts_of(of.where.transport);
    const bool connects = known != nullptr && known->use == transport_facts::usual::connecting;
    const io::leaf_use use = of.use != io::leaf_use::either ? of.use
                             : connects                     ? io::leaf_use::connect
                                                            : endpoints;
    if (use == io::leaf_use::listen)
        return std::shared_ptr<carrier_part>(std::make_shared<listen_part>(host, of));
    return std::shared_ptr<carrier_part>(std::make_shared<dial_part>(host, of));
}

} // namespace beckon
