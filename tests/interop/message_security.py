"""Signed and sealed messages as docs/wire/security.md describes them, made with PyNaCl and hashlib: another program than
ours, for tests. Shares no code with the library, and stands for how little a peer in another language takes."""
import base64
import hashlib
import hmac

import nacl.bindings
import nacl.exceptions
import nacl.signing


def b64(data):
    return base64.b64encode(data).decode()


class Keys:
    """The lines of key files: users' shared keys, seeds of pairs, public halves."""

    def __init__(self, lines):
        self.of = {}
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            user, kind, key = line.split()
            self.of[user, kind] = base64.b64decode(key)

    def public(self, user):
        if (user, "secret") in self.of:
            return bytes(nacl.signing.SigningKey(self.of[user, "secret"]).verify_key)
        return self.of[user, "public"]


class End:
    """One side of a conversation. `random` gives so many bytes, `now` milliseconds."""

    def __init__(self, provider, kind, keys, side, user, peer, now, random):
        self.provider, self.kind, self.keys, self.side = provider, kind, keys, side
        self.user, self.peer, self.now, self.random = user, peer, now, random
        self.id = b64(random(16))
        self.peer_id = ""
        self.count = 0
        self.latest = 0

    def lines(self, header):
        fields = [f"beckon {self.provider} 1", *(header.get(name, "") for name in
                                                ("user", "to", "side", "id", "re", "count", "time", "kind"))]
        return "".join(field + "\n" for field in fields).encode()

    def derived(self, header):
        """The key of a shared one, or of two pairs."""
        purpose = f"beckon {self.provider} 1".encode()
        connecting, accepting = ((header["user"], header["to"]) if header["side"] == "connecting"
                                 else (header["to"], header["user"]))
        if header["kind"] == "shared":
            return hmac.digest(self.keys.of[connecting, "shared"], purpose, hashlib.sha256)
        other = accepting if self.side == "connecting" else connecting
        secret = nacl.signing.SigningKey(self.keys.of[self.user, "secret"]).to_curve25519_private_key()
        public = nacl.bindings.crypto_sign_ed25519_pk_to_curve25519(self.keys.public(other))
        agreed = nacl.bindings.crypto_scalarmult(bytes(secret), public)
        halves = self.keys.public(connecting) + self.keys.public(accepting)
        return hmac.digest(agreed, purpose + halves, hashlib.sha256)

    def protect(self, message):
        """The header and what goes behind it, of a JSON text."""
        self.count += 1
        header = {"user": self.user, "to": self.peer, "side": self.side, "id": self.id,
                  "count": str(self.count), "time": str(self.now()), "kind": self.kind}
        if self.peer_id:
            header["re"] = self.peer_id
        lines = self.lines(header)
        if self.provider == "sealed":
            nonce = self.random(24)
            header["nonce"] = b64(nonce)
            sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(message, lines, nonce, self.derived(header))
            return header, f'"{b64(sealed)}"'.encode()
        if self.kind == "shared":
            proof = hmac.digest(self.derived(header), lines + message, hashlib.sha256)
        else:
            proof = nacl.signing.SigningKey(self.keys.of[self.user, "secret"]).sign(lines + message).signature
        header["proof"] = b64(proof)
        return header, message

    def check(self, header, payload):
        """What was said; raises ValueError for anything that is not proven and new."""
        if (header["user"], header["to"], header["side"]) != (
                self.peer, self.user, "accepting" if self.side == "connecting" else "connecting"):
            raise ValueError("not from this peer for this side")
        lines = self.lines(header)
        try:
            if self.provider == "sealed":
                payload = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                    base64.b64decode(payload.strip(b'"')), lines, base64.b64decode(header["nonce"]), self.derived(header))
            elif header["kind"] == "shared":
                proof = hmac.digest(self.derived(header), lines + payload, hashlib.sha256)
                if not hmac.compare_digest(proof, base64.b64decode(header["proof"])):
                    raise ValueError("forged")
            else:
                nacl.signing.VerifyKey(self.keys.public(header["user"])).verify(
                    lines + payload, base64.b64decode(header["proof"]))
        except (nacl.exceptions.CryptoError, KeyError) as error:
            raise ValueError("forged") from error
        if abs(self.now() - int(header["time"])) > 30_000:
            raise ValueError("expired")
        if header.get("re", "") != self.id or header["id"] != (self.peer_id or header["id"]):
            raise ValueError("of another conversation")
        if int(header["count"]) <= self.latest:
            raise ValueError("replayed")
        self.latest, self.peer_id = int(header["count"]), header["id"]
        return payload
