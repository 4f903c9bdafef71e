"""The openssl command as a TLS client of our listeners: what it is shown, and what it is refused."""
# peer: openssl
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "command"))
import command  # noqa: E402: found by the line above
import certificates  # noqa: E402
import peer  # noqa: E402

OPENSSL = peer.program("openssl")
HELLO = b"\x89BKN\r\n\x1a\n"  # how the native protocol begins


class AtOurServer(unittest.TestCase):
    def connect(self, options, *words, text=b""):
        """What the command prints, and what our server logs."""
        with command.serving(f"tls://127.0.0.1:0?cert={files.server}{options}") as server:
            address = server.endpoints[0].split("?")[0].removeprefix("tls://")
            client = subprocess.Popen([OPENSSL, "s_client", "-connect", address, "-CAfile", files.ca, "-verify_return_error",
                                       "-verify_ip", "127.0.0.1", "-ign_eof", *words],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            # With -ign_eof it ends when the server ends the connection, as it does after what is no greeting.
            printed, _ = client.communicate(text, timeout=60)
            _, log = server.end()
        return client.returncode, printed, log

    def test_it_finds_a_certificate_for_this_address_and_hears_our_greeting(self):
        status, printed, log = self.connect("", text=b"this is no greeting\n")
        self.assertEqual(status, 0, printed)
        self.assertIn(b"Verify return code: 0 (ok)", printed)
        self.assertIn(b"TLSv1.3", printed)
        self.assertIn(HELLO, printed)
        self.assertIn("peer began with \"this is \"", log)

    def test_tls_1_2_is_spoken_and_what_is_older_is_not(self):
        status, printed, _ = self.connect("", "-tls1_2", text=b"x")
        self.assertEqual(status, 0, printed)
        self.assertIn(b"TLSv1.2", printed)
        for options, version in (("", "-tls1_1"), ("&min=1.3", "-tls1_2")):
            status, printed, log = self.connect(options, version, "-cipher", "ALL:@SECLEVEL=0")
            self.assertNotEqual(status, 0)
            self.assertIn(b"alert protocol version", printed)
            self.assertIn("peer knows no version of TLS that this side speaks", log)

    def test_it_must_show_a_certificate_of_the_right_authority(self):
        wanted = f"&client_ca={files.ca}&client_cert=required"
        status, printed, _ = self.connect(wanted, "-cert", files.client, text=b"no greeting")
        self.assertEqual(status, 0, printed)
        self.assertIn(b"CN = Test Authority", printed, "it is told whose certificate to show")
        _, printed, log = self.connect(wanted)
        self.assertIn(b"alert certificate required", printed)
        self.assertIn("peer showed no certificate", log)
        _, printed, log = self.connect(wanted, "-cert", files.stranger)
        self.assertIn("peer's certificate is not trusted: self-signed certificate (subject CN=stranger)", log)

    def test_protocols_are_agreed_on(self):
        _, printed, _ = self.connect("&alpn=h2,beckon", "-alpn", "beckon", text=b"no greeting")
        self.assertIn(b"ALPN protocol: beckon", printed)
        _, printed, log = self.connect("&alpn=h2", "-alpn", "beckon")
        self.assertIn(b"alert no application protocol", printed)
        self.assertIn("peer offers none of the protocols h2", log)

    def test_our_command_warns_where_nobody_is_checked(self):
        with command.serving(f"tls://127.0.0.1:0?cert={files.server}") as server:
            address = server.endpoints[0].split("?")[0]
            status, output, errors = command.run("call", address + "?verify=no", "conformance.add", "2", "3")
            self.assertEqual((status, output), (0, "5\n"), errors)
            self.assertRegex(errors, r"\Abeckon: warning: tls://.*verify=no.* takes whoever answers for the peer: [^\n]*\n\Z")
            self.assertEqual(command.run("call", f"{address}?ca={files.ca}", "conformance.add", "2", "3"), (0, "5\n", ""))


with certificates.made() as files:
    unittest.main()
