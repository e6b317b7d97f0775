# SPDX-License-Identifier: MIT
"""shake.py - whole handshakes as a server, each part of which can be made to go wrong

What can be asked of shake(), beside a chain and its key:

only      12 or 13: the version; without it, the best that the client offers
body      the body of the Certificate message, in the place of one made of the chain
spoilt    the signature that proves the key is over something else
stop      'certificate', 'proof': nothing is sent after that
request   a CertificateRequest message
staple    an OCSP answer; `status` the whole body of a CertificateStatus message
most      the most bytes of a record
drip      seconds between the bytes, or as many bytes as `segment` says
exchange  (suite, parameters) of the ServerKeyExchange in TLS 1.2, its signature not counted
added     extensions of the ServerHello besides those needed; `random`, `suite`
"""
import asyncio
import secrets
import ssl
import struct

import tls

# RFC 5746, 3.6: without it a client of today will not go on.
SAFE = tls.extension(0xff01, b'\0')
GENERATORS = {0x1d: (9).to_bytes(32, 'little'), 0x17: bytes.fromhex(
    '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'
    '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5')}


async def shake(peer, chain, key, **how):
    hello = how.pop('client', None) or await peer.hello()
    only = how.pop('only', None)
    if only != 12 and hello.offers13:
        return await shake13(peer, hello, chain, key, **how)
    if only == 13:
        await peer.send(tls.alert(70))
        return await peer.close()
    return await shake12(peer, hello, chain, key, **how)


async def say(peer, data, how):
    if 'drip' in how:
        await peer.drip(data, how['drip'], how.get('segment', 1))
    else:
        await peer.send(data)


# --- TLS 1.3 ---

def begin13(peer, hello, how):
    """The ServerHello, the schedule after it, and the server's handshake keys."""
    suite = next(s for s in tls.SUITES if s in hello.suites)
    group = next(g for g in tls.GROUPS if g in hello.shares)
    share, secret = peer.smith.agree(tls.GROUPS[group], hello.shares[group])
    schedule = tls.Schedule(peer.smith, hello, suite, how.get('before', b''))
    extensions = tls.extension(0x2b, b'\x03\x04') + tls.extension(
        0x33, struct.pack('>H', group) + tls.vector(2, share)) + how.get('added', b'')
    made = tls.server_hello(hello, how.get('suite', suite), extensions, how.get('random'))
    schedule.transcript += made
    return made, schedule, schedule.start(secret)


async def shake13(peer, hello, chain, key, **how):
    """Returns the keys for what comes after the handshake."""
    made, schedule, keys = begin13(peer, hello, how)
    most = how.get('most', 16384)
    await say(peer, tls.record(tls.HANDSHAKE, made, most=most) + tls.CHANGE_CIPHER, how)
    staple = how.get('staple')
    extension = tls.extension(5, b'\1' + tls.vector(3, staple)) if staple else b''
    body = how['body'] if 'body' in how else tls.certificates13(chain, extension)
    flight = tls.message(tls.ENCRYPTED_EXTENSIONS, tls.vector(2)) + how.get('request', b'')
    flight += tls.message(tls.CERTIFICATE, body)
    schedule.transcript += flight
    if how.get('stop') == 'certificate':
        await say(peer, keys.seal(flight, most=most), how)
        return keys
    verify = schedule.verify(key, how.get('spoilt', False))
    schedule.transcript += verify
    finished = schedule.finished()
    schedule.transcript += finished
    await say(peer, keys.seal(flight + verify + finished, most=most), how)
    return schedule.application()


# --- TLS 1.2 ---

class Flight12:
    """What the server says first, and what is needed to finish."""

    def __init__(self, hello, key, how):
        self.hello, self.key, self.how = hello, key, how
        self.random = how.get('random') or secrets.token_bytes(32)
        self.group = next((g for g in GENERATORS if g in hello.groups), 0x17)
        suite = 0xc02f if key.kind == 'rsa' else 0xc02b
        # The curve's generator as our share: the secret is the client's share then.
        share = GENERATORS[self.group]
        parameters = b'\3' + struct.pack('>H', self.group) + tls.vector(1, share)
        suite, self.parameters = how.get('exchange', (suite, parameters))
        self.suite = how.get('suite', suite)

    def server_hello(self):
        status = tls.extension(5) if 'staple' in self.how or 'status' in self.how else b''
        return tls.server_hello(self.hello, self.suite, SAFE + status + self.how.get('added', b''),
                                self.random)

    def status(self):
        if 'status' in self.how:
            return tls.message(tls.STATUS, self.how['status'])
        if 'staple' in self.how:
            return tls.message(tls.STATUS, b'\1' + tls.vector(3, self.how['staple']))
        return b''

    def exchange(self):
        signed = self.hello.random + self.random + self.parameters
        scheme = self.key.scheme12
        signature = self.key.sign(scheme, signed + b'!' * bool(self.how.get('spoilt')))
        return tls.message(tls.KEY_EXCHANGE, self.parameters, struct.pack('>H', scheme),
                           tls.vector(2, signature))

    def secret(self, share):
        """Of the client's ClientKeyExchange."""
        if self.suite in (0x9e, 0x33):
            return share[2:].lstrip(b'\0')
        return share[1:] if self.group == 0x1d else share[2:34]


async def shake12(peer, hello, chain, key, **how):
    """Returns a function that makes encrypted records."""
    flight, most = Flight12(hello, key, how), how.get('most', 16384)
    body = how['body'] if 'body' in how else tls.certificates(chain)
    said = flight.server_hello() + tls.message(tls.CERTIFICATE, body)
    if how.get('stop') == 'certificate':
        await say(peer, tls.record(tls.HANDSHAKE, said, most=most), how)
        return None
    said += flight.status() + flight.exchange() + how.get('request', b'')
    said += tls.message(tls.HELLO_DONE)
    await say(peer, tls.record(tls.HANDSHAKE, said, most=most), how)
    if how.get('stop') == 'proof':
        return None
    return await finish12(peer, flight, hello.raw + said)


async def finish12(peer, flight, transcript):
    answer = b''
    while True:
        kind, _, data = await peer.record()
        if kind == tls.ALERT:
            await peer.close()
        if kind != tls.HANDSHAKE:
            break
        answer += data
    await peer.record()  # the client's Finished, whose text is known
    at = answer.index(b'\x10\0')
    share = answer[at + 4:at + 4 + int.from_bytes(answer[at + 1:at + 4], 'big')]
    randoms = flight.hello.random, flight.random
    master = tls.prf(flight.secret(share), b'master secret', b''.join(randoms), 48)
    block = tls.prf(master, b'key expansion', b''.join(reversed(randoms)), 40)
    transcript += answer
    transcript += tls.message(tls.FINISHED, verify(master, b'client finished', transcript))
    seal = sealer12(peer.smith, block[16:32], block[36:40])
    finished = tls.message(tls.FINISHED, verify(master, b'server finished', transcript))
    await peer.send(tls.CHANGE_CIPHER + seal(tls.HANDSHAKE, finished))
    return seal


def verify(master, label, transcript):
    return tls.prf(master, label, tls.hashlib.sha256(transcript).digest(), 12)


def sealer12(smith, key, salt):
    """AES-128-GCM records (RFC 5288), numbered as they are made."""
    count = 0

    def seal(kind, data):
        nonlocal count
        sequence = struct.pack('>Q', count)
        count += 1
        aad = sequence + struct.pack('>BHH', kind, tls.TLS12, len(data))
        return tls.record(kind, sequence + smith.aead('AES-128-GCM', key, salt + sequence, aad,
                                                      data))
    return seal


# --- The standard library's, for what goes well ---

async def shake_whole(peer, context):
    """OpenSSL as the server, up to the end of its handshake; then as if nobody were there."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            server.do_handshake()
            break
        except ssl.SSLWantReadError:
            await peer.send(outgoing.read())
            await peer.more()
            incoming.write(peer.buffer)
            peer.buffer = b''
        except ssl.SSLError:
            await peer.send(outgoing.read())
            await peer.close()
    await peer.send(outgoing.read())
    return server, incoming, outgoing


def context_of(pem, lowest=ssl.TLSVersion.TLSv1_2, highest=ssl.TLSVersion.TLSv1_3, clients=None):
    """PEM: a file of a chain and its key.  CLIENTS: a file of CAs, one of which is demanded."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if lowest < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers('ALL:@SECLEVEL=0')
    context.minimum_version, context.maximum_version = lowest, highest
    context.load_cert_chain(pem)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context


async def pause(seconds):
    await asyncio.sleep(seconds)
