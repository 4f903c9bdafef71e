"""`beckon serve`: the lines that scripts rely on, the end by signals, what it warns of."""
import os
import signal
import subprocess
import tempfile
import unittest

import command


class Lines(command.CommandTest):
    def test_tells_each_endpoint_with_its_real_port_and_then_ready(self):
        with tempfile.TemporaryDirectory() as folder:
            with command.serving("tcp://127.0.0.1:0", f"unix:{folder}/socket") as server:
                self.assertRegex(server.lines[0], r"^listening tcp://127\.0\.0\.1:[1-9][0-9]*$")
                self.assertEqual(server.lines[1:], [f"listening unix:{folder}/socket", "ready"])
                for endpoint in server.endpoints:
                    self.expect(["call", endpoint, "conformance.add", "2", "3"], "5\n")

    def test_listens_on_loopback_where_nothing_is_said(self):
        with command.serving() as server:
            self.assertRegex(server.endpoints[0], r"^tcp://127\.0\.0\.1:[1-9][0-9]*$")

    def test_warns_of_an_address_that_other_machines_reach(self):
        with command.serving("tcp://0.0.0.0:0") as server:
            port = server.endpoints[0].rsplit(":", 1)[1]
            self.expect(["call", f"tcp://127.0.0.1:{port}", "conformance.add", "2", "3"], "5\n")
            _, errors = server.end()
            self.assertRegex(errors, r"^beckon warning \[BKN-LISTEN-OPEN\] tcp://0\.0\.0\.0:[0-9]+ is open to other machines.*\n$")

    def test_refuses_a_taken_address_and_what_it_cannot_listen_on(self):
        with command.serving("tcp://127.0.0.1:0") as server:
            self.expect_error(["serve", "--listen", server.endpoints[0]], 3, "beckon: address_in_use: ")
        self.expect_error(["serve", "--listen", "pigeon:roof"], 2, 'beckon: unsupported: nothing can listen on "pigeon"')
        self.expect_error(["serve", "--listen", "nonsense"], 2, "beckon: parse_error: ")
        no_file = "tls://127.0.0.1:0?cert=/nonexistent.pem"
        for words in (["serve"], ["bridge", "--connect", "tcp://127.0.0.1:1"]):
            self.expect_error([*words, "--listen", no_file], 2, "beckon: not_found: certificate file")


class Kinds(command.CommandTest):
    def test_one_shot_serves_one_connection_and_ends(self):
        with command.serving("tcp://127.0.0.1:0", options=["--one-shot"]) as server:
            self.expect(["call", server.endpoints[0], "conformance.add", "2", "3"], "5\n")
            self.assertEqual(server.process.wait(timeout=command.WITHIN), 0)
            self.assertEqual(command.run("call", server.endpoints[0], "conformance.add", "2", "3")[0], 3)

    def test_with_so_many_places_others_wait_their_turn(self):
        with command.serving("tcp://127.0.0.1:0", options=["--max-connections", "1"]) as server:
            calling = subprocess.Popen([command.COMMAND, "call", server.endpoints[0], "conformance.call_back", "@events", "300"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertIn("event 1", calling.stdout.readline())
            self.expect(["call", server.endpoints[0], "conformance.add", "2", "3"], "5\n")
            output, errors = calling.communicate(timeout=command.WITHIN)
            self.assertEqual((calling.returncode, errors), (0, ""))
            self.assertEqual(server.end(), (0, ""))

    def test_a_process_for_each_client(self):
        with tempfile.TemporaryDirectory() as folder:
            with command.serving("tcp://127.0.0.1:0", f"unix:{folder}/socket", options=["--process-per-client"]) as server:
                for endpoint in server.endpoints + server.endpoints:
                    self.expect(["call", endpoint, "conformance.add", "2", "3"], "5\n")
                self.assertEqual(server.end(), (0, ""))
                self.assertFalse(os.path.exists(f"{folder}/socket"))

    def test_kinds_that_make_no_sense(self):
        self.expect_error(["serve", "--process-per-client", "--listen", "stdio:"], 2, "beckon: unsupported: processes cannot share")
        self.assertEqual(command.run("serve", "--max-connections", "0")[0], 2)


class Ending(command.CommandTest):
    def test_signals_end_it_with_0(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            with command.serving() as server:
                self.assertEqual(server.end(how), (0, ""))

    def test_a_call_in_flight_is_answered_before_the_end(self):
        with command.serving() as server:
            calling = subprocess.Popen([command.COMMAND, "call", server.endpoints[0], "conformance.call_back", "@events", "300"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertIn("event 1", calling.stdout.readline())
            self.assertEqual(server.end()[0], 0)
            output, errors = calling.communicate(timeout=command.WITHIN)
            self.assertEqual((calling.returncode, errors), (0, ""))
            self.assertEqual(output.splitlines()[-1], "300")

    def test_a_unix_socket_is_gone_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            with command.serving(f"unix:{folder}/socket") as server:
                self.assertTrue(os.path.exists(f"{folder}/socket"))
                self.assertEqual(server.end(), (0, ""))
                self.assertFalse(os.path.exists(f"{folder}/socket"))


class OnStandardInputAndOutput(command.CommandTest):
    def test_the_lines_go_to_standard_error_and_the_end_of_input_ends_it(self):
        done = subprocess.run([command.COMMAND, "serve", "--listen", "stdio:"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=command.WITHIN, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr.decode(), "listening stdio:\nready\n")
        self.assertTrue(done.stdout.startswith(b"\x89BKN"), done.stdout)

    def test_what_a_stranger_writes_does_not_hang_it(self):
        done = subprocess.run([command.COMMAND, "serve", "--listen", "stdio:"], input=b"GET / HTTP/1.1\r\n\r\n",
                              capture_output=True, timeout=command.WITHIN, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("BKN-SESSION-BROKEN", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
