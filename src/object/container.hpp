// What lists, maps, sets and records have in common when they are objects.
#pragma once

#include <mutex>
#include <vector>

#include "beckon/object/containers.hpp"
#include "beckon/object/stream.hpp"
#include "object/answering_servant.hpp"

namespace beckon::detail {

inline constexpr std::size_t max_container_items = 1'000'000;

/// A container that is an object. Its content is guarded by its mutex; no other object's is taken meanwhile.
class container : public answering_servant {
public:
    /// The content as a value of its kind; containers inside that are objects stay references.
    [[nodiscard]] virtual value shallow() const = 0;
    /// What iterating over it gives: items, or a map's keys.
    [[nodiscard]] virtual std::vector<value> each_item() const = 0;
    /// Whether it may be a key: a record, told from others by identity.
    [[nodiscard]] virtual bool is_key() const noexcept { return false; }

    /// What an iterator over it needs: the item at a position, which moves on; false at the end.
    ///
    /// Errors: "builtins.RuntimeError", where the container is another than when `state` was 0.
    [[nodiscard]] virtual result<bool> advance(std::size_t& position, std::uint64_t& state,
                                               value& item) = 0;
    [[nodiscard]] virtual std::size_t count() const = 0;

    void write_repr(text_writer& out) const override;

protected:
    [[nodiscard]] answer hash() const override;
    [[nodiscard]] answer next_items(std::size_t most) override;
    /// For the tables of all.
    [[nodiscard]] answer length(dynamic_request& request);
    [[nodiscard]] answer iterate(dynamic_request& request);
    [[nodiscard]] answer copied(dynamic_request& request);

    mutable std::mutex mutex_;
};

/// A value on its way out of a container: containers inside have become objects, in place.
const value& lend_inside(value& kept);

/// The items of whatever can be iterated over here: sequences, maps (their keys), text, containers and iterators of this
/// process.
///
/// Errors: "builtins.TypeError"; limit_exceeded, beyond max_container_items.
[[nodiscard]] result<std::vector<value>> iterated(const value& from);

/// The content of a container that is here, or the value itself where it is one.
[[nodiscard]] value content_of(const value& from);

[[nodiscard]] result<void> expect_room(std::size_t items, std::string_view kind);

[[nodiscard]] intrusive_ptr<servant> make_list(value content);
[[nodiscard]] intrusive_ptr<servant> make_map(value content);
[[nodiscard]] intrusive_ptr<servant> make_set(value content);
[[nodiscard]] intrusive_ptr<servant> make_record(value content);
/// Iterates over the container itself.
[[nodiscard]] intrusive_ptr<servant> make_iterator(intrusive_ptr<container> over);
/// Over the items of a stream, each pulled when it is asked for.
[[nodiscard]] intrusive_ptr<servant> make_stream_iterator(intrusive_ptr<stream_source<value>> from);

[[nodiscard]] inline value reference_to(intrusive_ptr<servant> object) {
    return value(intrusive_ptr<referent>(std::move(object)));
}

} // namespace beckon::detail
