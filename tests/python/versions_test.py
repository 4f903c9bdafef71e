"""Two versions of an interface: what can talk does, both ways; what cannot says why."""
import asyncio
import unittest

import generated
from versions_idl import BROKEN, NEW, OLD, UNREADABLE

import beckon

generated.compile_text("old", OLD)
generated.compile_text("new", NEW)
for each, (idl, _) in BROKEN.items():
    generated.compile_text(each, idl)
import new  # noqa: E402
import old  # noqa: E402


def office_of(package, name="Office"):
    """A servant of one of the versions."""

    class Office(getattr(package, name)):
        moved = None

        def find(self, called):
            if called == "gone":
                raise package.Broken(called)
            return package.Machine(called, 3)

        def move(self, machine, mood):
            self.moved = machine, mood

        def watch(self, watcher):
            watcher.on_load(package.Machine("m", 1))

        def count(self):
            return 1

    return Office()


class Versions(unittest.TestCase):
    def serve(self, servant):
        server = beckon.Server({"office": servant})
        self.addCleanup(server.close)
        return server.listen("tcp://127.0.0.1:0")

    def office(self, package, endpoint):
        session = beckon.connect(endpoint)
        self.addCleanup(session.close)
        return session.get(package.Office, "office")

    def test_a_new_caller_fills_in_what_an_old_callee_does_not_know(self):
        servant = office_of(old)
        office = self.office(new, self.serve(servant))
        self.assertEqual(office.find("m"), new.Machine("m", 3, new.Mood.BUSY, ["new"]))
        office.move(new.Machine("m", 1, new.Mood.BROKEN, []), new.Mood.BUSY)
        self.assertEqual(servant.moved, (old.Machine("m", 1), old.Mood.BUSY))
        with self.assertRaises(new.Broken) as raised:
            office.find("gone")
        self.assertEqual((raised.exception.name, raised.exception.since), ("gone", 5))
        with self.assertRaises(beckon.UnknownMethod):
            office.count()
        with self.assertRaises(beckon.Error):
            office.move(new.Machine("m", 1), new.Mood.BROKEN)

    def test_an_old_caller_skips_what_a_new_callee_says(self):
        office = self.office(old, self.serve(office_of(new)))
        self.assertEqual(office.find("m"), old.Machine("m", 3))
        heard = []

        class Watcher(old.Watcher):
            def on_load(self, machine):
                heard.append(machine)

        office.watch(Watcher())
        self.assertEqual(heard, [old.Machine("m", 1)])

    def test_coroutines_compare_as_well(self):
        endpoint = self.serve(office_of(old))

        async def run():
            async with await beckon.connect_async(endpoint) as session:
                office = await session.get_async(new.AsyncOffice, "office")
                return await office.find("m")

        self.assertEqual(asyncio.run(run()).mood, new.Mood.BUSY)

    def test_what_cannot_talk_says_why_both_ways(self):
        for name, (_, words) in BROKEN.items():
            package = __import__(name)
            for there, here in ((old, package), (package, old)):
                with self.subTest(name), self.assertRaisesRegex(beckon.SchemaMismatch, f"another version of Office: .*{words}"):
                    self.office(here, self.serve(office_of(there)))

    def test_another_interface_is_none_of_them(self):
        with self.assertRaisesRegex(beckon.SchemaMismatch, "is a Watcher, the peer expects a Office"):
            self.office(new, self.serve(type("W", (old.Watcher,), {})()))

    def test_descriptions_that_cannot_be_read_are_refused(self):
        class Liar(old.Office):
            pass

        wanted = old.Office._beckon_interface_
        for content in UNREADABLE:
            described, wanted.description = wanted.description, content
            try:
                with self.assertRaisesRegex(beckon.SchemaMismatch, "has a schema that cannot be read: .*schema: "):
                    self.office(new, self.serve(Liar()))
            finally:
                wanted.description = described


if __name__ == "__main__":
    unittest.main()
