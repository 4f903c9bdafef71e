"""The command at Neovim: calls, and the list of what it has."""
# peer: neovim
import os
import sys
import unittest

import peer

peer.program("nvim")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above


class Neovim(command.CommandTest):
    endpoint = "msgpack+exec:nvim --embed --headless --clean -n"

    def test_functions_are_called_listed_and_described(self):
        self.expect(["call", self.endpoint, "nvim_eval", '"1 + 1"'], "2\n")
        self.expect(["call", self.endpoint, "nvim_buf_get_lines", "0", "0", "-1", "false"], '[""]\n')
        self.expect_error(["call", self.endpoint, "nvim_eval", '"bogus("'], 1, "beckon: remote_error: Vim:E116: ")
        self.expect_error(["call", self.endpoint, "nope"], 1, "beckon: unknown_method: Invalid method: nope")
        self.expect(["describe", self.endpoint, "nvim_buf_get_lines"],
                    "nvim_buf_get_lines(Buffer buffer, Integer start, Integer end, Boolean strict_indexing) -> ArrayOf(String)\n")
        self.expect_error(["describe", self.endpoint, "nope"], 1, "beckon: unknown_method: peer ")
        status, output, errors = command.run("ls", self.endpoint)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("nvim_buf_line_count", output.split("\n"))
        self.assertGreater(output.count("\n"), 200)


if __name__ == "__main__":
    unittest.main()
