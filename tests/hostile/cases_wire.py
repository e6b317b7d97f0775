# SPDX-License-Identifier: MIT
"""cases_wire.py - cases 1 to 27: connections, records, protocols that are none"""
import asyncio
import socket
import ssl

import tls
from case import NOT_READ, Book
from mint import noise
from shake import context_of, shake, shake_whole

TCP_WINDOW_CLAMP = 10
GONE = {'kinds': ('reset',), 'chain': 0}
LATE = {'kinds': ('timeout',), 'chain': 0}
OTHER = {'kinds': ('not-tls',), 'chain': 0}


def full(host):
    """A listening socket whose backlog is full, so that no SYN is answered; the host keeps it."""
    made = socket.socket()
    made.bind(('127.0.0.1', 0))
    made.listen(0)
    kept = [made]
    for _ in range(4):
        filling = socket.socket()
        filling.setblocking(False)
        filling.connect_ex(made.getsockname())
        kept.append(filling)
    host.kept += kept
    return made.getsockname()


def closed(host):
    """An address that refuses: bound, so that nobody else takes it, but not listening."""
    made = socket.socket()
    made.bind(('127.0.0.1', 0))
    host.kept.append(made)
    return made.getsockname()


def cases(mint, folder, host):
    book = Book()
    chain, key = mint.chain(), mint.good_key
    book.add(1, 'nothing listens', closed(host), kinds=('refused',), chain=0)
    book.add(3, 'a full backlog, no SYN-ACK', full(host), **LATE)
    connections(book, chain, key)
    records(book, chain, key)
    old_versions(book, mint, folder, chain)
    protocols(book, mint, folder)
    return book.cases


def connections(book, chain, key):
    @book.case(2, 'connected, then silence', **LATE)
    async def silent(peer):
        await peer.hold()

    @book.case(4, 'closes at once', **GONE)
    async def closes(peer):
        await peer.close()

    @book.case(5, 'RST at once', **GONE)
    async def resets(peer):
        await peer.reset()

    @book.case(6, 'FIN after the ClientHello', **GONE)
    async def fin(peer):
        await peer.hello()
        await peer.close()

    @book.case(7, 'RST after the ClientHello', **GONE)
    async def rst(peer):
        await peer.hello()
        await peer.reset()

    @book.case(8, 'half a record header, then silence', **LATE)
    async def half_header(peer):
        await peer.hello()
        await peer.send(b'\x16\x03\x03')

    @book.case(9, 'half a ServerHello, then silence', **LATE)
    async def half_hello(peer):
        made = tls.record(tls.HANDSHAKE, tls.server_hello(await peer.hello(), 0xc02b))
        await peer.send(made[:len(made) // 2])

    for seconds, number in ((0.1, 10), (1, 11)):
        async def drips(peer, seconds=seconds):
            await shake(peer, chain, key, only=12, drip=seconds)
        book.add(number, f'a valid handshake, a byte each {seconds} s', drips, **LATE)

    @book.case(12, 'a window of nothing: never reads', **LATE)
    async def deaf(peer):
        peer.sock.setsockopt(socket.IPPROTO_TCP, TCP_WINDOW_CLAMP, 1)
        await asyncio.sleep(15)

    @book.case(13, 'the first word after 9 s', **LATE)
    async def late(peer):
        await asyncio.sleep(9)
        await shake(peer, chain, key)

    @book.case(13, 'the first word late, yet inside the deadline', chain=2)
    async def slow(peer):
        await asyncio.sleep(1)
        await shake(peer, chain, key)


def records(book, chain, key):
    @book.case(14, '1 KB of garbage', **OTHER)
    async def garbage(peer):
        await peer.send(noise(14, 1024))

    @book.case(15, 'garbage without end', **OTHER)
    async def endless(peer):
        await peer.flood(noise(15, 65536))

    @book.case(15, 'garbage without end after a record header', kinds=NOT_READ, chain=0)
    async def endless_later(peer):
        await peer.hello()
        await peer.send(b'\x16\x03\x03\x40\x00')
        await peer.flood(noise(15, 65536))

    @book.case(16, 'zeros without end', **OTHER)
    async def zeros(peer):
        await peer.flood(bytes(65536))

    for size in (0xffff, 0x4801):
        async def long(peer, size=size):
            await peer.hello()
            await peer.send(b'\x16\x03\x03' + size.to_bytes(2, 'big'))
            await peer.flood(bytes(65536))
        book.add(17, f'a record length of {size:#x}', long, kinds=NOT_READ, chain=0)

    @book.case(18, 'empty handshake records without end', kinds=NOT_READ, chain=0)
    async def empty(peer):
        await peer.hello()
        await peer.flood(tls.record(tls.HANDSHAKE, b'') * 8192)

    @book.case(18, 'empty handshake records without end, a few at a time',
               kinds=(*NOT_READ, 'timeout'), chain=0)
    async def empty_slowly(peer):
        await peer.hello()
        await peer.drip(tls.record(tls.HANDSHAKE, b'') * 400, 0.05, 5)

    for version in (12, 13):
        async def crumbs(peer, version=version):
            await shake(peer, chain, key, only=version, most=1)
        book.add(19, f'a byte a record, TLS 1.{version - 10}', crumbs, chain=2,
                 proven=(True,))

        async def pieces(peer, version=version):
            await shake(peer, chain, key, only=version, most=7, drip=0, segment=13)
        book.add(19, f'seven bytes a record, thirteen a segment, TLS 1.{version - 10}', pieces,
                 chain=2, proven=(True,))

    @book.case(20, 'a ServerHello of SSL 2.0', kinds=('not-tls', 'handshake'), chain=0,
               words='SSL 2.0')
    async def ssl2(peer):
        await peer.hello()
        certificate, specs, session = chain[0], b'\x01\0\x80', bytes(16)
        body = b'\4\0\1\0\2' + b''.join(len(part).to_bytes(2, 'big')
                                       for part in (certificate, specs, session))
        body += certificate + specs + session
        await peer.send((0x8000 | len(body)).to_bytes(2, 'big') + body)


def old_versions(book, mint, folder, chain):
    # RSA key exchange proves nothing before the handshake's end; SSL 3.0 is never completed.
    old = {'rules': ('deployment.legacy-tls-only',), 'kinds': (None, 'handshake'), 'chain': 2}
    rsa = mint.key('rsa:leaf')
    rsa_chain = mint.chain(key=rsa)

    def plain(version, suite):
        async def serve(peer):
            hello = await peer.hello()
            if version < tls.TLS10 or suite in hello.suites:
                said = tls.server_hello(hello, suite, version=version)
                said += tls.message(tls.CERTIFICATE, tls.certificates(rsa_chain))
                said += tls.message(tls.HELLO_DONE)
                await peer.send(tls.record(tls.HANDSHAKE, said, version))
            else:
                await peer.send(tls.alert(40, version=version))
        return serve
    book.add(21, 'SSL 3.0 only', plain(0x0300, 0x0a), **old,
             complete={'kinds': ('handshake',), 'chain': None, 'rules': ()})
    book.add(21, 'TLS 1.0 only, RC4 only', plain(tls.TLS10, 0x05), **old,
             tls={'legacy_offer': True},
             complete={'kinds': ('handshake',), 'chain': None, 'rules': (), 'tls': {}})

    @book.case(21, 'only what the second, legacy offer has', chain=2, proven=(True,),
               rules=('deployment.legacy-tls-only',), tls={'legacy_offer': True})
    async def second(peer):
        hello = await peer.hello()
        if 0xc0ac not in hello.suites:
            await peer.send(tls.alert(40))
            await peer.close()
        await shake(peer, chain, mint.good_key, client=hello, only=12)

    one = context_of(folder.chain('old', chain, mint.good_key), ssl.TLSVersion.TLSv1,
                     ssl.TLSVersion.TLSv1)

    async def tls10(peer):
        await shake_whole(peer, one)
    book.add(21, 'TLS 1.0 only', tls10, rules=('deployment.legacy-tls-only',), chain=2)


def protocols(book, mint, folder):
    @book.case(22, 'plain HTTP, which answers 400', **OTHER, words='HTTP')
    async def http(peer):
        await peer.more()
        await peer.send(b'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>\r\n')
        await peer.close()

    @book.case(23, 'HTTP that speaks first, a body of 100 MB', **OTHER, words='HTTP')
    async def http_first(peer):
        await peer.send(b'HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n')
        await peer.flood(b'A' * 65536, 100 << 20)

    @book.case(24, 'the banner of SSH', **OTHER, words='SSH')
    async def ssh(peer):
        await peer.send(b'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')

    @book.case(25, 'the greeting of SMTP on a port for TLS', **OTHER)
    async def smtp(peer):
        await peer.send(b'220 mail.example.hk ESMTP\r\n')

    whole = context_of(folder.chain('tls', mint.chain(), mint.good_key))

    async def direct(peer):
        await shake_whole(peer, whole)
    for scheme in ('smtp', 'imap', 'pop3'):
        book.add(26, f'TLS from the first byte, where {scheme} waits for a greeting', direct,
                 scheme=scheme, kinds=('timeout', 'starttls'), chain=0)

    async def alerts(peer):
        await peer.send(tls.alert(10))
        await peer.close()
    for scheme in ('smtp', 'imap', 'pop3'):
        book.add(27, f'a TLS alert instead of the greeting of {scheme}', alerts, scheme=scheme,
                 kinds=('starttls',), chain=0)
