#include "beckon/object/reference_value.hpp"

#include "beckon/object/object.hpp"

namespace beckon {

namespace detail {

bool read_reference(const value& from, const interface_descriptor* wanted,
                    intrusive_ptr<object_core>& into, conversion& state) {
    if (from.is_null()) return true;
    if (!from.is(value_kind::reference))
        return state.mismatch(wanted != nullptr ? wanted->name : "reference", from);
    auto* const core = static_cast<object_core*>(from.object());
    if (wanted != nullptr && core->interface() != nullptr &&
        core->interface_name() != wanted->name) {
        return state.mismatch(wanted->name, from);
    }
    // A list of ours, or another object that has methods by name alone, whatever it is called.
    if (wanted != nullptr && core->interface() == nullptr && core->is_local())
        return state.mismatch(wanted->name, from);
    into = intrusive_ptr<object_core>(core);
    if (wanted != nullptr && core->interface() == nullptr)
        static_cast<remote_object&>(*core).set_interface(wanted);
    return true;
}

} // namespace detail

bool converter<object>::read(const value& from, object& into, conversion& state) {
    intrusive_ptr<object_core> core;
    if (!detail::read_reference(from, nullptr, core, state)) return false;
    into = object(std::move(core));
    return true;
}

bool converter<object>::write(const object& from, value& into, conversion&) {
    into = from ? value(intrusive_ptr<referent>(from.core())) : value();
    return true;
}

} // namespace beckon
