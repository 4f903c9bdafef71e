#include "protocol/rpyc/boxing.hpp"

#include <vector>

#include "beckon/codec/brine.hpp"

namespace beckon::rpyc {

namespace {

/// The failure with "[1]" before its message, which may begin with a path already: "[0]: list has no form".
error inside(std::size_t index, const error& failure) {
    const std::string& said = failure.message();
    error placed(failure.code(), concat('[', index, said.starts_with('[') ? "]" : "]: ", said));
    for (const std::string& note : failure.notes()) placed.note(note);
    return placed;
}

class boxer {
public:
    boxer(buffer& out, identity_exchange& lends, std::size_t most_bytes) noexcept
        : out_(out), lends_(lends), most_bytes_(most_bytes) {}

    result<void> box(const value& from, std::size_t depth) {
        if (brine::is_brinable(from)) {
            put_label(out_, label::value);
            if (from.is(value_kind::tuple)) return write_items(from.items());
            return brine::write(out_, from);
        }
        switch (from.kind()) {
        case value_kind::tuple: return box_items(from.items(), depth);
        case value_kind::variant: {
            const value parts[] = {value(from.name()), from.content()};
            return box_items(parts, depth);
        }
        case value_kind::reference: return put(lends_.lend(from.object()));
        case value_kind::extension:
            return fail(errc::unsupported, "extension ", from.number(), " has no form in rpyc");
        default: return put(lends_.lend_container(from));
        }
    }

private:
    /// A tuple of plain values. Its items may be one and the same that many times.
    result<void> write_items(std::span<const value> items) {
        brine::put_tuple(out_, items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (auto written = brine::write(out_, items[i]); !written)
                return inside(i, written.error());
            BECKON_TRY(check_size());
        }
        return {};
    }

    [[nodiscard]] result<void> check_size() const {
        if (out_.size() <= most_bytes_) return {};
        return fail(errc::limit_exceeded, "message is longer than the limit by ",
                    out_.size() - most_bytes_, " bytes or more (max_message_bytes)");
    }

    result<void> box_items(std::span<const value> items, std::size_t depth) {
        if (depth >= most_boxed_depth) {
            return fail(errc::limit_exceeded, "value nests more than ", most_boxed_depth,
                        " tuples deep around what goes by reference");
        }
        put_boxed_tuple(out_, items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (auto boxed = box(items[i], depth + 1); !boxed) {
                return inside(i, boxed.error());
            }
            BECKON_TRY(check_size());
        }
        return {};
    }

    result<void> put(const result<lent_reference>& lent) {
        if (!lent) return lent.error();
        put_reference(out_, *lent);
        return {};
    }

    buffer& out_;
    identity_exchange& lends_;
    const std::size_t most_bytes_;
};

class unboxer {
public:
    unboxer(brine::reader& in, byte_view brine, identity_exchange& finds) noexcept
        : in_(in), brine_(brine), finds_(finds) {}

    result<value> unbox() {
        const std::size_t begin = in_.offset();
        in_.get_tuple_of(2);
        in_.enter();
        const std::int64_t found = in_.get_integer();
        if (in_.failed()) return in_.take_failure();
        auto content = unbox_as(found, begin);
        in_.leave();
        return content;
    }

private:
    result<value> unbox_as(std::int64_t found, std::size_t begin) {
        switch (found) {
        case static_cast<std::int64_t>(label::value): {
            value plain = in_.get_value();
            if (in_.failed()) return in_.take_failure();
            return plain;
        }
        case static_cast<std::int64_t>(label::tuple): return unbox_items();
        case static_cast<std::int64_t>(label::local_ref): {
            BECKON_ASSIGN(const id_pack ours, read_id_pack(in_, brine_));
            return finds_.come_home(ours);
        }
        case static_cast<std::int64_t>(label::remote_ref): {
            BECKON_ASSIGN(const id_pack theirs, read_id_pack(in_, brine_));
            return finds_.borrow(theirs);
        }
        default:
            return fail(errc::protocol_error, "peer sent label ", found, " at byte ", begin + 1,
                        "; expected 1 (value), 2 (tuple), 3 or 4 (references)");
        }
    }

    result<value> unbox_items() {
        const std::size_t count = in_.get_tuple();
        if (!in_.enter()) return in_.take_failure();
        std::vector<value> items; // grows with what comes: the count is only a claim
        for (std::size_t i = 0; i < count; ++i) {
            BECKON_ASSIGN(value item, unbox());
            items.push_back(std::move(item));
        }
        in_.leave();
        return value::tuple(std::move(items));
    }

    brine::reader& in_;
    byte_view brine_;
    identity_exchange& finds_;
};

} // namespace

void put_label(buffer& out, label what) {
    brine::put_tuple(out, 2);
    brine::put_integer(out, static_cast<std::int64_t>(what));
}

result<void> box(buffer& out, const value& from, identity_exchange& lends, std::size_t most_bytes) {
    const std::size_t before = out.size();
    auto boxed = boxer(out, lends, most_bytes).box(from, 0);
    if (!boxed) out.truncate(before);
    return boxed;
}

void put_boxed_tuple(buffer& out, std::size_t count) {
    put_label(out, label::tuple);
    brine::put_tuple(out, count);
}

void put_reference(buffer& out, const lent_reference& lent) {
    put_label(out, lent.is_mine ? label::remote_ref : label::local_ref);
    out.append(lent.id_pack);
}

result<value> unbox(brine::reader& in, byte_view brine, identity_exchange& finds) {
    return unboxer(in, brine, finds).unbox();
}

} // namespace beckon::rpyc
