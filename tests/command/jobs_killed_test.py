"""Jobs under every protocol, whose callers and whose server are killed in the middle of them."""
import json
import os
import subprocess
import tempfile
import unittest

import command

PROTOCOLS = ("", "rpyc+", "jsonrpc+", "msgpack+", "quickrpc+", "pyrpc+")
ENDLESS = "3600000"


def called(*words):
    """What a command that ends well prints."""
    status, output, errors = command.run(*words)
    if status != 0:
        raise AssertionError(f"beckon {' '.join(words)}: {status} {output} {errors}")
    return output.strip()


class Killed(unittest.TestCase):
    maxDiff = None

    def state(self, endpoint, job):
        return json.loads(called("jobs", endpoint, job, "--json"))

    def start_and_kill_caller(self, endpoint):
        """A job whose caller was killed while he waited for it."""
        caller = subprocess.Popen([command.COMMAND, "call", "--job", endpoint, "conformance.sleep", ENDLESS],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        job = caller.stderr.readline().removeprefix("job ").strip()
        caller.stderr.readline()  # how far it is
        caller.kill()
        caller.communicate()
        self.assertRegex(job, "^[0-9a-f]{32}$")
        return job

    def test_finished_results_survive_caller_and_server_and_unfinished_jobs_tell_of_it(self):
        with tempfile.TemporaryDirectory() as folder:
            listen = [f"{protocol}unix:{folder}/{number}" for number, protocol in enumerate(PROTOCOLS)]
            options = ("--jobs", f"{folder}/jobs.sqlite")
            with command.serving(*listen, options=options) as server:
                endpoints = server.endpoints
                done = [called("call", "--detach", each, "conformance.concat", '"kept "', f'"{number}"')
                        for number, each in enumerate(endpoints)]
                failed = [called("call", "--detach", each, "conformance.fail", '"boom"') for each in endpoints]
                running = [self.start_and_kill_caller(each) for each in endpoints]
                for each, finished, lost, unfinished in zip(endpoints, done, failed, running):
                    called("jobs", each, finished, "--wait")
                    called("jobs", each, lost, "--wait")
                    self.assertEqual(self.state(each, unfinished)["stage"], "running")
                server.process.kill()
            for number in range(len(PROTOCOLS)):
                os.unlink(f"{folder}/{number}")
            with command.serving(*listen, options=options) as server:
                for number, each in enumerate(server.endpoints):
                    with self.subTest(each):
                        self.assertEqual(called("jobs", each, done[number], "--fetch", "--keep"), f'"kept {number}"')
                        self.assertEqual(called("jobs", each, done[number], "--fetch"), f'"kept {number}"')
                        self.assertNotEqual(command.run("jobs", each, done[number])[0], 0)
                        self.assertIn("boom", self.state(each, failed[number])["error"])
                        self.assertIn("boom", command.run("jobs", each, failed[number], "--fetch")[2])
                        state = self.state(each, running[number])
                        self.assertEqual(state["stage"], "failed")
                        self.assertEqual(state["error"],
                                         f"disconnected: the server ended before job {running[number]} did")

    def test_calls_of_pyrpc_that_are_polled_are_jobs(self):
        with tempfile.TemporaryDirectory() as folder:
            listen = (f"unix:{folder}/native", f"pyrpc+unix:{folder}/pyrpc?nonblocking=true")
            options = ("--jobs", f"{folder}/jobs.sqlite")
            with command.serving(*listen, options=options) as server:
                native, pyrpc = server.endpoints[0], f"pyrpc+unix:{folder}/pyrpc"
                caller = subprocess.Popen([command.COMMAND, "call", pyrpc, "nb_sleep", ENDLESS],
                                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                jobs = []
                while not jobs or jobs[0]["stage"] != "running":
                    jobs = json.loads(called("jobs", native, "--json"))
                caller.kill()
                caller.communicate()
                self.assertEqual([each["method"] for each in jobs], ["sleep"])
                self.assertTrue(jobs[0]["id"].startswith("nb-"))
                called("jobs", native, jobs[0]["id"], "--cancel")
                self.assertEqual(self.state(native, jobs[0]["id"])["stage"], "cancelled")


if __name__ == "__main__":
    unittest.main()
