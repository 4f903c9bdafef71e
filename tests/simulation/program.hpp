// A random program for one seed: some hundred operations between a few programs, while the world fails around them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "simulation/services.hpp"
#include "simulation/watchdog.hpp"

namespace beckon::simulation {

struct program_options {
    std::size_t operations = 220;
    std::size_t faults = 4;
    function<std::unique_ptr<protocol>()> make_protocol; ///< Null: the native one, without defects.
    bool deaf =
        false; ///< A defect of the drivers: programs never notice that a connection has died.
    bool keep_trace = false;
};

struct program_outcome {
    std::vector<std::string> violations;
    std::uint64_t digest = 0;
    std::uint64_t events = 0;
    std::size_t operations = 0, calls = 0, successes = 0, faults = 0;
    std::vector<std::string> trace;
};

/// One of the programs: what it publishes, what it holds of others, what it waits for.
class actor final : public hub_home, public std::enable_shared_from_this<actor> {
public:
    actor(ledger& tells, testing::random& chance) : tells_(tells), chance_(chance) {}

    /// A conversation with another program.
    struct line {
        actor* to = nullptr;
        connected session;
        ref<Hub> theirs;
        [[nodiscard]] bool is_open() const {
            return theirs && session.core() && !session.core()->is_over();
        }
    };
    struct pending {
        std::int64_t call;
        future<void> done;
    };

    void start(testing::node& self) {
        forget();
        ++incarnation;
        hub_ = make_ref<Hub>(
            std::make_shared<simulation::hub>(tells_, std::make_shared<life>(*this, incarnation)));
        self.publish("hub", object(hub_));
    }
    /// Lets go of everything.
    void forget() {
        lines.clear();
        const auto gone = std::exchange(held, {});
        const auto also = std::exchange(kept_, {});
        auto given_up = std::exchange(waiting, {});
        for (const pending& each : given_up) tells_.cancelled(each.call);
        given_up.clear();
        hub_ = {};
    }
    void crash() {
        ++incarnation;
        forget();
    }

    ref<Hub> another() override {
        std::vector<ref<Hub>> open;
        for (const line& each : lines) {
            if (each.is_open()) open.push_back(each.theirs);
        }
        return open.empty() ? ref<Hub>() : open[chance_.below(open.size())];
    }
    std::vector<ref<Item>>& kept() override { return kept_; }
    bool is_gone() const override { return false; }
    ref<Hub> hub() override { return hub_; }

    std::optional<testing::node> node;
    std::vector<line> lines;
    std::vector<ref<Item>> held;
    std::vector<pending> waiting;
    std::uint64_t incarnation = 0;

private:
    /// The actor as the objects of one of its lives see it.
    class life final : public hub_home {
    public:
        life(actor& of, std::uint64_t number) : of_(of), number_(number) {}
        ref<Hub> another() override { return is_gone() ? ref<Hub>() : of_.another(); }
        std::vector<ref<Item>>& kept() override { return is_gone() ? lost_ : of_.kept(); }
        bool is_gone() const override { return of_.incarnation != number_; }
        ref<Hub> hub() override { return is_gone() ? ref<Hub>() : of_.hub(); }

    private:
        actor& of_;
        std::uint64_t number_;
        std::vector<ref<Item>> lost_;
    };

    ledger& tells_;
    testing::random& chance_;
    ref<Hub> hub_;
    std::vector<ref<Item>> kept_;
};

class program {
public:
    program(std::uint64_t seed, program_options options);
    program_outcome run();

private:
    using operation = void (program::*)(actor&, actor::line&);
    static testing::world_options options_of(program_options& options, std::uint64_t seed);

    // The world: world_faults.hpp
    void connect(actor& from, actor& to);
    void plan_faults();
    void make_fault();
    void end_faults();
    void finish();
    void check_tables();

    // Operations: operations.hpp
    bool operate();
    void echo(actor& self, actor::line& to);
    void echo_later(actor& self, actor::line& to);
    void tell(actor& self, actor::line& to);
    void make_and_hold(actor& self, actor::line& to);
    void make_pipelined(actor& self, actor::line& to);
    void chain(actor& self, actor::line& to);
    void touch(actor& self, actor::line& to);
    void keep(actor& self, actor::line& to);
    void give(actor& self, actor::line& to);
    void visit(actor& self, actor::line& to);
    void recurse(actor& self, actor::line& to);
    void relay(actor& self, actor::line& to);
    void fetch(actor& self, actor::line& to);
    void refuse(actor& self, actor::line& to);
    void give_up(actor& self, actor::line& to);
    void run_late(actor& self, actor::line& to);
    void nap(actor& self, actor::line& to);
    void roam(actor& self, actor::line& to);
    void count(actor& self, actor::line& to);
    void sum(actor& self, actor::line& to);
    void drop(actor& self, actor::line& to);
    void wait(actor& self, actor::line& to);
    void idle(actor& self, actor::line& to);

    call_entry entry(std::string_view what, nanoseconds length = 6s,
                     std::int64_t cause = -1) const {
        call_entry made;
        made.cause = cause;
        made.what = what;
        made.timeout = length;
        return made;
    }
    call_entry ordered(std::string_view what, const actor::line& to,
                       nanoseconds length = 6s) const {
        call_entry made = entry(what, length);
        made.conversation = ordered_through(to.session.core().get());
        return made;
    }
    /// An item of this program's own, or one that it holds.
    ref<Item> some_item(actor& self);
    std::string padding();

    /// Notes the outcome when it comes, and keeps the future until then.
    template <typename T, typename Check>
    void await(actor& self, std::int64_t call, future<T> outcome, Check check) {
        auto* const tells = &ledger_;
        auto done = std::move(outcome).then([tells, call, check](result<T> came) mutable {
            const bool right = !came || check(came);
            tells->completes(call, came, right);
        });
        self.waiting.push_back({call, std::move(done)});
    }
    template <typename T>
    void await_any(actor& self, std::int64_t call, future<T> outcome) {
        await(self, call, std::move(outcome), [](const auto&) { return true; });
    }
    /// The same for an object that is to be held when it comes.
    void await_item(actor& self, std::int64_t call, future<ref<Item>> outcome) {
        const std::uint64_t incarnation = self.incarnation;
        await(self, call, std::move(outcome), [&self, incarnation](result<ref<Item>>& came) {
            if (self.incarnation == incarnation && *came && self.held.size() < 12)
                self.held.push_back(std::move(*came));
            return true;
        });
    }
    /// Makes a call on a result to come. Where that has failed already, the call throws at once instead.
    template <typename Call>
    auto pipelined(std::int64_t call, Call make) -> std::optional<decltype(make())> {
        try {
            return make();
        } catch (const beckon::exception& failure) {
            ledger_.completes(call, result<void>(failure.failure()));
            return {};
        }
    }
    /// Runs a synchronous operation; what it throws is in the ledger already.
    template <typename Run>
    void guarded(Run run) {
        try {
            run();
        } catch (const beckon::exception&) {
        }
    }

    program_options options_;
    // The world ends first: whatever a defect has left waiting in it goes on then, and tells these.
    ledger ledger_;
    std::vector<std::shared_ptr<actor>> actors_;
    testing::world world_;
    testing::random& chance_;
    std::vector<std::size_t> faults_at_;
    /// A connection that breaks at some byte to come, and the number of that fault.
    std::vector<std::pair<testing::link, std::size_t>> cuts_to_come_;
    std::size_t operation_ = 0;
};

inline program_outcome run_program(std::uint64_t seed, program_options options = {}) {
    const watchdog watching(seed);
    return program(seed, std::move(options)).run();
}

} // namespace beckon::simulation

#include "simulation/operations.hpp"
#include "simulation/world_faults.hpp"
