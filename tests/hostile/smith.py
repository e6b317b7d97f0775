# SPDX-License-Identifier: MIT
"""smith.py - keys and signatures: those that smith.c makes, and those that no library would"""
import base64
import hashlib
import secrets
import socket
import struct
import subprocess
import threading

import der

AT_ONCE = 64  # of half a kilobyte each; a pipe holds 64 of them


class Smith:
    """The helper program, asked one thing at a time."""

    def __init__(self, program=None):
        self.lock = threading.Lock()
        if program:
            self.process = subprocess.Popen([str(program)], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE)
            self.to, self.of = self.process.stdin, self.process.stdout

    def twin(self, path):
        """Another process with the same keys; it ends when its twin() is closed or forgotten."""
        other = Smith()
        with socket.socket(socket.AF_UNIX) as waiting:
            waiting.bind(path)
            waiting.listen(1)
            waiting.settimeout(20)
            self.ask('f', path)
            connected, _ = waiting.accept()
            other.to = connected.makefile('wb')
            other.of = connected.makefile('rb')
            connected.close()
            # The twin says its "done" to the fork as well.
            other.exactly(4)
        return other

    def become(self, twin):
        """In another process, where the first one's pipes are not ours to speak on."""
        self.lock, self.to, self.of = twin.lock, twin.to, twin.of

    def close(self):
        self.to.close()
        self.of.close()

    def stop(self):
        self.to.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.of.close()

    def ask(self, operation, *fields):
        return self.ask_all([(operation, *fields)])[0]

    def ask_all(self, questions):
        """The answers to all; small ones go as many at a time as a pipe holds."""
        answers = []
        with self.lock:
            for at in range(0, len(questions), AT_ONCE):
                some = questions[at:at + AT_ONCE]
                self.to.write(b''.join(request(*question) for question in some))
                self.to.flush()
                for _ in some:
                    size, = struct.unpack('>I', self.exactly(4))
                    answers.append(self.exactly(size))
        return answers

    def exactly(self, size):
        got = self.of.read(size)
        if len(got) != size:
            raise EOFError('smith ended')
        return got

    def agree(self, group, share):
        """Our own share and the secret."""
        made = self.ask('x', group, share)
        size, = struct.unpack_from('>I', made)
        return made[4:4 + size], made[8 + size:]

    def aead(self, cipher, key, nonce, aad, text):
        return self.ask('a', cipher, key, nonce, aad, text)

    def records(self, cipher, key, iv, layout, text):
        """LAYOUT: first sequence number, content type, most text of a record."""
        return self.ask('r', cipher, key, iv, struct.pack('>QBH', *layout), text)


def request(operation, *fields):
    made = operation.encode() + b''.join(
        struct.pack('>I', len(field)) + field for field in map(as_bytes, fields))
    return struct.pack('>I', len(made)) + made


def as_bytes(value):
    return value.encode() if isinstance(value, str) else value


# Algorithm identifiers for signatures in certificates.
SHA256_RSA = der.algorithm('1.2.840.113549.1.1.11', der.NULL)
SHA1_RSA = der.algorithm('1.2.840.113549.1.1.5', der.NULL)
MD5_RSA = der.algorithm('1.2.840.113549.1.1.4', der.NULL)
ECDSA_SHA256 = der.algorithm('1.2.840.10045.4.3.2')
ED25519 = der.algorithm('1.3.101.112')
ED448 = der.algorithm('1.3.101.113')

# Of a key: its signature in certificates, its scheme in TLS 1.3, in TLS 1.2 (RFC 8446, 4.2.3).
KINDS = {
    'rsa': (SHA256_RSA, 0x0804, 0x0401),
    'p256': (ECDSA_SHA256, 0x0403, 0x0403),
    'ed25519': (ED25519, 0x0807, 0x0807),
    'ed448': (ED448, 0x0808, 0x0808),
}
DIGESTS = {0x0401: 'SHA256', 0x0201: 'SHA1', 0x0403: 'SHA256', 0x0804: 'PSS:SHA256',
           0x0807: '', 0x0808: '', 0: 'MD5-SHA1'}


class Key:
    """A key of the forge: 'p256:leaf', 'rsa:leaf', 'ed448:leaf'."""

    def __init__(self, smith, name):
        self.smith, self.name = smith, name
        self.kind = name.split(':')[0].rstrip('0123456789') if name.startswith('rsa') \
            else name.split(':')[0]
        self.algorithm, self.scheme13, self.scheme12 = KINDS[self.kind]
        self.spki = smith.ask('k', name)

    def sign(self, scheme, data):
        return self.smith.ask('s', self.name, DIGESTS[scheme], data)

    def certify(self, tbs, digest='SHA256'):
        return self.smith.ask('s', self.name, '' if self.kind.startswith('ed') else digest, tbs)

    def pem(self):
        return self.smith.ask('p', self.name)

    def numbers(self):
        """n, e, d, p, q of an RSA key (RFC 8017, A.1.2)."""
        lines = self.pem().decode().splitlines()[1:-1]
        private = der.parse(der.parse(base64.b64decode(''.join(lines)))[2])
        return [int.from_bytes(number, 'big') for number in private[1:6]]


class Numbers:
    """An RSA key of numbers that no library would make, or verify, with any number of primes."""

    def __init__(self, primes, exponent, modulus=None):
        self.primes, self.exponent = primes, exponent
        self.modulus = modulus if modulus is not None else product(primes)
        self.kind = 'rsa'
        self.algorithm, self.scheme13, self.scheme12 = KINDS['rsa']
        public = der.sequence(der.integer(self.modulus), der.integer(exponent))
        self.spki = der.sequence(der.algorithm('1.2.840.113549.1.1.1', der.NULL),
                                 der.bits(public))

    def power(self, value):
        """VALUE to the private exponent, prime by prime (RFC 8017, 5.1.2)."""
        result, so_far = 0, 1
        for prime in self.primes:
            part = pow(value % prime, pow(self.exponent, -1, prime - 1), prime)
            result += so_far * ((part - result) * pow(so_far, -1, prime) % prime)
            so_far *= prime
        return result

    def raw(self, encoded):
        size = max(1, (self.modulus.bit_length() + 7) // 8)
        if not self.primes:
            return bytes(size)
        return self.power(int.from_bytes(encoded, 'big')).to_bytes(size, 'big')

    def sign(self, scheme, data):
        return self.raw(self.pss(data)) if scheme == 0x0804 else self.certify(data)

    def certify(self, tbs, _digest='SHA256'):
        """RFC 8017, 9.2."""
        info = der.sequence(der.algorithm('2.16.840.1.101.3.4.2.1', der.NULL),
                            der.octets(hashlib.sha256(tbs).digest()))
        size = (self.modulus.bit_length() + 7) // 8
        return self.raw(b'\0\1' + b'\xff' * max(8, size - len(info) - 3) + b'\0' + info)

    def pss(self, data):
        """RFC 8017, 9.1.1, for a modulus of whole octets."""
        size, salt = (self.modulus.bit_length() + 7) // 8, secrets.token_bytes(32)
        if size < 66:
            return bytes(size)
        hashed = hashlib.sha256(bytes(8) + hashlib.sha256(data).digest() + salt).digest()
        block = bytes(size - 32 - 32 - 2) + b'\1' + salt
        mask = b''.join(hashlib.sha256(hashed + struct.pack('>I', i)).digest()
                        for i in range(len(block) // 32 + 1))
        masked = bytearray(a ^ b for a, b in zip(block, mask))
        masked[0] &= 0xff >> (8 * size - self.modulus.bit_length() + 1)
        return bytes(masked) + hashed + b'\xbc'


def product(numbers):
    result = 1
    for number in numbers:
        result *= number
    return result


class Stuck:
    """A key of any kind and bytes, whose signatures are none."""

    def __init__(self, spki, scheme=0x0403, algorithm=ECDSA_SHA256, like=None):
        self.spki, self.scheme13, self.scheme12 = spki, scheme, scheme
        self.algorithm, self.kind = algorithm, 'p256'
        self.like = like

    def sign(self, scheme, data):
        return self.like.sign(scheme, data) if self.like else bytes(range(64))

    def certify(self, tbs, digest='SHA256'):
        return self.like.certify(tbs, digest) if self.like else bytes(range(64))
