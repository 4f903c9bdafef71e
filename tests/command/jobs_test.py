"""The command's jobs, as they are printed."""
import json
import re
import unittest

import command

JOB = "[0-9a-f]{32}"


class Printed(command.QuietlyServedTest):
    def test_a_call_as_a_job_prints_its_result_and_on_standard_error_how_far_it_is(self):
        status, output, errors = command.run("call", "--job", self.endpoint, "sleep", "150")
        self.assertEqual((status, output), (0, '"slept 150 ms"\n'))
        lines = errors.splitlines()
        self.assertRegex(lines[0], f"^job {JOB}$")
        self.assertEqual(lines[-1], "100% slept 150 ms")

    def test_failures_are_those_of_the_call(self):
        status, output, errors = command.run("call", "--job", self.endpoint, "conformance.fail", '"boom"')
        self.assertEqual((status, output), (1, ""))
        self.assertIn("beckon: remote_error (std::runtime_error): boom", errors)
        status, _, errors = command.run("call", "--job", "--timeout", "1ms", self.endpoint, "sleep", "3600000")
        self.assertEqual(status, 1)
        self.assertIn("beckon: timeout: ", errors)

    def test_detached_jobs_are_listed_followed_cancelled_and_fetched(self):
        job = command.run("call", "--detach", self.endpoint, "concat", '"a"', 'b="b"')[1].strip()
        self.assertRegex(job, f"^{JOB}$")
        status, output, _ = command.run("jobs", self.endpoint, job, "--wait", "--fetch", "--keep")
        self.assertEqual((status, output), (0, '"ab"\n'))
        self.assertRegex(command.run("jobs", self.endpoint, job)[1], f"^{job}  done       [0-9]s      concat\n$")
        self.expect(["jobs", self.endpoint, job, "--fetch"], '"ab"\n')
        self.expect_error(["jobs", self.endpoint, job], 1, f'beckon: not_found: there is no job "{job}" of yours')
        endless = command.run("call", "--detach", self.endpoint, "sleep", "3600000")[1].strip()
        listed = json.loads(command.run("jobs", self.endpoint, "--json")[1])
        self.assertIn(("sleep", endless), [(each["method"], each["id"]) for each in listed])
        self.expect(["jobs", self.endpoint, endless, "--cancel"])
        self.assertTrue(re.search(f"{endless}  cancelled", command.run("jobs", self.endpoint)[1]))
        self.expect_error(["jobs", self.endpoint, endless, "--cancel"], 1, f"beckon: invalid_argument: job {endless} has ended already")

    def test_wrong_usage(self):
        for words in (["jobs", self.endpoint, "--wait"], ["jobs", self.endpoint, "x", "--keep"],
                      ["jobs", self.endpoint, "x", "--cancel", "--fetch"], ["call", "--job", self.endpoint, "total", "@-"],
                      ["call", "--job", self.endpoint, "make_counter", "1", ".value"],
                      ["serve", "--process-per-client", "--jobs", "x"], ["serve", "--jobs", "/nowhere/x"]):
            self.expect_error(words, 2, "beckon: ")


if __name__ == "__main__":
    unittest.main()
