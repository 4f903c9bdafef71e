"""`beckon serve` at transport expressions, and `beckon discover`."""
import socket
import subprocess
import unittest

import command


class Carriers(command.CommandTest):

    def test_a_mux_is_listened_at_whole(self):
        with command.serving("mux:(tcpserv:127.0.0.1:0)[jsonrpc+tcp://127.0.0.1:0]") as server:
            self.assertEqual(len(server.endpoints), 2, server.endpoints)
            for endpoint in server.endpoints:
                status, output, errors = command.run("call", endpoint, "conformance.add", "2", "3")
                self.assertEqual((status, output.strip()), (0, "5"), (endpoint, errors))

    def test_what_is_printed_of_an_expression_can_be_called(self):
        for text in ("tcpserv:127.0.0.1:0", "jsonrpc+tcpserv:127.0.0.1:0", "listen:tcp://127.0.0.1:0"):
            with command.serving(text) as server:
                (endpoint,) = server.endpoints
                status, output, errors = command.run("call", endpoint, "conformance.add", "2", "3")
                self.assertEqual((status, output.strip()), (0, "5"), (endpoint, errors))

    def test_what_is_restarted_connects_again(self):
        listening = socket.create_server(("127.0.0.1", 0))
        listening.settimeout(command.WITHIN)
        port = listening.getsockname()[1]
        with command.serving(f"restart:0:tcp:127.0.0.1:{port}"):
            for _ in range(3):
                connection, _ = listening.accept()
                connection.settimeout(command.WITHIN)
                self.assertTrue(connection.recv(1), "it greets")
                connection.close()
        listening.close()

    def test_a_wrong_expression_is_wrong_usage_and_says_where(self):
        status, _, errors = command.run("serve", "--listen", "mux:(tcp:h:x)")
        self.assertEqual(status, 2)
        self.assertIn('has a bad port: found "x", expected a number from 0 to 65535 at byte 11', errors)

    def test_what_is_announced_is_discovered(self):
        probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
        probe.close()
        where = ("--port", port, "--to", "127.255.255.255", "--timeout", "0.5")
        with command.serving("tcp://127.0.0.1:0", options=("--announce", "lab", "--announce-port", port)) as server:
            status, output, errors = command.run("discover", *where)
            self.assertEqual((status, errors), (0, ""))
            self.assertEqual(output, '127.0.0.1  {"name":"lab","endpoints":["' + server.endpoints[0] + '"]}\n')
            status, output, _ = command.run("discover", "--filter", "nobody", "--json", *where)
            self.assertEqual((status, output.strip()), (0, "[]"))
        status, output, errors = command.run("discover", *where)
        self.assertEqual((status, output), (1, ""))
        self.assertIn("nobody has answered at 127.255.255.255:" + port, errors)


if __name__ == "__main__":
    unittest.main()
