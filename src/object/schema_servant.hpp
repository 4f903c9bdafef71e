// A servant that knows its interface as data: it takes arguments and gives results by schema.
#pragma once

#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/servant.hpp"

namespace beckon::detail {

/// Reads a call's arguments and writes its outcome; what happens between is for the derived class.
class schema_servant : public servant {
public:
    void dispatch(incoming_call& call) noexcept final;

protected:
    explicit schema_servant(const dynamic_interface& interface) noexcept;

    /// Runs one call. Entered and left with the session's lock held; ends in `reply_with` or reject, at once or
    /// through a deferred reply.
    virtual void serve(incoming_call& call, const schema::method& method, value arguments) = 0;

    void reply_with(reply_sink& reply, const schema::method& method, const value& outcome) const;
    [[nodiscard]] const dynamic_schema& schema() const noexcept { return *schema_; }
    [[nodiscard]] const schema::interface& declaration() const noexcept { return declaration_; }

private:
    [[nodiscard]] result<value> take_arguments(incoming_call& call,
                                               const schema::method& method) const;

    const intrusive_ptr<const dynamic_schema> schema_;
    const schema::interface& declaration_;
};

/// A servant that passes each call on to an object elsewhere, as the schema describes it.
[[nodiscard]] intrusive_ptr<servant> make_dynamic_forwarder(const interface_descriptor& descriptor,
                                                            object_core& target);

} // namespace beckon::detail
