#include "beckon/object/restricted.hpp"

#include <set>

#include "beckon/object/answer_later.hpp"
#include "beckon/object/dynamic_plan.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/operation_forwarder.hpp"
#include "object/answering_servant.hpp"

namespace beckon {

namespace {

class restricted_view final : public detail::answering_servant {
public:
    using names = std::set<std::string, std::less<>>;

    restricted_view(intrusive_ptr<servant> whole, std::string type, names readable, names writable)
        : whole_(std::move(whole)), type_(std::move(type)), readable_(std::move(readable)),
          writable_(std::move(writable)) {
        set_execution(policy::inline_); // of what it answers itself
        detail::mark_held(value(intrusive_ptr<referent>(whole_)));
    }

    /// What is allowed the object itself does, in its turn; the rest ends here.
    intrusive_ptr<servant> acting(dynamic_request& request) noexcept override {
        return may_pass(request) ? whole_->acting(request) : intrusive_ptr<servant>(this);
    }
    void perform(incoming_call& call) noexcept override {
        if (call.request->what != operation::describe) return answering_servant::perform(call);
        answer_later(
            *this, call,
            [whole = whole_](const call_options& options) {
                return beckon::operate(object(whole), {operation::describe}, options);
            },
            [self = intrusive_ptr<restricted_view>(this)](reply_sink& reply,
                                                          result<value>& outcome) {
                if (!outcome) return reply.reject(std::move(outcome).error());
                value shown = value::list();
                for (const value& each : *outcome) {
                    if (each.is_sequence() && each.size() != 0 && each[0].is(value_kind::string) &&
                        self->may_read(each[0].string()))
                        shown.push_back(each);
                }
                reply.reply_value(std::move(shown));
            });
    }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return type_; }
    [[nodiscard]] bool stands_for_another() const noexcept override { return true; }
    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        into.push_back(whole_);
    }

protected:
    [[nodiscard]] std::span<const member> members() const noexcept override { return {}; }
    void add_names(value& into) const override {
        for (const std::string& each : readable_) into.push_back(value(each));
        for (const std::string& each : writable_) {
            if (readable_.count(each) == 0) into.push_back(value(each));
        }
    }
    [[nodiscard]] answer set_attribute(std::string_view name, value content) override {
        if (readable_.find(name) == readable_.end())
            return answering_servant::set_attribute(name, std::move(content));
        return fail(errc::access_denied, type_, ".", name, " is read-only");
    }

private:
    [[nodiscard]] bool may_read(std::string_view name) const noexcept {
        return readable_.find(name) != readable_.end();
    }
    [[nodiscard]] bool may_pass(const dynamic_request& request) const noexcept {
        switch (request.what) {
        case operation::call_method:
        case operation::get_attribute: return may_read(request.name);
        case operation::set_attribute: return writable_.find(request.name) != writable_.end();
        case operation::call: return may_read("__call__");
        case operation::next_items: return may_read("__iter__") || may_read("__next__");
        case operation::leave_context: return may_read("__exit__");
        case operation::compare:
        case operation::hash:
        case operation::names:
        case operation::describe:
        case operation::delete_attribute:
        case operation::is_instance:
        case operation::root:
        case operation::to_repr:
        case operation::to_text: return false;
        }
        return false;
    }

    const intrusive_ptr<servant> whole_;
    const std::string type_;
    const names readable_;
    const names writable_;
};

[[nodiscard]] intrusive_ptr<servant> acting_for(const intrusive_ptr<object_core>& whole) {
    if (whole->is_local()) return intrusive_ptr<servant>(static_cast<servant*>(whole.get()));
    if (whole->interface() != nullptr)
        return whole->interface()->make_forwarder(*whole->interface(), *whole);
    return make_operation_forwarder(whole);
}

/// "restricted Oven"; of a peer's object what the peer calls it.
[[nodiscard]] std::string name_of_view(const object& whole) {
    if (!whole.interface_name().empty()) return concat("restricted ", whole.interface_name());
    return concat("restricted ", detail::type_name_of(value(whole)));
}

} // namespace

object restricted(const object& whole, std::vector<std::string> readable,
                  std::vector<std::string> writable) {
    BECKON_ASSERT(static_cast<bool>(whole), "a view needs an object");
    return object(
        make_counted<restricted_view>(acting_for(whole.core()), name_of_view(whole),
                                      restricted_view::names(readable.begin(), readable.end()),
                                      restricted_view::names(writable.begin(), writable.end())));
}

} // namespace beckon
