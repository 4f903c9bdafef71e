// The recorded sessions of RPyC once more, with one side of each played by our session: what the other side said is said to
// it, and what it answers must mean what was recorded. Objects have other identities, and ours ask no INSPECT by themselves.
#include <gtest/gtest.h>

#include "beckon/object/named_error.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/python_errors.hpp"
#include "codec/brine_vectors_test.hpp"
#include "protocol/rpyc/heard_test.hpp"
#include "protocol/rpyc/lone_session_test.hpp"
#include "protocol/rpyc/rpyc_protocol.hpp"
#include "protocol/rpyc/scripted_test.hpp"

namespace beckon::rpyc {
namespace {

using brine::vectors::from_hex;
using testing::as_mentioned;
using testing::asked_request;
using testing::heard;
using testing::lone_session;
using testing::mentions;
using testing::operation_of;
using testing::scripted;

std::string pack_of(const value& identity) {
    buffer out;
    static_cast<void>(brine::write(out, identity).value());
    return std::string(as_text(out.view()));
}

value identity_of(const std::string& pack) { return brine::read(as_bytes(pack), limits{}).value(); }

std::string without_prefix(std::string_view name) {
    return std::string(name.starts_with("exposed_") ? name.substr(8) : name);
}

/// What a run did, to see that it did something.
struct tally {
    std::size_t asked = 0;    ///< Requests of the record that reached our objects,
    std::size_t refused = 0;  ///< or were answered without them.
    std::size_t made = 0;     ///< Requests of ours.
    std::size_t released = 0; ///< Ours, with the recorded counts.
    std::size_t failed = 0;   ///< Exceptions that came to our callers.
};

class replay {
public:
    replay(const value& record, bool as_server, tally& count)
        : record_(record), us_(as_server ? "s2c" : "c2s"), count_(count),
          bound_(record["messages"][0].contains("hex") &&
                 record["messages"][0]["decoded"].contains("bind_threads")) {
        options chosen;
        chosen.bind_threads = bound_;
        chosen.compress = true;
        // What a client begins with; a server finds out.
        if (!as_server && record["dialect"].string() == "v5") chosen.dialect = dialect::v5;
        ours_.emplace(make_rpyc_protocol(chosen).value(), make_counted<scripted>(asks_, "root"));
    }

    void run() {
        for (const value& entry : record_["messages"].items()) {
            if (!entry.contains("hex") || ours_->is_over()) break;
            SCOPED_TRACE(concat(record_["name"].string(), " as ", us_, ", message ",
                                entry["n"].int64(), ": ", entry["step"].string()));
            const bytes wire = from_hex(entry["hex"].string());
            frame_reader frames(limits_);
            const auto taken = frames.take(wire);
            ASSERT_TRUE(taken);
            const bool is_ours = entry["dir"].string() == us_;
            const heard said = take_apart(taken->message, bound_, recorded_, is_ours);
            if (is_ours) {
                say(said);
            } else {
                hear(said);
            }
            if (::testing::Test::HasFailure()) return;
        }
        EXPECT_TRUE(requests_.empty()) << "we asked more than was recorded";
        if (!ours_->is_over()) check_what_is_held();
    }

private:
    /// Whatever the record has not let go of is still there, and nothing else.
    void check_what_is_held() {
        std::size_t held = 0;
        for (const auto& [pack, count] : lent_) held += count > 0 ? 1 : 0;
        EXPECT_EQ((*ours_)->stats().exports, held);
    }

    // --- What the other side says ---

    void hear(const heard& said) {
        if (said.kind != message_kind::request) return hear_answer(said);
        const std::size_t before = asks_.size();
        if (said.asked == handler::del) forget(said.content);
        if (said.asked == handler::close) check_what_is_held();
        feed(said, said.number, with_actual_identities(said));
        if (said.asked == handler::close) {
            EXPECT_TRUE(ours_->is_over());
            return;
        }
        heard_[said.number] = said;
        if (asks_.size() == before) {
            ++count_.refused;
            return;
        }
        ++count_.asked;
        ASSERT_EQ(asks_.size(), before + 1);
        asked_request& asked = asks_.back();
        expect_request(said, asked);
        waiting_[said.number] = std::move(asked);
        asks_.pop_back();
    }

    /// INSPECT and INSTANCECHECK name objects by value.
    [[nodiscard]] value with_actual_identities(const heard& said) {
        const std::size_t at = said.asked == handler::inspect          ? 0
                               : said.asked == handler::instance_check ? 1
                                                                       : 9;
        if (at >= said.content.size()) return said.content;
        std::vector<value> items(said.content.begin(), said.content.end());
        const auto found = recorded_.actual.find(pack_of(items[at]));
        if (found != recorded_.actual.end()) items[at] = identity_of(found->second);
        return value::tuple(std::move(items));
    }

    void expect_request(const heard& said, const asked_request& asked) {
        const value& given = said.content;
        ASSERT_EQ(asked.request.what, operation_of(said.asked));
        const value none = value::tuple();
        const auto argument = [&](std::size_t at) { return at < given.size() ? given[at] : none; };
        const value list = asked.request.arguments;
        switch (said.asked) {
        case handler::get_attr:
        case handler::del_attr:
            EXPECT_EQ(asked.request.name, without_prefix(argument(1).string()));
            break;
        case handler::set_attr:
            EXPECT_EQ(asked.request.name, without_prefix(argument(1).string()));
            expect_came(argument(2), list[0]);
            break;
        case handler::call_attr:
            EXPECT_EQ(asked.request.name, without_prefix(argument(1).string()));
            expect_came(argument(2), as_tuple(list));
            expect_named(argument(3), asked.request.named);
            break;
        case handler::call:
            expect_came(argument(1), as_tuple(list));
            expect_named(argument(2), asked.request.named);
            break;
        case handler::cmp: EXPECT_EQ(asked.request.name, argument(2).string()); [[fallthrough]];
        case handler::buffiter:
        case handler::ctxexit: expect_came(argument(1), list[0]); break;
        default: break;
        }
        if (said.asked == handler::get_root || said.asked == handler::inspect) return;
        EXPECT_EQ(asked.object, objects_.at(as_mentioned(given[0]).id_pack).get());
    }

    void expect_named(const value& pairs, const value& named) {
        ASSERT_EQ(pairs.size(), named.size());
        for (const value& each : pairs) expect_came(each[1], named[each[0].string()]);
    }

    /// The release of one of our objects.
    void forget(const value& given) {
        const std::string& pack = as_mentioned(given[0]).id_pack;
        std::int64_t& count = lent_[pack];
        count -= given.size() > 1 ? given[1].int64() : 1;
        if (count <= 0) objects_.erase(pack);
    }

    void hear_answer(const heard& said) {
        const auto sent = sent_.find(said.number);
        if (sent == sent_.end()) return; // of a request that ours has no need of
        feed(said, sent->second.number, said.content);
        if (!sent->second.awaited) return;
        future<value>& awaited = *sent->second.awaited;
        ASSERT_TRUE(awaited.shared()->done()) << "the answer was not noticed";
        const result<value> outcome = awaited.result();
        ASSERT_EQ(outcome.has_value(), !said.failure);
        if (outcome) {
            if (said.content.is(value_kind::extension)) {
                EXPECT_TRUE(outcome->is_null() || *outcome == said.content);
            } else {
                expect_came(said.content, *outcome);
            }
        } else {
            ++count_.failed;
            expect_failure(*said.failure, outcome.error());
        }
        sent_.erase(sent);
    }

    /// What our session made of something that was recorded.
    void expect_came(const value& recorded, const value& came) {
        if (recorded.is(value_kind::tuple) && came.is_sequence()) {
            ASSERT_EQ(recorded.size(), came.size());
            for (std::size_t i = 0; i < recorded.size(); ++i) expect_came(recorded[i], came[i]);
        } else if (recorded.is(value_kind::reference)) {
            ASSERT_TRUE(came.is(value_kind::reference)) << came.to_text();
            const testing::mentioned& named = as_mentioned(recorded);
            if (named.is_ours) {
                EXPECT_EQ(came.object(), objects_.at(named.id_pack).get());
            } else {
                value& held = theirs_[named.id_pack];
                if (!held.is_null()) {
                    EXPECT_EQ(held, came) << "one object came as two";
                }
                held = came;
            }
        } else {
            EXPECT_EQ(recorded, came);
        }
    }

    // --- What our side says ---

    void say(const heard& said) {
        if (said.kind == message_kind::request) return ask(said);
        const auto waits = waiting_.find(said.number);
        if (waits != waiting_.end()) {
            asked_request asked = std::move(waits->second);
            waiting_.erase(waits);
            asked.reply->lock();
            if (said.failure) {
                asked.reply->reject(*said.failure);
            } else {
                asked.reply->reply_value(as_we_have_it(said.content));
            }
            asked.reply->unlock();
        }
        const bool was_performed = waits != waiting_.end();
        ours_->settle();
        listen();
        const auto found = answers_.find(said.number);
        ASSERT_NE(found, answers_.end()) << "no answer";
        const heard answer = found->second;
        answers_.erase(found);
        const heard& request = heard_.at(said.number);
        if (bound_) {
            EXPECT_EQ(answer.threads.target, request.threads.sender);
        }
        if (said.failure && !answer.failure && request.asked == handler::del) return; // a stray
        if (request.asked == handler::pickle) { // whatever was recorded: we have nothing to pickle
            EXPECT_TRUE(answer.failure);
            return;
        }
        ASSERT_EQ(answer.kind, said.kind) << (answer.failure ? answer.failure->to_string() : "");
        if (said.failure) {
            if (answer.failure->type_name() != said.failure->type_name() || was_performed)
                expect_failure(*said.failure, *answer.failure);
        } else if (!was_performed && request.asked == handler::instance_check) {
            EXPECT_TRUE(answer.content.is(value_kind::boolean));
        } else {
            expect_said(said.content, answer.content);
        }
    }

    void ask(const heard& said) {
        if (said.asked == handler::close) {
            check_what_is_held();
            (*ours_)->close(fail(errc::cancelled, "closed"));
            ours_->settle();
            listen();
            ASSERT_FALSE(requests_.empty());
            EXPECT_EQ(requests_.back().asked, handler::close);
            requests_.clear();
            return;
        }
        if (said.asked == handler::del) {
            const std::string& pack = as_mentioned(said.content[0]).id_pack;
            if (theirs_.erase(pack) == 0) {
                // RPyC releases what it made up itself; we make up nothing.
                EXPECT_EQ(record_["name"].string(), "instance_checks");
                return;
            }
            ++count_.released;
        } else {
            const auto what = operation_of(said.asked);
            if (!what) return; // PING and PICKLE: not ours to send
            make(said, *what);
        }
        ours_->settle();
        listen();
        ASSERT_EQ(requests_.size(), 1u);
        const heard request = requests_.front();
        requests_.clear();
        EXPECT_EQ(request.asked, said.asked);
        expect_said(said.content, request.content);
        sent_[said.number].number = request.number;
    }

    /// Does as a program of ours what the recorded one did.
    void make(const heard& said, operation what) {
        const value& given = said.content;
        dynamic_request request;
        request.what = what;
        object target;
        if (what == operation::root) {
            target = object(intrusive_ptr<object_core>((*ours_)->root()));
        } else if (what == operation::describe) {
            target = theirs_.at(pack_of(given[0])).as<object>();
        } else {
            target = theirs_.at(as_mentioned(given[0]).id_pack).as<object>();
        }
        const bool has_name = what == operation::get_attribute || what == operation::call_method ||
                              what == operation::set_attribute ||
                              what == operation::delete_attribute;
        std::size_t next = 1;
        if (has_name) request.name = std::string(given[next++].string());
        if (what == operation::call || what == operation::call_method) {
            for (const value& each : given[next]) request.arguments.push_back(as_we_have_it(each));
            if (given.size() > next + 1) {
                for (const value& pair : given[next + 1])
                    request.named.insert_or_assign(pair[0], as_we_have_it(pair[1]));
            }
        } else if (what == operation::is_instance) {
            request.arguments.push_back(theirs_.at(pack_of(given[1])));
        } else if (what != operation::describe && given.size() > next) {
            request.arguments.push_back(as_we_have_it(given[next]));
            if (what == operation::compare) request.name = std::string(given[2].string());
        }
        ++count_.made;
        sent_[said.number].awaited.emplace(operate(target, std::move(request)));
    }

    /// A recorded value, with our objects and the ones that came.
    [[nodiscard]] value as_we_have_it(const value& recorded) {
        if (recorded.is(value_kind::tuple)) {
            std::vector<value> items;
            for (const value& each : recorded) items.push_back(as_we_have_it(each));
            return value::tuple(std::move(items));
        }
        if (!recorded.is(value_kind::reference)) return recorded;
        const testing::mentioned& named = as_mentioned(recorded);
        if (!named.is_ours) return theirs_.at(named.id_pack);
        intrusive_ptr<scripted>& ours = objects_[named.id_pack];
        if (!ours) ours = make_counted<scripted>(asks_, named.class_name());
        return value(intrusive_ptr<referent>(ours));
    }

    /// What our session wrote for something that was recorded.
    void expect_said(const value& recorded, const value& written) {
        if (recorded.is(value_kind::tuple)) {
            ASSERT_TRUE(written.is(value_kind::tuple)) << written.to_text();
            ASSERT_EQ(recorded.size(), written.size());
            for (std::size_t i = 0; i < recorded.size(); ++i) expect_said(recorded[i], written[i]);
        } else if (recorded.is(value_kind::reference)) {
            ASSERT_TRUE(written.is(value_kind::reference)) << written.to_text();
            const testing::mentioned& as_recorded = as_mentioned(recorded);
            const testing::mentioned& as_written = as_mentioned(written);
            ASSERT_EQ(as_recorded.is_ours, as_written.is_ours);
            if (!as_recorded.is_ours) {
                EXPECT_EQ(to_hex(as_bytes(as_recorded.id_pack)),
                          to_hex(as_bytes(as_written.id_pack)));
                return;
            }
            if (lent_[as_recorded.id_pack]++ > 0) {
                EXPECT_EQ(recorded_.actual[as_recorded.id_pack], as_written.id_pack)
                    << "one object went as two";
            }
            recorded_.actual[as_recorded.id_pack] = as_written.id_pack;
        } else {
            EXPECT_EQ(recorded, written);
        }
    }

    static void expect_failure(const error& recorded, const error& ours) {
        EXPECT_EQ(recorded.type_name(), ours.type_name());
        EXPECT_EQ(python::parts_of(recorded).arguments, python::parts_of(ours).arguments);
    }

    // --- Bytes ---

    [[nodiscard]] static value as_tuple(const value& list) {
        return value::tuple(std::vector<value>(list.begin(), list.end()));
    }
    void feed(const heard& said, std::int64_t number, const value& content) {
        buffer out;
        put_heard(out, said, number, content, recorded_);
        const bool unknown = std::exchange(recorded_.unknown, false);
        // Strays happen: of what the other side made up while it answered INSTANCECHECK.
        ASSERT_TRUE(!unknown || said.asked == handler::del) << "an object that was never lent";
        EXPECT_EQ(ours_->feed(out.view()), out.size());
        listen();
    }
    void listen() {
        const bytes all = ours_->output();
        byte_view rest = all;
        frame_reader frames(limits_);
        while (!rest.empty()) {
            const auto taken = frames.take(rest);
            ASSERT_TRUE(taken && taken->bytes != 0);
            rest = rest.subspan(taken->bytes);
            heard said = take_apart(taken->message, bound_, recorded_, true);
            if (said.kind == message_kind::request) {
                requests_.push_back(std::move(said));
            } else {
                answers_[said.number] = std::move(said);
            }
        }
    }

    struct sent_request {
        std::int64_t number = 0; ///< Of ours.
        std::optional<future<value>> awaited;
    };

    const value& record_;
    const std::string_view us_;
    tally& count_;
    const bool bound_;
    const limits limits_{.max_message_bytes = 64u << 20};
    mentions recorded_;
    std::vector<asked_request> asks_;
    std::optional<lone_session> ours_;
    std::map<std::string, intrusive_ptr<scripted>> objects_; ///< Ours, by recorded identity,
    std::map<std::string, std::int64_t> lent_;               ///< and how often they went.
    std::map<std::string, value> theirs_;                    ///< What the other side lent.
    std::map<std::int64_t, heard> heard_;                    ///< Its requests,
    std::map<std::int64_t, asked_request> waiting_;          ///< and those not answered yet.
    std::map<std::int64_t, heard> answers_;                  ///< Ours, not looked at yet.
    std::vector<heard> requests_;                            ///< Likewise.
    std::map<std::int64_t, sent_request> sent_;              ///< By the recorded number.
};

void replay_all(bool as_server, tally& count) {
    const value sessions = brine::vectors::section("sessions");
    ASSERT_EQ(sessions.size(), 28u);
    for (const value& session : sessions.items()) {
        if (session["name"].string().starts_with("mismatch")) continue;
        replay(session, as_server, count).run();
    }
}

TEST(rpyc_replay, our_server_answers_the_recorded_clients_as_recorded) {
    tally count;
    replay_all(true, count);
    EXPECT_EQ(count.asked, 287u);
    EXPECT_EQ(count.refused, 82u);
    EXPECT_EQ(count.made, 22u); // callbacks, and what a master asks
    EXPECT_EQ(count.released, 5u);
}

TEST(rpyc_replay, our_client_has_from_the_recorded_servers_what_was_recorded) {
    tally count;
    replay_all(false, count);
    EXPECT_EQ(count.made, 290u);
    EXPECT_EQ(count.released, 66u);
    EXPECT_EQ(count.failed, 32u);
    EXPECT_EQ(count.asked, 22u);
}

/// What one side of a recorded session sent, as it was.
bytes half_of(std::string_view name, std::string_view direction) {
    bytes all;
    const value sessions = brine::vectors::section("sessions");
    for (const value& session : sessions.items()) {
        if (session["name"].string() != name) continue;
        for (const value& entry : session["messages"].items()) {
            if (entry["dir"].string() != direction || !entry.contains("hex")) continue;
            const bytes wire = from_hex(entry["hex"].string());
            all.insert(all.end(), wire.begin(), wire.end());
        }
    }
    EXPECT_FALSE(all.empty());
    return all;
}

TEST(rpyc_replay, our_client_knows_a_server_of_the_other_dialect_by_its_farewell) {
    lone_session client(make_rpyc_protocol().value(), nullptr);
    future<value> root =
        operate(object(intrusive_ptr<object_core>(client->root())), {.what = operation::root});
    client.settle();
    static_cast<void>(client.feed(half_of("mismatch_v6_client_v5_server", "s2c")));
    EXPECT_TRUE(client.is_over());
    ASSERT_TRUE(root.ready());
    EXPECT_EQ(root.result().error().message(),
              "schema_mismatch: peer speaks the dialect of RPyC 4.1 to 5.3; we began with that of "
              "RPyC 6");
}

TEST(rpyc_replay, our_server_serves_a_client_that_a_server_of_the_other_dialect_sent_away) {
    std::vector<asked_request> asks;
    lone_session server(make_rpyc_protocol().value(), make_counted<scripted>(asks, "root"));
    static_cast<void>(server.feed(half_of("mismatch_v5_client_v6_server", "c2s")));
    EXPECT_FALSE(server.is_over());
    ASSERT_EQ(asks.size(), 1u);
    EXPECT_EQ(asks[0].request.what, operation::root);
    asks.clear();
}

} // namespace
} // namespace beckon::rpyc
