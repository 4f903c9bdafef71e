// Streams: items flow from one side to the other as far as the reader has given credit, in bytes.
//
// A stream begins without credit. The reader grants its window when it reads the stream's number, so no item arrives
// before there is somebody to take it; as items are taken it grants the same again. In dynamic protocols credit may count
// items, and a stream may begin with some.
#include "beckon/session/session.hpp"

#include "beckon/object/value_streams.hpp"
#include "session/active_call.hpp"

namespace beckon {

// --- Streams that we produce ---

namespace {
constexpr std::uint32_t all_credit = INT32_MAX;
} // namespace

stream_out::stream_out(session& owner, std::uint32_t number,
                       intrusive_ptr<native::stream_producer> source) noexcept
    : id(number), producer(std::move(source)), session_(&owner) {}
stream_out::~stream_out() = default;

void stream_out::produce() {
    intrusive_ptr<native::stream_producer> calling;
    session_->lock();
    posted = false;
    if (!ended) calling = producer;
    session_->unlock();
    if (calling) calling->produce(intrusive_ptr<native::stream_outlet>(this));
}

bool stream_out::has_credit() const noexcept {
    const std::lock_guard lock(*session_);
    // A peer may grant more than it reads: then the output is what holds its streams back.
    return credit > 0 && session_->has_room();
}

native::writer* stream_out::begin_item() {
    session_->lock();
    if (ended || session_->state_ == session::state::over) {
        session_->unlock();
        return nullptr;
    }
    session_->writer_.emplace(session_->out_, static_cast<reference_exchange*>(session_.get()));
    session_->lent_.clear();
    session_->lent_streams_.clear();
    session_->protocol_->begin_stream_item(*session_->writer_, id);
    return &*session_->writer_;
}

bool stream_out::end_item() {
    native::writer& out = *session_->writer_;
    const std::size_t size = out.size(); // finish() may pad, and the reader does not count that
    std::optional<error> failure;
    if (out.failed()) {
        failure.emplace(out.take_failure());
    } else if (size <= session_->peer_limits_.max_message_bytes) {
        session_->protocol_->finish(out);
    }
    return finish_item(out.start(), size, std::move(failure));
}

bool stream_out::takes_values() const noexcept { return session_->traits_.dynamic; }

bool stream_out::send_value(const value& item) {
    session& owner = *session_;
    owner.lock();
    if (ended || owner.state_ == session::state::over) {
        owner.unlock();
        return false;
    }
    owner.lent_.clear();
    owner.lent_streams_.clear();
    const std::size_t start = owner.out_.size();
    auto written = owner.protocol_->write_value_stream_item(owner.out_, id, item, owner);
    std::optional<error> failure;
    if (!written) failure.emplace(std::move(written).error());
    const std::size_t size = owner.out_.size() - start;
    return finish_item(start, size, std::move(failure));
}

bool stream_out::finish_item(std::size_t start, std::size_t size, std::optional<error> failure) {
    session& owner = *session_;
    if (!failure && size > owner.peer_limits_.max_message_bytes) {
        failure.emplace(fail(errc::limit_exceeded, "stream item of ", size, " bytes; ",
                             owner.options_.endpoint, " takes at most ",
                             owner.peer_limits_.max_message_bytes, " bytes (max_message_bytes)"));
    }
    if (!failure) {
        credit -= owner.traits_.initial_stream_items != 0 ? 1 : static_cast<std::int64_t>(size);
        owner.start_streams(owner.lent_streams_);
        owner.driver_.output_ready();
    } else {
        owner.out_.truncate(start);
        owner.unlend(owner.lent_);
        owner.drop_unstarted(owner.lent_streams_);
        owner.end_source(id, &failure->note("writing a stream item"));
    }
    owner.unlock();
    if (failure) owner.run_completions();
    return !failure;
}

void stream_out::end(std::optional<error> failure) {
    session_->lock();
    if (!ended) session_->end_source(id, failure ? &*failure : nullptr);
    session_->unlock();
    session_->run_completions();
}

result<std::uint32_t> session::lend_stream(referent* source) {
    if (state_ == state::over) { // nothing is lent to a peer that has gone
        collect(intrusive_ptr<referent>(source));
        return 0u;
    }
    intrusive_ptr<native::stream_producer> producer(dynamic_cast<native::stream_producer*>(source));
    if (!producer && traits_.dynamic) {
        producer = take_value_stream(source);
        if (!producer) return fail(errc::invalid_argument, "stream has been given away already");
    }
    if (!producer) {
        return fail(errc::unsupported, "a stream among other values has no item type; pass it as a "
                                       "parameter or result");
    }
    if (sources_.size() + sinks_.size() >= options_.limits.max_streams) {
        collect(std::move(producer)); // what it ends may be the program's code
        return fail(errc::limit_exceeded, "session has ", sources_.size() + sinks_.size(),
                    " streams open; limit is ", options_.limits.max_streams, " (max_streams)");
    }
    if (++last_stream_ == 0) ++last_stream_;
    auto made = make_counted<stream_out>(*this, last_stream_, std::move(producer));
    sources_.set(last_stream_, std::move(made));
    lent_streams_.push_back(last_stream_);
    return last_stream_;
}

void session::stop_producer(stream_out& ending) {
    ending.ended = true;
    if (ending.producer->stop())
        driver_.run_soon([producer = ending.producer] { producer->give_up(); });
    collect(std::move(ending.producer)); // what it holds may be the program's
}

/// Ends a stream of ours, telling the peer. What produced it is freed without the lock.
void session::end_source(std::uint32_t id, const error* failure) {
    intrusive_ptr<stream_out>* const found = sources_.find(id);
    if (found == nullptr) return;
    const intrusive_ptr<stream_out> ending = *found;
    sources_.erase(id);
    stop_producer(*ending);
    held_.push_back(ending);
    if (state_ == state::over) return;
    protocol_->write_stream_end(out_, id, failure);
    driver_.output_ready();
    end_if_answered();
}

/// The messages that carry them are written, and their readers need not ask first.
void session::start_streams(const std::vector<std::uint32_t>& streams) {
    if (traits_.initial_stream_items == 0) return;
    for (const std::uint32_t id : streams) {
        intrusive_ptr<stream_out>* const found = sources_.find(id);
        if (found != nullptr && !(*found)->started)
            on_stream_credit(id, input_end_ ? all_credit : traits_.initial_stream_items);
    }
}

void session::drop_unstarted(const std::vector<std::uint32_t>& streams) {
    for (const std::uint32_t id : streams) {
        intrusive_ptr<stream_out>* const found = sources_.find(id);
        if (found == nullptr || (*found)->started) continue;
        const intrusive_ptr<stream_out> ending = *found;
        sources_.erase(id);
        stop_producer(*ending);
        held_.push_back(ending);
    }
}

void session::on_stream_credit(std::uint32_t id, std::uint32_t more) {
    intrusive_ptr<stream_out>* const found = sources_.find(id);
    if (found == nullptr) return; // it has ended, and that is on its way to the peer
    stream_out& out = **found;
    out.started = true;
    out.credit += more;
    if (out.credit > all_credit) out.credit = all_credit; // no honest reader grants so much
    if (out.posted || out.credit <= 0) return;
    out.posted = true;
    driver_.run_soon([stream = *found] { stream->produce(); });
}

/// The peer can grant no more, and reads what comes as it comes: the output is what holds its streams back.
void session::grant_all() {
    std::vector<std::uint32_t> ids;
    sources_.for_each([&](std::uint32_t id, intrusive_ptr<stream_out>& each) {
        if (each->started) ids.push_back(id);
    });
    for (const std::uint32_t id : ids) on_stream_credit(id, all_credit);
}

/// There is room in the output again: streams that found none go on.
void session::resume_streams() {
    sources_.for_each([this](std::uint32_t, intrusive_ptr<stream_out>& each) {
        if (each->posted || each->credit <= 0) return;
        each->posted = true;
        driver_.run_soon([stream = each] { stream->produce(); });
    });
}

void session::on_stream_stop(std::uint32_t id) { end_source(id, nullptr); }

// --- Streams that the peer produces ---

stream_in::stream_in(beckon::session& owner, std::uint32_t number,
                     intrusive_ptr<native::stream_sink> taker) noexcept
    : id(number), sink(std::move(taker)), session_(&owner) {}
stream_in::~stream_in() = default;

intrusive_ptr<peer> stream_in::session() { return session_; }

void stream_in::taken(std::uint32_t wire_bytes) {
    beckon::session& owner = *session_;
    owner.lock();
    grant(wire_bytes);
    owner.unlock();
}

void stream_in::grant(std::uint32_t wire_bytes) {
    beckon::session& owner = *session_;
    const std::uint32_t items = owner.traits_.initial_stream_items;
    if (items != 0) waiting_bytes -= wire_bytes;
    ungranted += items != 0 ? 1 : wire_bytes;
    // Half a window at a time: few messages, and the producer never runs dry.
    const std::size_t window = items != 0 ? items : owner.options_.limits.stream_window_bytes;
    if (ended || owner.state_ == beckon::session::state::over || ungranted < window / 2) return;
    owner.protocol_->write_stream_credit(owner.out_, id, ungranted);
    outstanding += ungranted;
    ungranted = 0;
    owner.driver_.output_ready();
}

void stream_in::stop() noexcept { session_->note_stopped(*this); }

void session::note_stopped(stream_in& stream) noexcept {
    stream.acquire(); // until it is told
    const intrusive_ptr<session> kept(
        this); // whoever tells it may free it, which may be the last to hold this session
    stream_in* head = stopped_.load(std::memory_order_relaxed);
    do {
        stream.next_stopped = head;
    } while (!stopped_.compare_exchange_weak(head, &stream, std::memory_order_release,
                                             std::memory_order_relaxed));
    if (head == nullptr) driver_.released();
}

/// Tells the peer of streams whose readers went away.
void session::write_stops() {
    stream_in* stopped = stopped_.exchange(nullptr, std::memory_order_acquire);
    while (stopped != nullptr) {
        stream_in& each = *std::exchange(stopped, stopped->next_stopped);
        if (!each.ended && state_ != state::over) {
            // The entry stays, and its sink, until the producer has ended too: items may be on their way, and references in
            // them are ours to give back.
            protocol_->write_stream_stop(out_, each.id);
        }
        held_.push_back(intrusive_ptr<ref_counted>::adopt(&each)); // its end may end the session
    }
}

result<intrusive_ptr<referent>> session::borrow_stream(std::uint32_t id) {
    if (!traits_.dynamic) {
        return fail(errc::unsupported,
                    "peer sent a stream among other values; its item type is not known here");
    }
    auto [sink, stream] = make_value_stream();
    BECKON_TRY(borrow_stream(id, *sink));
    return std::move(stream);
}

result<void> session::borrow_stream(std::uint32_t id, native::stream_sink& sink) {
    if (id == 0 || sinks_.find(id) != nullptr) {
        return fail(errc::protocol_error, "peer sent stream #", id,
                    ", which is open already or no number");
    }
    if (sources_.size() + sinks_.size() >= options_.limits.max_streams) {
        return fail(errc::limit_exceeded, "session has ", sources_.size() + sinks_.size(),
                    " streams open; limit is ", options_.limits.max_streams, " (max_streams)");
    }
    auto made = make_counted<stream_in>(*this, id, intrusive_ptr<native::stream_sink>(&sink));
    const bool has_credit = traits_.initial_stream_items != 0;
    const auto window = has_credit
                            ? traits_.initial_stream_items
                            : static_cast<std::uint32_t>(options_.limits.stream_window_bytes);
    made->outstanding = window;
    sink.bind(made);
    sinks_.set(id, std::move(made));
    if (has_credit) return {};
    protocol_->write_stream_credit(out_, id, window);
    driver_.output_ready();
    return {};
}

/// An item has come; `hand` gives it to a sink and says who waited for it, or why it is none.
template <typename Hand>
void session::take_item(std::uint32_t id, std::uint32_t size, const Hand& hand) {
    intrusive_ptr<stream_in>* const found = sinks_.find(id);
    if (found == nullptr) {
        return on_oddity("BKN-STREAM-STRAY",
                         concat("peer sent an item of stream #", id, ", which is not open"));
    }
    stream_in& in = **found;
    if (in.outstanding <= 0) {
        error failure = fail(errc::protocol_error, "peer sent an item of ", size,
                             " bytes on stream #", id, " without credit");
        on_oddity("BKN-STREAM-CREDIT", failure.message());
        refuse_items(in, std::move(failure));
        in.outstanding = INT32_MAX; // what is still on its way is dropped in silence
        return;
    }
    const bool counts_items = traits_.initial_stream_items != 0;
    in.outstanding -= counts_items ? 1 : size;
    if (!in.sink) return; // refused: the end is on its way
    if (counts_items && in.waiting_bytes > options_.limits.max_message_bytes) {
        return refuse_items(in,
                            fail(errc::limit_exceeded, "items of ", in.waiting_bytes,
                                 " bytes wait on stream #", id, "; limit is ",
                                 options_.limits.max_message_bytes, " bytes (max_message_bytes)"));
    }
    if (counts_items) in.waiting_bytes += size;
    result<pending_call*> done = hand(*in.sink);
    if (!done) {
        done.error().note(concat("reading an item of stream #", id));
        return refuse_items(in, std::move(done).error());
    }
    if (*done != nullptr) {
        queue_completion(**done);
        in.grant(size);
    }
}

/// Ends a stream for its reader, and tells its producer to stop.
void session::refuse_items(stream_in& in, error failure) {
    protocol_->write_stream_stop(out_, in.id);
    driver_.output_ready();
    if (!in.sink) return;
    if (pending_call* const waiting = in.sink->on_end(std::move(failure)))
        queue_completion(*waiting);
    collect(std::move(in.sink));
}

void session::on_stream_item(std::uint32_t id, native::reader& item) {
    const auto size = static_cast<std::uint32_t>(item.offset() + item.left());
    take_item(id, size, [&](native::stream_sink& sink) -> result<pending_call*> {
        pending_call* const done = sink.on_item(item, size);
        if (item.failed()) return item.take_failure();
        return done;
    });
}

void session::on_value_stream_item(std::uint32_t id, value item, std::uint32_t wire_bytes) {
    take_item(id, wire_bytes, [&](native::stream_sink& sink) -> result<pending_call*> {
        return sink.on_value(std::move(item), wire_bytes);
    });
}

void session::end_sink(std::uint32_t id, std::optional<error> failure) {
    intrusive_ptr<stream_in>* const found = sinks_.find(id);
    if (found == nullptr) return;
    const intrusive_ptr<stream_in> ending = *found;
    sinks_.erase(id);
    ending->ended = true;
    if (ending->sink) {
        if (pending_call* const done = ending->sink->on_end(std::move(failure)))
            queue_completion(*done);
        collect(std::move(ending->sink));
    }
    held_.push_back(ending);
}

void session::on_stream_end(std::uint32_t id, std::optional<error> failure) {
    if (sinks_.find(id) == nullptr) {
        return on_oddity("BKN-STREAM-STRAY",
                         concat("peer ended stream #", id, ", which is not open"));
    }
    end_sink(id, std::move(failure));
}

void session::end_streams(const error& reason) {
    std::vector<std::uint32_t> ids;
    sources_.for_each([&](std::uint32_t id, intrusive_ptr<stream_out>&) { ids.push_back(id); });
    for (const std::uint32_t id : ids) end_source(id, nullptr);
    end_sinks(reason);
}

void session::end_sinks(const error& reason) {
    std::vector<std::uint32_t> ids;
    sinks_.for_each([&](std::uint32_t id, intrusive_ptr<stream_in>&) { ids.push_back(id); });
    for (const std::uint32_t id : ids)
        end_sink(id, fail(errc::disconnected, reason.message()).note("reading a stream"));
}

} // namespace beckon
