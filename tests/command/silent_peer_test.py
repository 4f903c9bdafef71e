"""Asking a peer of pyrpc that says nothing: a call may take a day there, and what there is need not."""
import socket
import subprocess
import unittest

import command


class SilentPeer(command.CommandTest):
    def test_it_is_not_waited_for_as_long_as_for_a_call(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            endpoint = f"pyrpc+tcp://127.0.0.1:{listening.getsockname()[1]}"
            asked = [["ls", endpoint], ["describe", endpoint], ["jobs", endpoint], ["call", "--job", endpoint, "sleep", "1"]]
            # All at once: each lasts ten seconds.
            running = [subprocess.Popen([command.COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                       for words in asked]
            for words, each in zip(asked, running):
                with self.subTest(words):
                    self.addCleanup(each.kill)
                    output, errors = each.communicate(timeout=command.WITHIN)
                    self.assertEqual(output, "")
                    self.assertIn("beckon: timeout: deadline passed before ", errors)
                    self.assertNotEqual(each.returncode, 0)


if __name__ == "__main__":
    unittest.main()
