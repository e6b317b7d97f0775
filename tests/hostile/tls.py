# SPDX-License-Identifier: MIT
"""tls.py - records and messages of a TLS server, right or wrong as asked (RFC 8446, RFC 5246)"""
import hashlib
import hmac
import secrets
import struct

ALERT, HANDSHAKE, APPLICATION = 21, 22, 23
SERVER_HELLO, NEW_TICKET, ENCRYPTED_EXTENSIONS, CERTIFICATE = 2, 4, 8, 11
KEY_EXCHANGE, REQUEST, HELLO_DONE, VERIFY, FINISHED, STATUS = 12, 13, 14, 15, 20, 22
KEY_UPDATE = 24
TLS10, TLS12, TLS13 = 0x0301, 0x0303, 0x0304
CHANGE_CIPHER = b'\x14\x03\x03\x00\x01\x01'
# RFC 8446, 4.1.3: a ServerHello with this random asks for another ClientHello.
RETRY = hashlib.sha256(b'HelloRetryRequest').digest()
DOWNGRADE = b'DOWNGRD\x01'
GROUPS = {0x1d: 'X25519', 0x17: 'P-256', 0x18: 'P-384'}
SUITES = {0x1301: ('AES-128-GCM', 16, 'sha256'), 0x1302: ('AES-256-GCM', 32, 'sha384'),
          0x1303: ('ChaCha20-Poly1305', 32, 'sha256')}


def vector(width, *parts):
    value = b''.join(parts)
    return len(value).to_bytes(width, 'big') + value


def record(kind, data, version=TLS12, most=16384):
    return b''.join(
        struct.pack('>BHH', kind, version, len(data[at:at + most])) + data[at:at + most]
        for at in range(0, len(data) or 1, most))


def message(kind, *parts):
    return bytes([kind]) + vector(3, *parts)


def alert(description, level=2, version=TLS12):
    return record(ALERT, bytes([level, description]), version)


def extension(kind, value=b''):
    return struct.pack('>H', kind) + vector(2, value)


class Hello:
    """A ClientHello; what is not in it is empty.  RAW is the message."""

    def __init__(self, raw):
        self.raw = raw
        self.version, at = struct.unpack_from('>H', raw, 4)[0], 38
        self.random = raw[6:38]
        self.session, at = self.take(1, at)
        suites, at = self.take(2, at)
        self.suites = list(struct.unpack(f'>{len(suites) // 2}H', suites))
        _, at = self.take(1, at)
        self.extensions = {}
        block, _ = self.take(2, at) if at < len(raw) else (b'', at)
        while block:
            kind, size = struct.unpack_from('>HH', block)
            self.extensions[kind] = block[4:4 + size]
            block = block[4 + size:]
        self.shares = dict(self.pairs(self.extensions.get(0x33, b'')[2:]))
        self.versions = self.shorts(self.extensions.get(0x2b, b'')[1:])
        self.groups = self.shorts(self.extensions.get(0x0a, b'')[2:])
        names = self.extensions.get(0, b'')
        self.sni = names[5:].decode('ascii', 'replace') if names else None

    def take(self, width, at):
        size = int.from_bytes(self.raw[at:at + width], 'big')
        return self.raw[at + width:at + width + size], at + width + size

    @staticmethod
    def shorts(value):
        return list(struct.unpack(f'>{len(value) // 2}H', value[:len(value) // 2 * 2]))

    @staticmethod
    def pairs(block):
        while len(block) >= 4:
            kind, size = struct.unpack_from('>HH', block)
            yield kind, block[4:4 + size]
            block = block[4 + size:]

    @property
    def offers13(self):
        return TLS13 in self.versions and any(g in GROUPS for g in self.shares)


def server_hello(hello, suite, extensions=b'', random=None, version=TLS12):
    session = hello.session if hello else b''
    return message(SERVER_HELLO, struct.pack('>H', version), random or secrets.token_bytes(32),
                   vector(1, session), struct.pack('>HB', suite, 0),
                   vector(2, extensions) if extensions else b'')


def retry(hello, extensions, suite=0x1301):
    """HelloRetryRequest (RFC 8446, 4.1.4) with EXTENSIONS besides the version."""
    return server_hello(hello, suite, extension(0x2b, b'\x03\x04') + extensions, RETRY)


def certificates(chain):
    """The body of a Certificate message up to TLS 1.2."""
    return vector(3, b''.join(vector(3, der) for der in chain))


def certificates13(chain, extensions=b''):
    """In TLS 1.3; EXTENSIONS go with the leaf."""
    entries = [vector(3, der) + vector(2, extensions if i == 0 else b'')
               for i, der in enumerate(chain)]
    return vector(1) + vector(3, *entries)


def expand(secret, label, context, size, digest):
    """HKDF-Expand-Label (RFC 8446, 7.1)."""
    info = struct.pack('>H', size) + vector(1, b'tls13 ' + label) + vector(1, context)
    out, block, count = b'', b'', 0
    while len(out) < size:
        count += 1
        block = hmac.digest(secret, block + info + bytes([count]), digest)
        out += block
    return out[:size]


class Keys13:
    """One direction's traffic keys, and the records made with them."""

    def __init__(self, smith, suite, secret):
        self.smith, self.suite = smith, suite
        self.cipher, self.size, self.digest = SUITES[suite]
        self.rekey(secret)

    def rekey(self, secret):
        self.secret, self.sequence = secret, 0
        self.key = expand(secret, b'key', b'', self.size, self.digest)
        self.iv = expand(secret, b'iv', b'', 12, self.digest)

    def update(self):
        """RFC 8446, 7.2."""
        self.rekey(expand(self.secret, b'traffic upd', b'', len(self.secret), self.digest))

    def seal(self, data, kind=HANDSHAKE, most=16384):
        made, at, part = [], 0, 512 * most
        while at == 0 or at < len(data):
            piece = data[at:at + part]
            made.append(self.smith.records(self.cipher, self.key, self.iv,
                                           (self.sequence, kind, most), piece))
            self.sequence += max(1, -(-len(piece) // most))
            at += part
        return b''.join(made)


class Schedule:
    """The key schedule of TLS 1.3 from the server's side (RFC 8446, 7.1), with its transcript."""

    def __init__(self, smith, hello, suite, before=b''):
        self.smith, self.suite = smith, suite
        self.digest = SUITES[suite][2]
        self.transcript = before + hello.raw
        self.size = hashlib.new(self.digest).digest_size

    def hash(self):
        return hashlib.new(self.digest, self.transcript).digest()

    def derive(self, secret, label, context):
        return expand(secret, label, context, self.size, self.digest)

    def start(self, secret):
        """After the ServerHello; returns the server's handshake keys."""
        empty = hashlib.new(self.digest).digest()
        early = hmac.digest(bytes(self.size), bytes(self.size), self.digest)
        shared = hmac.digest(self.derive(early, b'derived', empty), secret, self.digest)
        self.master = hmac.digest(self.derive(shared, b'derived', empty), bytes(self.size),
                                  self.digest)
        self.server = self.derive(shared, b's hs traffic', self.hash())
        return Keys13(self.smith, self.suite, self.server)

    def verify(self, key, spoilt=False):
        """CertificateVerify (RFC 8446, 4.4.3)."""
        signed = b' ' * 64 + b'TLS 1.3, server CertificateVerify\0' + self.hash()
        signature = key.sign(key.scheme13, signed + b'!' * spoilt)
        return message(VERIFY, struct.pack('>H', key.scheme13), vector(2, signature))

    def finished(self):
        made = self.derive(self.server, b'finished', b'')
        return message(FINISHED, hmac.digest(made, self.hash(), self.digest))

    def application(self):
        """The server's application keys; the transcript ends with its Finished."""
        return Keys13(self.smith, self.suite,
                      self.derive(self.master, b's ap traffic', self.hash()))


def prf(secret, label, seed, size):
    """RFC 5246, 5, with SHA-256."""
    seed, out, block = label + seed, b'', label + seed
    while len(out) < size:
        block = hmac.digest(secret, block, 'sha256')
        out += hmac.digest(secret, block + seed, 'sha256')
    return out[:size]
