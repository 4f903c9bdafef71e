"""A Python client with RPyC that begins jobs, leaves, and comes back for what became of them."""
import sys
import unittest

import rpyc

PORT = int(sys.argv.pop(1))


class Jobs(unittest.TestCase):
    def connect(self):
        connection = rpyc.connect("127.0.0.1", PORT)
        self.addCleanup(connection.close)
        return connection

    def result(self, job):
        jobs = self.connect().root.jobs
        while jobs.wait(job, 5000).stage in ("waiting", "running"):
            pass
        return jobs.fetch(job)

    def test_results_are_there_for_another_connection(self):
        connection = self.connect()
        job = connection.root.jobs.start("conformance.add", (2, 3))
        connection.close()
        self.assertEqual(self.result(job), 5)

    def test_lists_and_dicts_of_the_client_are_taken_by_value(self):
        connection = self.connect()
        given = {"a": [1, [2, {"b": (3, None)}]]}
        sums = connection.root.jobs.start("conformance.sum", [[1.5, 2]])
        echo = connection.root.jobs.start("echo", [], {"what": given})
        connection.close()
        self.assertEqual(self.result(sums), 3.5)
        found = self.result(echo)["a"]
        self.assertEqual((found[0], found[1][0], found[1][1]["b"]), (1, 2, (3, None)))

    def test_failures_and_progress(self):
        jobs = self.connect().root.jobs
        job = jobs.start("conformance.fail", ("boom",))
        with self.assertRaisesRegex(Exception, "boom"):
            self.result(job)
        job = jobs.start("conformance.sleep", (3_600_000,))
        while not jobs.poll(job).text:
            pass
        self.assertEqual(jobs.poll(job).fraction, 0.0)
        self.assertTrue(jobs.cancel(job))
        self.assertEqual(jobs.poll(job).stage, "cancelled")
        self.assertIn(job, [each.id for each in jobs.list()])


if __name__ == "__main__":
    unittest.main()
