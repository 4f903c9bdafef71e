"""A Python program with RPyC drives our server; rpyc5_client_test.py, rpyc6_tls_client_test.py and the like run it.

Usage: PORT [CA CERTIFICATE USER], with TLS where there are the files: of the server's authority, of the client's certificate and
key, and who the server then takes it for.
"""
import gc
import sys
import threading
import unittest

import rpyc

PORT, *TLS = sys.argv[1:]
PORT = int(PORT)
del sys.argv[1:]


def connect(**options):
    if not TLS:
        return rpyc.connect("127.0.0.1", PORT, **options)
    authority, certificate, _ = TLS
    return rpyc.ssl_connect("127.0.0.1", PORT, ca_certs=authority, certfile=certificate, keyfile=certificate, **options)


class Listener:
    def __init__(self, on_event=None):
        self.heard = []
        self.raises = on_event

    def exposed_on_event(self, sequence, text):
        self.heard.append((sequence, text))
        if self.raises is not None:
            raise self.raises


class Connected(unittest.TestCase):
    config = {}

    def setUp(self):
        self.connection = connect(config=self.config)
        self.root = self.connection.root

    def tearDown(self):
        self.connection.close()


class Calls(Connected):
    def test_values_of_all_kinds_come_back_as_they_went(self):
        for sent in (None, True, False, 0, -1, 159, 160, -48, -49, 2**63, -2**63, 2**200, 1.5, float("inf"), "", "text", "\u20ac" * 300,
                     b"", b"bytes", bytes(range(256)) * 20, (), (1, (2, ("x",))), 1 + 2j, slice(1, None, 2), frozenset({1, 2}),
                     Ellipsis, NotImplemented, "x" * 10_000, tuple(range(2000))):
            self.assertEqual(self.root.echo(sent), sent)
            self.assertIs(type(self.root.echo(sent)), type(sent))

    def test_arguments_by_position_and_by_name(self):
        self.assertEqual(self.root.add(2, 3), 5)
        self.assertEqual(self.root.add(a=2, b=3), 5)
        self.assertEqual(self.root.add(2, b=3), 5)
        self.assertEqual(self.root.exposed_add(2, 3), 5)
        for arguments, named, text in (((1,), {}, r"add\(\) missing 1 required positional argument: 'b'"),
                                       ((), {}, r"add\(\) missing 2 required positional arguments: 'a' and 'b'"),
                                       ((1, 2, 3), {}, r"add\(\) takes 2 positional arguments but 3 were given"),
                                       ((1, 2), {"a": 1}, r"add\(\) got multiple values for argument 'a'"),
                                       ((), {"a": 1, "c": 2}, r"add\(\) got an unexpected keyword argument 'c'")):
            with self.assertRaisesRegex(TypeError, text):
                self.root.add(*arguments, **named)
        with self.assertRaises(TypeError):
            self.root.add("one", 2)
        self.assertEqual(self.root.add(1, 1), 2, "the connection lives on")

    def test_text_bytes_and_large_messages(self):
        self.assertEqual(self.root.concat("\u00e4", "\U0001f600"), "\u00e4\U0001f600")
        data = bytes(range(256)) * 4096
        self.assertEqual(self.root.reverse(data), data[::-1])

    def test_asynchronous_calls(self):
        add = rpyc.async_(self.root.add)
        results = [add(i, i) for i in range(500)]
        self.assertEqual([each.value for each in results], [2 * i for i in range(500)])
        failing = rpyc.async_(self.root.fail)("later")
        failing.wait()
        self.assertTrue(failing.error)
        slow = rpyc.timed(self.root.sleep, 0.05)(2_000)
        with self.assertRaises(rpyc.AsyncResultTimeout):
            slow.value

    def test_several_threads_share_the_connection(self):
        wrong = []

        def work(first):
            for i in range(100):
                if self.root.add(first, i) != first + i:
                    wrong.append((first, i))
        threads = [threading.Thread(target=work, args=(1000 * i,)) for i in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(wrong, [])

    def test_ping_and_the_names_of_the_service(self):
        self.connection.ping()
        self.connection.ping(b"data" * 1000)
        self.assertEqual(self.root.get_service_name(), "CONFORMANCE")
        self.assertEqual(self.root.get_service_aliases(), ("CONFORMANCE",))
        self.assertEqual(self.root.whoami(), TLS[-1] if TLS else "anonymous")


class Errors(Connected):
    def test_have_the_python_class_that_fits(self):
        with self.assertRaisesRegex(OverflowError, "9223372036854775807"):
            self.root.add(2**63 - 1, 1)
        with self.assertRaisesRegex(Exception, "^boom"):
            self.root.fail("boom")
        self.assertEqual(self.root.add(1, 1), 2)

    def test_nothing_is_reachable_that_is_not_published(self):
        for name in ("__class__", "__dict__", "__init__", "__globals__", "__reduce__", "_private", "nothing", "exposed_nothing",
                     "__subclasses__", "__getattribute__"):
            for target in (self.root, self.root.add, self.root.make_counter(1)):
                with self.assertRaises(AttributeError):
                    self.connection.sync_request(rpyc.core.consts.HANDLE_GETATTR, target, name)
        self.assertFalse(hasattr(self.root, "nothing"))
        self.assertIsNone(getattr(self.root, "nothing", None))
        with self.assertRaises(AttributeError):
            self.root.add = 5
        with self.assertRaises(AttributeError):
            del self.root.add
        with self.assertRaises(ValueError):
            self.connection.sync_request(rpyc.core.consts.HANDLE_PICKLE, self.root, 2)

    def test_bad_requests_are_answered_and_the_connection_lives_on(self):
        request = self.connection.sync_request
        with self.assertRaises(KeyError):
            request(99)
        with self.assertRaises(TypeError):
            request(rpyc.core.consts.HANDLE_GETATTR, self.root, 5)
        with self.assertRaises(TypeError):
            request(rpyc.core.consts.HANDLE_CALLATTR, "{0.add}", "format", (self.root,))
        with self.assertRaises(TypeError):
            request(rpyc.core.consts.HANDLE_REPR)
        with self.assertRaises(TypeError):
            request(rpyc.core.consts.HANDLE_REPR, self.root, 1, 2)
        with self.assertRaises(KeyError):
            request(rpyc.core.consts.HANDLE_INSPECT, ("beckon.Root", 1, 12345))
        self.assertEqual(self.root.add(1, 1), 2)


class Objects(Connected):
    def test_live_as_long_as_they_are_held(self):
        before = self.root.live_objects()
        counters = [self.root.make_counter(i) for i in range(20)]
        self.assertEqual(self.root.live_objects(), before + 20)
        self.assertEqual([each.increment(1) for each in counters], list(range(1, 21)))
        self.assertEqual(counters[3].value(), 4)
        del counters
        gc.collect()
        self.connection.ping()
        self.assertEqual(self.root.live_objects(), before)

    def test_are_natural_objects(self):
        counter = self.root.make_counter(1)
        self.assertEqual(dir(counter), ["increment", "value"])
        self.assertIn("Counter", repr(counter))
        self.assertIn("Counter", str(counter))
        self.assertTrue(counter == counter)
        self.assertFalse(counter == self.root)
        self.assertTrue(counter != self.root.make_counter(1))
        self.assertEqual(hash(counter), hash(counter))
        self.assertEqual(self.root.make_counter, self.root.make_counter)
        with self.assertRaises(TypeError):
            counter < counter
        with self.assertRaises(TypeError):
            len(counter)
        increment = counter.increment
        del counter
        gc.collect()
        self.assertEqual(increment(4), 5, "a method keeps its object")
        self.assertTrue(callable(increment))

    def test_come_home_as_themselves(self):
        counter = self.root.make_counter(1)
        self.assertIs(self.root.echo(counter), counter)
        mine = Listener()
        self.assertIs(self.root.echo(mine), mine)
        pair = self.root.echo((counter, mine, 5))
        self.assertIs(pair[0], counter)
        self.assertIs(pair[1], mine)

    def test_other_published_objects_are_attributes_of_the_root(self):
        self.assertEqual(self.root.bench.say("hello"), "hello")


class Callbacks(Connected):
    def test_are_called_while_their_caller_waits(self):
        listener = Listener()
        self.assertEqual(self.root.call_back(listener, 5), 5)
        self.assertEqual(listener.heard, [(i, f"event {i}") for i in range(1, 6)])

    def test_raise_into_the_caller(self):
        with self.assertRaisesRegex(KeyError, "lost"):
            self.root.call_back(Listener(KeyError("lost")), 3)
        self.assertEqual(self.root.add(1, 1), 2)

    def test_nest(self):
        root = self.root

        class Here:
            def exposed_nest(self, peer, depth):
                return 0 if depth == 0 else 1 + peer.nest(here, depth - 1)
        here = Here()
        self.assertEqual(root.nest(here, 0), 0)
        self.assertEqual(root.nest(here, 20), 20)

    def test_come_later_to_a_client_that_serves_in_the_background(self):
        listener = Listener()
        done = threading.Event()

        class Last(Listener):
            def exposed_on_event(self, sequence, text):
                super().exposed_on_event(sequence, text)
                if sequence == 3:
                    done.set()
        last = Last()
        serving = rpyc.BgServingThread(self.connection)
        try:
            self.root.subscribe(last, 3, 5)
            self.assertTrue(done.wait(20))
        finally:
            serving.stop()
        self.assertEqual([sequence for sequence, _ in last.heard], [1, 2, 3])
        self.assertEqual(listener.heard, [])


class Closing(unittest.TestCase):
    def test_is_clean_from_both_sides(self):
        for _ in range(20):
            connection = connect()
            self.assertEqual(connection.root.add(1, 2), 3)
            connection.close()
            self.assertTrue(connection.closed)
        unused = connect()
        unused.close()


if __name__ == "__main__":
    unittest.main()
