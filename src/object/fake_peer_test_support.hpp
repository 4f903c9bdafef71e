// A peer of a dynamic protocol that is made of objects in this process, and counts what it is asked.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "beckon/object/operate.hpp"
#include "object/container.hpp"
#include "object/container_test_support.hpp"

namespace beckon::operation_test {

class fake_peer : public peer {
public:
    /// A reference to an object there.
    [[nodiscard]] value lend(object local) {
        const std::uint32_t id = ++last_id_;
        objects_[id] = std::move(local);
        return value(object(
            intrusive_ptr<object_core>(new remote_object(intrusive_ptr<peer>(this), id, nullptr))));
    }
    [[nodiscard]] value lend(value content) { return lend(lent(std::move(content))); }
    /// Answers what it has held back.
    void answer_all() {
        while (!held.empty()) {
            auto [call, request, pending] = std::move(held.front());
            held.pop_front();
            answer(call, std::move(request), *pending);
        }
    }

    /// Objects there may hold references to each other, and those hold the peer.
    void close() { std::exchange(objects_, {}).clear(); }

    std::vector<std::string> asked; ///< Each operation, in order.
    std::set<std::string> refused;  ///< Methods and attributes that it does not let us use.
    std::map<std::uint32_t, std::string> types;
    bool holds_back = false;
    bool is_dynamic_protocol = true;
    struct held_request {
        intrusive_ptr<remote_object> target;
        dynamic_request request;
        pending_call* pending;
    };
    std::deque<held_request> held;
    std::size_t most_held = 0;
    std::size_t objects_dropped = 0;

    native::writer* begin_call(const call_request&, pending_call*) override { return nullptr; }
    void end_call() override {}
    bool is_dynamic() const noexcept override { return is_dynamic_protocol; }
    void call_dynamic(const call_request& call, dynamic_request request,
                      pending_call* pending) override {
        asked.push_back(request.name.empty() ? std::string(to_string(request.what)) : request.name);
        const intrusive_ptr<remote_object> target(call.target);
        if (!holds_back) return answer(target, std::move(request), *pending);
        held.push_back({target, std::move(request), pending});
        most_held = std::max(most_held, held.size());
    }
    void wait(waitable&, time_point) override { answer_all(); }
    void send_now() noexcept override {}
    bool cancel(pending_call& pending) override {
        for (auto each = held.begin(); each != held.end(); ++each) {
            if (each->pending != &pending) continue;
            held.erase(each);
            return true;
        }
        return false;
    }
    intrusive_ptr<remote_object> promised_object(pending_call&,
                                                 const interface_descriptor*) override {
        return {};
    }
    void released(remote_object& gone) noexcept override {
        ++objects_dropped;
        delete &gone;
    }
    std::string type_name(const remote_object& of) override {
        const auto known = types.find(of.id());
        if (known != types.end()) return known->second;
        return concat("builtins.", objects_[of.id()].interface_name());
    }
    std::string endpoint_name() const override { return "fake:"; }

private:
    void answer(const intrusive_ptr<remote_object>& target, dynamic_request request,
                pending_call& pending) {
        if (refused.contains(request.name)) {
            pending.on_failure(named_error("builtins.AttributeError",
                                           concat("cannot access '", request.name, "'")));
            return pending.complete();
        }
        auto outcome = operate_and_wait(objects_[target->id()], std::move(request));
        if (outcome) {
            pending.on_value(from_there(*outcome));
        } else {
            pending.on_failure(outcome.error());
        }
        pending.complete();
    }
    /// What is an object there is one elsewhere for us, and so are its containers.
    [[nodiscard]] value from_there(const value& result) {
        if (is_lendable(result.kind()) && !result.is(value_kind::list)) return lend(result);
        if (detail::local_servant(result) != nullptr) return lend(result.as<object>());
        if (!result.is_sequence()) return result;
        std::vector<value> items;
        for (const value& each : result)
            items.push_back(each.is(value_kind::list) ? lend(each) : from_there(each));
        return value::tuple(std::move(items));
    }

    std::uint32_t last_id_ = 0;
    std::map<std::uint32_t, object> objects_;
};

} // namespace beckon::operation_test
