// What a value can refer to: an object, local or remote, of which this layer knows only that it lives.
#pragma once

#include <string_view>

#include "beckon/base/ref_counted.hpp"

namespace beckon {

/// Base of everything that a reference can point to. The object layer derives from it.
class referent : public ref_counted {
public:
    /// The name of the interface, or empty where the object has none.
    [[nodiscard]] virtual std::string_view interface_name() const noexcept = 0;

protected:
    /// Frees it, unless it is put aside.
    void on_last_release() noexcept override {
        if (!put_aside()) delete this;
    }
    /// Whether it goes on living for now, since this thread holds what its destructor may want: see referent_keeper.
    [[nodiscard]] bool put_aside() noexcept;
};

/// Where objects go whose last holder lets go at a moment at which the program's code, their destructors, must not run: a
/// session, while its lock is held.
///
/// Thread-safety: each thread has its own.
class referent_keeper {
public:
    /// Takes them on this thread from now on; gives the one that did so far. Null: they end at once.
    static referent_keeper* exchange(referent_keeper* next) noexcept {
        referent_keeper* const before = current;
        current = next;
        return before;
    }

protected:
    ~referent_keeper() = default;

private:
    friend class referent;
    virtual void keep(intrusive_ptr<referent> ending) noexcept = 0;

    static constinit thread_local inline referent_keeper* current = nullptr;
};

inline bool referent::put_aside() noexcept {
    if (referent_keeper::current == nullptr) return false;
    referent_keeper::current->keep(intrusive_ptr<referent>(this));
    return true;
}

} // namespace beckon
