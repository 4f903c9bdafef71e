// Objects that hold other objects, as peers arrange them: lists in lists, methods of lists, iterators over them.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

/// A peer may put one such object into another, to any depth. So they are freed without recursion, and none can be put
/// where it would hold itself: nothing else would ever free it.
class nested_servant : public servant {
public:
    /// Adds the objects of this process that this one holds.
    virtual void add_held(std::vector<intrusive_ptr<servant>>& into) const = 0;
    /// Whether it holds one object from its making on, and never another: a method, an iterator, a view.
    [[nodiscard]] virtual bool stands_for_another() const noexcept { return false; }

protected:
    /// Held while a value that refers to objects is put into this one.
    using admission = std::unique_lock<std::mutex>;

    nested_servant() noexcept : servant(nullptr, nullptr, nullptr) {}
    void on_last_release() noexcept override;

    /// Before a value is put into this object. The lock is empty where the value refers to no object of this process.
    /// REQUIRES: no lock of such an object is held.
    ///
    /// Errors: "builtins.ValueError", where this object would hold itself then.
    /// Limits: limit_exceeded, where finding that out takes a look at more than 100,000 objects.
    [[nodiscard]] result<admission> admit(const value& incoming) const;

private:
    friend void mark_held(const value& inside);
    /// Something was put around it. What never was cannot be inside anything, and needs no search.
    mutable std::atomic<bool> was_held_{false};
};

/// Whether a value can refer to objects at all.
[[nodiscard]] inline bool may_refer(const value& from) noexcept {
    const value_kind kind = from.kind();
    return kind >= value_kind::list && kind != value_kind::slice && kind != value_kind::enumeration;
}
/// Notes that an object holds what the value refers to, from its making on.
void mark_held(const value& inside);
/// Adds the values that a value holds itself, not those inside them.
void add_parts(const value& of, std::vector<const value*>& into);
/// Adds the local objects that a value refers to, however deep inside.
void add_references(const value& inside, std::vector<intrusive_ptr<servant>>& into);

/// The local object that a value is a reference to, if it is one.
[[nodiscard]] servant* local_servant(const value& reference) noexcept;
/// The same for a local object of a class. REQUIRES: T is a servant.
template <typename T>
[[nodiscard]] T* local_as(const value& reference) noexcept {
    return dynamic_cast<T*>(local_servant(reference));
}

} // namespace beckon::detail
