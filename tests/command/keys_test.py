"""`beckon keys`, and calls that are signed and sealed by the keys that it makes."""
import os
import stat
import tempfile
import unittest

import command

if command.run("keys", "show", "/dev/null")[2].startswith("beckon: unsupported"):
    print("skipped: libsodium: this build has no keys")
    raise SystemExit(77)


class Keys(command.CommandTest):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def make(self, *words):
        status, output, errors = command.run("keys", "make", *words)
        self.assertEqual((status, errors), (0, ""))
        return output

    def pairs(self):
        """Files of a server and of alice, who know each other."""
        self.make("server", self.path("server"))
        self.make("alice", self.path("alice"))
        for giver, taker in (("alice", "server"), ("server", "alice")):
            self.assertEqual(command.run("keys", "public", self.path(giver), "--user", giver,
                                         "--into", self.path(taker))[0], 0)


class Files(Keys):
    def test_are_for_their_user_alone_and_show_no_secret(self):
        made = self.make("alice", self.path("alice"))
        self.assertRegex(made, r"^alice secret [0-9a-f]{16}\n$")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("alice")).st_mode), 0o600)
        self.expect(["keys", "show", self.path("alice")], made)
        with open(self.path("alice"), encoding="ascii") as file:
            user, kind, key = file.read().split()
        self.assertEqual((user, kind), ("alice", "secret"))
        _, public, _ = command.run("keys", "public", self.path("alice"))
        self.assertRegex(public, r"^alice public [A-Za-z0-9+/]{43}=\n$")
        self.assertNotIn(key, public)

    def test_of_a_shared_key_have_the_same_one(self):
        self.make("bob", self.path("bob"), self.path("server"), "--kind", "shared")
        with open(self.path("bob"), encoding="ascii") as one, open(self.path("server"), encoding="ascii") as other:
            self.assertEqual(one.read(), other.read())
        self.expect_error(["keys", "public", self.path("bob")], 1, "beckon: not_found: key file ")

    def test_that_others_can_read_are_refused(self):
        self.make("alice", self.path("alice"))
        os.chmod(self.path("alice"), 0o644)
        self.expect_error(["keys", "show", self.path("alice")], 1, "beckon: access_denied: key file ")
        self.expect_error(["call", f"jsonrpc+signed+tcp://127.0.0.1:1?keys={self.path('alice')}", "whoami"], 3,
                          "beckon: access_denied: key file ")

    def test_keep_a_key_that_is_there(self):
        self.make("alice", self.path("alice"))
        self.expect_error(["keys", "make", "alice", self.path("alice")], 1, "beckon: invalid_argument: key file ")

    def test_want_the_right_words(self):
        self.expect_error(["keys", "make", "alice"], 2, "beckon: invalid_argument: beckon keys make has 1 words behind it; expected USER FILE")
        self.expect_error(["keys", "make", "a b", self.path("x")], 2, 'beckon: invalid_argument: the user is "a b"')
        self.expect_error(["keys", "make", "alice", self.path("x"), self.path("y")], 2, "beckon: invalid_argument: a secret key is for one file")


class Calls(Keys):
    def test_tell_who_calls(self):
        self.pairs()
        self.make("bob", self.path("bob"), self.path("server"), "--kind", "shared")
        for provider in ("signed", "sealed"):
            with command.serving(f"jsonrpc+{provider}+tcp://127.0.0.1:0?keys={self.path('server')}") as server:
                endpoint = server.endpoints[0]
                self.assertNotIn("keys", endpoint)
                self.expect(["call", f"{endpoint}?keys={self.path('alice')}", "whoami"], '"alice"\n')
                self.expect(["call", f"{endpoint}?keys={self.path('bob')}", "whoami"], '"bob"\n')
                self.expect(["call", f"{endpoint}?keys={self.path('alice')}", "conformance.add", "2", "3"], "5\n")
                self.expect_error(["call", f"{endpoint}?keys={self.path('alice')}&peer=shop", "whoami"], 2,
                                  "beckon: invalid_argument: there is no key to speak as alice to shop")
                self.expect_error(["call", endpoint.replace(f"+{provider}", ""), "whoami"], 1, "beckon: access_denied: ")
                self.make("mallory", self.path("mallory"), "--kind", "shared")
                self.expect_error(["call", f"{endpoint}?keys={self.path('mallory')}", "whoami"], 1, "beckon: access_denied: ")
                os.unlink(self.path("mallory"))

    def test_are_believed_where_the_provider_says_so(self):
        for name in ("unproven", "blindly_believe_everything"):
            with command.serving(f"jsonrpc+{name}+tcp://127.0.0.1:0") as server:
                self.expect(["call", f"{server.endpoints[0]}?user=carol", "whoami"], '"carol"\n')
                self.expect(["call", f"{server.endpoints[0]}", "whoami"], '"anonymous"\n')

    def test_that_cannot_be_protected_are_told_what_can(self):
        self.make("bob", self.path("bob"), "--kind", "shared")
        for protocol in ("native", "msgpack", "rpyc"):
            self.expect_error(["serve", "--listen", f"{protocol}+signed+tcp://127.0.0.1:0?keys={self.path('bob')}"], 2,
                              f"beckon: unsupported: messages of {protocol} over tcp carry no headers")
        self.expect_error(["serve", "--listen", "jsonrpc+pigeon+tcp://127.0.0.1:0"], 2,
                          'beckon: unsupported: no security provider is called "pigeon"; expected one of null, signed')
        self.expect_error(["serve", "--listen", "jsonrpc+signed+tcp://127.0.0.1:0"], 2,
                          "beckon: invalid_argument: signed needs keys; expected the option keys=FILE")
        self.expect_error(["serve", "--listen", "jsonrpc+signed+tcp://127.0.0.1:0?kyes=x"], 2, "beckon: invalid_argument: ")

    def test_at_a_port_open_to_others_are_warned_of_only_where_nothing_is_proven(self):
        self.make("bob", self.path("bob"), "--kind", "shared")
        with command.serving(f"jsonrpc+signed+tcp://0.0.0.0:0?keys={self.path('bob')}") as server:
            self.assertEqual(server.end()[1], "")
        with command.serving("jsonrpc+unproven+tcp://0.0.0.0:0") as server:
            self.assertIn("BKN-LISTEN-OPEN", server.end()[1])


if __name__ == "__main__":
    unittest.main()
