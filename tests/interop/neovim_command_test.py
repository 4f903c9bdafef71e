"""The command at Neovim: calls, the list of what it has, and its objects, also through a bridge."""
# peer: neovim
import contextlib
import json
import os
import socket
import sys
import unittest

import peer

peer.program("nvim")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import bridge_test  # noqa: E402: found by the line above
import command  # noqa: E402: likewise


class Neovim(command.CommandTest):
    endpoint = "msgpack+exec:nvim --embed --headless --clean -n"

    def test_functions_are_called_listed_and_described(self):
        self.expect(["call", self.endpoint, "nvim_eval", '"1 + 1"'], "2\n")
        self.expect(["call", self.endpoint, "nvim_buf_get_lines", "0", "0", "-1", "false"], '[""]\n')
        self.expect_error(["call", self.endpoint, "nvim_eval", '"bogus("'], 1, "beckon: remote_error (Exception): Vim:E116: ")
        self.expect_error(["call", self.endpoint, "nope"], 1, "beckon: unknown_method: Invalid method: nope")
        self.expect(["describe", self.endpoint, "nvim_buf_get_lines"],
                    "nvim_buf_get_lines(Buffer buffer, Integer start, Integer end, Boolean strict_indexing) -> ArrayOf(String)\n")
        self.expect_error(["describe", self.endpoint, "nope"], 1, "beckon: unknown_method: peer ")
        status, output, errors = command.run("ls", self.endpoint)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("nvim_buf_line_count", output.split("\n"))
        self.assertGreater(output.count("\n"), 200)

    def test_its_objects_are_known_without_asking_for_its_types(self):
        self.expect(["call", self.endpoint, "nvim_get_current_buf"], '{"$ref":1,"interface":"Buffer"}\n')

    def test_its_objects_pass_through_a_bridge(self):
        with bridge_test.Bridge(self.endpoint, "jsonrpc+tcp://127.0.0.1:0") as bridge, contextlib.ExitStack() as ends:
            port = int(bridge.endpoints[0].rsplit(":", 1)[1])
            lines = ends.enter_context(socket.create_connection(("127.0.0.1", port))).makefile("rw")
            ends.enter_context(lines)

            def call(method, *params):
                print(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}), file=lines, flush=True)
                return json.loads(lines.readline())

            number = call("nvim_get_current_buf")["result"]["$ref"]
            buffer = {"$ref": number, "mine": True}
            self.assertIsNone(call(f"$ref/{number}.set_lines", 0, -1, False, ["to be", "or not"])["result"])
            self.assertEqual(call("nvim_buf_line_count", buffer)["result"], 2)
            self.assertEqual(call("nvim_win_get_buf", 0)["result"]["$ref"], number)
            self.assertEqual(call("nvim_eval", "bogus(")["error"]["data"]["type"], "Exception")


if __name__ == "__main__":
    unittest.main()
