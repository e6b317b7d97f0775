# SPDX-License-Identifier: MIT
"""cases_handshake.py - cases 28 to 53: messages that a handshake should not have, or too many"""
import asyncio
import random
import ssl
import struct

import der
import tls
from case import EITHER, LIMIT, NOT_READ, Book
from mint import noise
from shake import begin13, context_of, shake, shake_whole

REFUSED = {'kinds': ('handshake',), 'chain': 0}
FLOOD = {'kinds': NOT_READ, 'chain': 0}
HEARTBEAT = 24


def cases(mint, folder):
    book = Book()
    chain, key = mint.chain(), mint.good_key
    alerts(book, chain, key)
    floods(book)
    retries(book, chain, key)
    hellos(book, chain, key)
    broken_off(book, chain, key)
    client_certificates(book, mint, folder, chain)
    proofs(book, mint, chain)
    diffie_hellman(book, mint)
    afterwards(book, chain, key)
    staples(book, chain, key)
    return book.cases


def alerts(book, chain, key):
    @book.case(28, 'a fatal handshake_failure', **REFUSED, words='handshake_failure')
    async def failure(peer):
        await peer.hello()
        await peer.send(tls.alert(40))
        await peer.close()

    @book.case(29, 'a fatal unrecognized_name, a chain without the name', chain=2,
               tls={'sni_refused': True})
    async def nameless(peer):
        hello = await peer.hello()
        if hello.sni:
            await peer.send(tls.alert(112))
            await peer.close()
        await shake(peer, chain, key, client=hello)

    @book.case(29, 'a fatal unrecognized_name, with and without a name', **REFUSED,
               words='unrecognized_name')
    async def never(peer):
        await peer.hello()
        await peer.send(tls.alert(112))
        await peer.close()

    @book.case(29, 'a warning unrecognized_name, then the chain', kinds=EITHER, chain=range(3))
    async def warned(peer):
        hello = await peer.hello()
        await peer.send(tls.alert(112, 1))
        await shake(peer, chain, key, only=12, client=hello)

    @book.case(30, 'warning alerts without end', **FLOOD)
    async def warnings(peer):
        await peer.hello()
        await peer.flood(tls.alert(90, 1) * 4096)


def floods(book):
    request = tls.record(tls.HANDSHAKE, bytes(4))

    @book.case(31, 'HelloRequest without end', **FLOOD)
    async def requests(peer):
        await peer.hello()
        await peer.flood(request * 4096)

    @book.case(31, 'HelloRequest without end, many a record', **FLOOD)
    async def many(peer):
        await peer.hello()
        await peer.flood(tls.record(tls.HANDSHAKE, bytes(16384)))

    @book.case(31, 'HelloRequest without end after the ServerHello', **FLOOD)
    async def later(peer):
        hello = await peer.hello()
        await peer.send(tls.record(tls.HANDSHAKE, tls.server_hello(hello, 0xc02b)))
        await peer.flood(tls.record(tls.HANDSHAKE, bytes(16384)))

    @book.case(32, 'a HelloRequest each 100 ms', kinds=('timeout', 'handshake'), chain=0)
    async def trickle(peer):
        await peer.hello()
        await peer.drip(request * 150, 0.1, len(request))

    @book.case(33, 'change_cipher_spec without end, TLS 1.3', **FLOOD)
    async def ciphers(peer):
        made, _, _ = begin13(peer, await peer.hello(), {})
        await peer.send(tls.record(tls.HANDSHAKE, made))
        await peer.flood(tls.CHANGE_CIPHER * 4096)

    @book.case(33, 'change_cipher_spec without end before the ServerHello', **FLOOD)
    async def early_ciphers(peer):
        await peer.hello()
        await peer.flood(tls.CHANGE_CIPHER * 4096)

    @book.case(47, 'heartbeats without end before the ServerHello', **FLOOD)
    async def early(peer):
        await peer.hello()
        await peer.flood(tls.record(HEARTBEAT, b'\1\0\2ab' + bytes(16)) * 1024)


def retries(book, chain, key):
    def again(group):
        return tls.extension(0x33, struct.pack('>H', group))

    @book.case(34, 'HelloRetryRequest twice', kinds=('handshake',), chain=0)
    async def twice(peer):
        for _ in range(2):
            hello = await peer.hello()
            group = next((g for g in hello.groups if g not in hello.shares), 0x18)
            await peer.send(tls.record(tls.HANDSHAKE, tls.retry(hello, again(group))))

    @book.case(34, 'HelloRetryRequest without end', kinds=('handshake', 'reset'), chain=0)
    async def always(peer):
        hello = await peer.hello()
        await peer.flood(tls.record(tls.HANDSHAKE, tls.retry(hello, again(0x18))), 4 << 20)

    @book.case(35, 'HelloRetryRequest for a group that was not offered', **REFUSED)
    async def unoffered(peer):
        await peer.send(tls.record(tls.HANDSHAKE, tls.retry(await peer.hello(), again(0x9999))))

    @book.case(35, 'HelloRetryRequest that changes nothing', **REFUSED)
    async def nothing(peer):
        await peer.send(tls.record(tls.HANDSHAKE, tls.retry(await peer.hello(), b'')))

    @book.case(34, 'one HelloRetryRequest, as it should be', chain=2, proven=(True, None))
    async def right(peer):
        await retried(peer, chain, key, b'')

    @book.case(36, 'HelloRetryRequest with a cookie of 60 KB', kinds=(None, 'limit', 'handshake'),
               chain=range(3))
    async def cookie(peer):
        await retried(peer, chain, key, tls.extension(0x2c, tls.vector(2, noise(36, 60000))))


async def retried(peer, chain, key, extensions):
    """Asks once for another group, or for a cookie alone where there is no other, and goes on."""
    first = await peer.hello()
    others = [g for g in first.groups if g in tls.GROUPS and g not in first.shares]
    if not others and not extensions:  # shares of all groups came: nothing to ask for
        return await shake(peer, chain, key, client=first)
    if others:
        extensions = tls.extension(0x33, struct.pack('>H', others[0])) + extensions
    suite = next(s for s in tls.SUITES if s in first.suites)
    asked = tls.retry(first, extensions, suite)
    await peer.send(tls.record(tls.HANDSHAKE, asked) + tls.CHANGE_CIPHER)
    second = await peer.hello()
    digest = tls.hashlib.new(tls.SUITES[suite][2], first.raw).digest()
    # RFC 8446, 4.4.1: a message_hash takes the place of the first ClientHello.
    return await shake(peer, chain, key, client=second, only=13,
                       before=tls.message(254, digest) + asked)


def hellos(book, chain, key):
    def answers(**how):
        async def serve(peer):
            await shake(peer, chain, key, **how)
        return serve

    for suite, only in ((0xc0ff, 12), (0x1301, 12), (0x1399, 13), (0xc02b, 13), (0, 12)):
        book.add(37, f'the cipher suite {suite:#06x} in TLS 1.{only - 10}',
                 answers(only=only, suite=suite), **REFUSED)

    for version in (0x0305, 0x0303, 0x7f17):
        async def serve(peer, version=version):
            extension = tls.extension(0x2b, struct.pack('>H', version))
            extension += tls.extension(0x33, struct.pack('>H', 0x1d) + tls.vector(2, bytes(32)))
            made = tls.server_hello(await peer.hello(), 0x1301, extension)
            await peer.send(tls.record(tls.HANDSHAKE, made))
        book.add(38, f'the version {version:#06x} chosen', serve, **REFUSED)
    book.add(38, 'TLS 1.2 with the downgrade sentinel', answers(
        only=12, random=noise(38, 24) + tls.DOWNGRADE), kinds=EITHER, chain=range(3))

    for kind, value in ((1, b'\1'), (15, b'\1'), (16, b'\0\3\2h2'), (0x9999, b'')):
        book.add(39, f'the extension {kind} that was not offered, TLS 1.2', answers(
            only=12, added=tls.extension(kind, value)), kinds=EITHER, chain=range(3))
    book.add(39, 'the extension 1 that was not offered, TLS 1.3', answers(
        only=13, added=tls.extension(1, b'\1')), kinds=EITHER, chain=range(3))


def broken_off(book, chain, key):
    for only in (12, 13):
        named = f'TLS 1.{only - 10}'

        async def stops(peer, only=only):
            await shake(peer, chain, key, only=only, stop='certificate')
        book.add(40, f'nothing after the Certificate message, {named}', stops, kinds=('timeout',),
                 chain=2, proven=(None,))
        for end in ('close', 'reset'):
            async def ends(peer, only=only, end=end):
                await shake(peer, chain, key, only=only, stop='certificate')
                await asyncio.sleep(0.2)  # a RST may overtake what was not read yet
                await getattr(peer, end)()
            book.add(41, f'{end} after the Certificate message, {named}', ends, kinds=('reset',),
                     chain=2, proven=(None,))


def client_certificates(book, mint, folder, chain):
    key = mint.good_key
    pem = folder.chain('mutual', chain, key)
    for version, number in ((ssl.TLSVersion.TLSv1_2, 42), (ssl.TLSVersion.TLSv1_3, 43)):
        context = context_of(pem, version, version, folder.file('root.pem'))

        async def demands(peer, context=context):
            server, incoming, outgoing = await shake_whole(peer, context)
            await peer.more()
            incoming.write(peer.buffer)
            try:
                server.read(1)
            except ssl.SSLError:
                await peer.send(outgoing.read())
        book.add(number, f'a client certificate demanded, {version.name}', demands, chain=2,
                 tls={'client_certificate_requested': True}, proven=(True, None))

    body = b''.join(tls.vector(2, der.name(f'Authority {1000 + i}')) for i in range(900))
    schemes = struct.pack('>2H', 0x0403, 0x0401)
    request12 = tls.message(tls.REQUEST, tls.vector(1, b'\1\x40'), tls.vector(2, schemes),
                            tls.vector(2, body))
    request13 = tls.message(tls.REQUEST, tls.vector(1), tls.vector(
        2, tls.extension(13, tls.vector(2, schemes)) + tls.extension(47, tls.vector(2, body))))
    for only, request in ((12, request12), (13, request13)):
        async def crowd(peer, only=only, request=request):
            await shake(peer, chain, key, only=only, request=request)
        book.add(44, f'a CertificateRequest with {len(body)} bytes of names, TLS 1.{only - 10}',
                 crowd, chain=2)


def proofs(book, mint, chain):
    rsa = mint.key('rsa:leaf')
    for only in (12, 13):
        for key, made in ((mint.good_key, chain), (rsa, mint.chain(key=rsa))):
            async def spoilt(peer, only=only, key=key, made=made):
                await shake(peer, made, key, only=only, spoilt=True)
            book.add(45, f'a signature over something else, {key.kind}, TLS 1.{only - 10}', spoilt,
                     kinds=('handshake',), chain=2, proven=(False,))

        async def stranger(peer, only=only):
            await shake(peer, chain, mint.key('p256:stranger'), only=only)
        book.add(45, f'the signature of another key, TLS 1.{only - 10}', stranger,
                 kinds=('handshake',), chain=2, proven=(False,))


def diffie_hellman(book, mint):
    rsa = mint.key('rsa:leaf')
    chain = mint.chain(key=rsa)
    small = mint.key('rsa1024:dh').numbers()[3]
    large = random.Random(46).getrandbits(32768) | 1 << 32767 | 1
    for prime, bits in ((small, 512), (large, 32768)):
        octets = prime.to_bytes(bits // 8, 'big')
        parameters = tls.vector(2, octets) + tls.vector(2, b'\2') + tls.vector(2, b'\2')

        async def serve(peer, parameters=parameters):
            hello = await peer.hello()
            suite = next((s for s in (0x9e, 0x33) if s in hello.suites), None)
            if not suite:
                await peer.send(tls.alert(40))
                await peer.close()
            await shake(peer, chain, rsa, client=hello, only=12, exchange=(suite, parameters))
        book.add(46, f'Diffie-Hellman parameters of {bits} bits', serve,
                 kinds=(None, 'handshake', 'limit', 'timeout'), chain=range(3))


def afterwards(book, chain, key):
    def then(number, what, only, more, **want):
        async def serve(peer):
            seal = await shake(peer, chain, key, only=only)
            await more(peer, seal)
        book.add(number, what, serve, chain=2, proven=(True,), **want)

    async def heartbeats(peer, _):
        await peer.flood(tls.record(HEARTBEAT, b'\1\0\2ab' + bytes(16)) * 1024)
    then(47, 'heartbeats without end after the handshake', 12, heartbeats)

    async def renegotiates(peer, seal):
        await peer.send(seal(tls.HANDSHAKE, bytes(4)))
        await asyncio.sleep(0.2)
        await peer.send(seal(tls.HANDSHAKE, bytes(4)) * 10)
    then(48, 'renegotiation asked for at once', 12, renegotiates)

    async def tickets(peer, keys):
        ticket = tls.message(tls.NEW_TICKET, struct.pack('>2I', 7200, 1), tls.vector(1, b'1'),
                             tls.vector(2, bytes(64)), tls.vector(2))
        await peer.send(keys.seal(ticket * 10000))
    then(49, '10,000 session tickets', 13, tickets)

    async def updates(peer, keys):
        for _ in range(100000):
            await peer.send(keys.seal(tls.message(tls.KEY_UPDATE, b'\1')))
            keys.update()
            await asyncio.sleep(0)
    then(50, 'KeyUpdate without end', 13, updates)

    async def data(peer, keys):
        while True:
            await peer.send(keys.seal(bytes(65536), tls.APPLICATION))
            await asyncio.sleep(0)
    then(51, 'application data without end', 13, data)

    async def cut(peer, _):
        await peer.close()
    then(52, 'no close_notify, TLS 1.3', 13, cut)
    then(52, 'no close_notify, TLS 1.2', 12, cut)


def staples(book, chain, key):
    for only in (12, 13):
        async def garbage(peer, only=only):
            await shake(peer, chain, key, only=only, staple=noise(53, 200))
        book.add(53, f'a stapled answer that is garbage, TLS 1.{only - 10}', garbage, chain=2)

    @book.case(53, 'a CertificateStatus that is garbage', kinds=EITHER, chain=2)
    async def nonsense(peer):
        await shake(peer, chain, key, only=12, status=noise(53, 100))

    @book.case(53, 'a stapled answer of 16 MB', kinds=LIMIT, chain=2)
    async def huge(peer):
        await shake(peer, chain, key, only=12, staple=bytes((16 << 20) - 16))
