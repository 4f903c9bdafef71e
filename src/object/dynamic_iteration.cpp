#include <algorithm>

#include "beckon/object/dynamic.hpp"
#include "beckon/object/stream_value.hpp"
#include "object/dynamic_containers.hpp"
#include "object/value_operations.hpp"

namespace beckon {

struct dynamic_iterator::progress {
    dynamic iterator{};       ///< That gives the items; null where all are here.
    stream<value> streamed{}; ///< That does, of a stream.
    std::vector<value> batch{};
    std::size_t place = 0;
    dynamic current{};
    batch_options sizes{};
    std::size_t next_size = 0;
    bool one_by_one = false;
    bool any_batch = false; ///< The peer has answered for one.

    /// Whether there is another item, which then is `current`.
    [[nodiscard]] bool advance() {
        if (place == batch.size() && !refill()) return false;
        current = dynamic(std::move(batch[place++]));
        return true;
    }

private:
    [[nodiscard]] bool refill() {
        if (iterator.is_null() && !streamed.valid()) return false;
        batch.clear();
        place = 0;
        if (streamed.valid()) {
            if (auto next = streamed.next()) batch.push_back(*std::move(next));
            return !batch.empty();
        }
        if (!one_by_one) ask_batch();
        if (one_by_one) ask_one();
        return !batch.empty();
    }

    void ask_batch() {
        result<value> items = detail::carry_out(
            detail::ask(iterator.content(),
                        detail::make_request(operation::next_items, {}, next_size)),
            iterator.shared_options().get());
        if (!items) {
            // Only by the codes of a refusal, and only before the first: anything else is the iterator's own failure.
            const errc code = items.error().code();
            const bool refused = code == errc::unsupported || code == errc::unknown_method ||
                                 code == errc::access_denied;
            if (!refused || any_batch) throw_error(std::move(items).error());
            one_by_one = true;
            return;
        }
        if (!items->is_sequence()) {
            throw_error(fail(errc::type_mismatch, "peer answered for the next items of ",
                             quoted(iterator.type_name()), " with ", items->type_name(),
                             "; expected a list"));
        }
        any_batch = true;
        batch.assign(items->begin(), items->end());
        if (next_size < sizes.most)
            next_size = std::min(next_size > sizes.most / sizes.growth ? sizes.most
                                                                       : next_size * sizes.growth,
                                 sizes.most);
    }

    void ask_one() {
        result<value> item =
            detail::carry_out(detail::ask(iterator.content(),
                                          detail::make_request(operation::call_method, "__next__")),
                              iterator.shared_options().get());
        if (item) return batch.push_back(std::move(item).value());
        if (!python::is_a(item.error(), "StopIteration")) throw_error(std::move(item).error());
    }
};

dynamic_iterator::dynamic_iterator(const value& over, std::shared_ptr<const call_options> options,
                                   const batch_options& batches)
    : progress_(std::make_shared<progress>()) {
    if (over.is(value_kind::reference)) {
        progress_->sizes = {std::max<std::size_t>(batches.first, 1),
                            std::max<std::size_t>(batches.most, 1),
                            std::max<std::size_t>(batches.growth, 1)};
        progress_->next_size = detail::container_kind_of(over)
                                   ? progress_->sizes.most
                                   : std::min(progress_->sizes.first, progress_->sizes.most);
        progress_->iterator = dynamic(dynamic(over, options).iter().content(), std::move(options));
    } else if (over.is(value_kind::stream)) {
        auto* const held = dynamic_cast<value_stream*>(over.object());
        if (held == nullptr || !held->source) {
            throw_error(fail(errc::invalid_argument,
                             "the stream has been taken already; it can be gone through once"));
        }
        progress_->streamed = stream<value>(std::exchange(held->source, {}));
    } else {
        auto items = detail::items_of(over);
        if (!items) throw_error(std::move(items).error());
        progress_->batch = std::move(items).value();
    }
    ++*this;
}

const dynamic& dynamic_iterator::operator*() const noexcept { return progress_->current; }

dynamic_iterator& dynamic_iterator::operator++() {
    if (!progress_->advance()) progress_.reset();
    return *this;
}

bool dynamic_iterator::operator==(std::default_sentinel_t) const noexcept {
    return progress_ == nullptr;
}

} // namespace beckon
