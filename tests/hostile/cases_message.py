# SPDX-License-Identifier: MIT
"""cases_message.py - cases 54 to 69: the Certificate message, and what graphs it can hold"""
import der
import tls
from case import EITHER, LIMIT, Book
from mint import noise
from shake import shake

# OpenSSL's handshake ends where a certificate is malformed.
FUSSY = {'complete': {'kinds': EITHER, 'proven': ()}}
BOTH = (12, 13)


def cases(mint):
    book = Book()
    lists(book, mint)
    lengths(book, mint)
    contents(book, mint)
    sizes(book, mint)
    graphs(book, mint)
    products(book, mint)
    return book.cases


def serves(mint, chain, key=None, **how):
    async def serve(peer):
        await shake(peer, chain, key or mint.good_key, **how)
    return serve


def lists(book, mint):
    for only, body in ((12, tls.vector(3)), (13, tls.vector(1) + tls.vector(3))):
        book.add(54, f'an empty list, TLS 1.{only - 10}', serves(mint, [], only=only, body=body),
                 kinds=('handshake',), chain=0)
    for only in BOTH:
        make = tls.certificates if only == 12 else tls.certificates13
        book.add(55, f'a certificate of no bytes, TLS 1.{only - 10}',
                 serves(mint, [], only=only, body=make([b''])), kinds=('handshake',),
                 chain=range(2))
        book.add(55, f'a good leaf, then a certificate of no bytes, TLS 1.{only - 10}',
                 serves(mint, [], only=only, body=make([mint.leaf(), b''])), kinds=EITHER,
                 chain=range(1, 3))


def lengths(book, mint):
    leaf, ca = mint.chain()
    entries = tls.vector(3, leaf) + tls.vector(3, ca)
    more, less = (len(entries) + 9).to_bytes(3, 'big'), (len(entries) - 9).to_bytes(3, 'big')
    long = (len(ca) + 100).to_bytes(3, 'big')
    for what, body in (
            ('a list longer than its message', more + entries),
            ('a list shorter than its message', less + entries),
            ('a certificate longer than its list', tls.vector(3, tls.vector(3, leaf), long, ca)),
            ('half a length at the end', tls.vector(3, entries, b'\0')),
            ('a message of one byte', b'\0')):
        book.add(56, what, serves(mint, [], only=12, body=body), kinds=('handshake',),
                 chain=range(3))
    body = tls.vector(1) + tls.vector(3, tls.vector(3, leaf), b'\xff\xff')
    book.add(56, 'extensions longer than their list, TLS 1.3',
             serves(mint, [], only=13, body=body), kinds=('handshake',), chain=range(2))


def contents(book, mint):
    leaf, ca = mint.chain()
    for only in BOTH:
        named = f'TLS 1.{only - 10}'
        book.add(57, f'bytes behind a certificate, {named}',
                 serves(mint, [leaf + b'behind', ca], only=only), kinds=EITHER, chain=2)
        book.add(57, f'bytes behind the second certificate, {named}',
                 serves(mint, [leaf, ca + b'behind'], only=only), chain=2, **FUSSY)
        book.add(58, f'random bytes as leaf, {named}',
                 serves(mint, [noise(58, 400), ca], only=only), kinds=EITHER, chain=2,
                 proven=(None, False))
        book.add(59, f'a good leaf, then random bytes, {named}',
                 serves(mint, [leaf, noise(59, 400)], only=only), chain=2, proven=(True,), **FUSSY)
    # Broken at each field in turn: the shown chain is what was served all the same.
    for at in range(0, len(leaf), max(1, len(leaf) // 24)):
        broken = leaf[:at] + bytes([leaf[at] ^ 0xff]) + leaf[at + 1:]
        book.add(58, f'a leaf whose byte {at} is inverted', serves(mint, [broken, ca], only=13),
                 kinds=EITHER, chain=2)


def sizes(book, mint):
    header = (1 << 24) - 1

    def announced(flood):
        async def serve(peer):
            hello = await peer.hello()
            said = tls.server_hello(hello, 0xc02b, tls.extension(0xff01, b'\0'))
            said += bytes([tls.CERTIFICATE]) + header.to_bytes(3, 'big')
            said += (header - 3).to_bytes(3, 'big') + (header - 6).to_bytes(3, 'big')
            await peer.send(tls.record(tls.HANDSHAKE, said))
            if flood:
                await peer.flood(tls.record(tls.HANDSHAKE, bytes(16384)), header)
        return serve
    book.add(60, 'a message of 16 MB announced, then silence', announced(False),
             kinds=('limit', 'timeout'), chain=0)
    book.add(61, 'a message of 16 MB streamed', announced(True), kinds=LIMIT, chain=0)

    fat = mint.leaf(more=[der.extension('1.2.3.4', bytes(15 << 20))])
    for only in BOTH:
        book.add(62, f'one certificate of 15 MB, TLS 1.{only - 10}',
                 serves(mint, [fat, mint.ca], only=only), kinds=LIMIT, chain=0)

    # A message of up to 1 MiB is read (limits.h), which is ten times what OpenSSL takes by itself.
    for count, want in ((1000, {}), (10000, {}), (65536, {'kinds': LIMIT})):
        names = [der.dns(f'n{i}.example.hk') for i in range(count)]
        book.add(63, f'{count} names in a leaf', serves(mint, mint.chain(names=names)),
                 chain=0 if want.get('kinds') else 2, **want)

    line = tower(mint, 1000)
    # The leaf last made is the lowest; a chain of N is the lowest N.
    for count in (101, 151, 1000):
        book.add(64, f'a chain of {count}', serves(mint, line[:count], mint.key('p256:tower')),
                 rules=('chain.too-long',), chain=range(10, count + 1))

    leaf = mint.leaf()
    book.add(65, 'the same leaf 100 times', serves(mint, [leaf] * 100),
             rules=('chain.duplicate',), chain=range(10, 101))
    # Of a message that is too large, the reader keeps the certificates that are there whole.
    book.add(65, 'the same leaf 10,000 times', serves(mint, [leaf] * 10000), kinds=LIMIT,
             chain=range(10, 101), complete={'chain': 0})


def tower(mint, height):
    """A line of CAs below the trusted root, lowest first, a leaf below them."""
    names = [mint.root_name] + [der.name(f'Level {i}') for i in range(height)]
    line = mint.authorities([(names[i + 1], 'p256:tower', names[i],
                              'p256:tower' if i else 'p256:root') for i in range(height - 1)])
    leaf = mint.leaf(key=mint.key('p256:tower'), issuer=names[height - 1],
                     signer=mint.key('p256:tower'))
    return [leaf, *reversed(line)]


def graphs(book, mint):
    for count in (6, 8, 30):
        names = [der.name(f'Graph {count} {i}') for i in range(count)]
        edges = mint.authorities([(names[a], f'p256:graph{a}', names[b], f'p256:graph{b}')
                                  for a in range(count) for b in range(count) if a != b])
        up = mint.authority(names[count - 1], f'p256:graph{count - 1}', mint.root_name,
                            'p256:root')
        leaf = mint.leaf(issuer=names[0], signer=mint.key('p256:graph0'))
        for what, chain in (('', [leaf, *edges]), (', one of them below the root',
                                                   [leaf, up, *edges])):
            book.add(66, f'{count} CAs, each certified by each{what}', serves(mint, chain),
                     chain=range(10, len(chain) + 1))

    a, b = der.name('Loop A'), der.name('Loop B')
    ab = mint.authority(a, 'p256:loop-a', b, 'p256:loop-b')
    ba = mint.authority(b, 'p256:loop-b', a, 'p256:loop-a')
    leaf = mint.leaf(issuer=a, signer=mint.key('p256:loop-a'))
    book.add(67, 'A by B by A', serves(mint, [leaf, ab, ba]), chain=3, rules=('chain.untrusted',))
    own = [mint.authority(a, 'p256:loop-a', a, 'p256:loop-a') for _ in range(12)]
    book.add(67, 'a dozen certificates that A gave itself', serves(mint, [leaf, *own]), chain=13)
    liar = mint.authority(a, 'p256:loop-a', a, 'p256:loop-b')
    book.add(67, 'a name that is its own issuer, by another key', serves(mint, [leaf, liar, ba]),
             chain=3, rules=('chain.untrusted',))

    twin = der.name('Twin')
    twins = [mint.authority(twin, 'p256:twin', twin, 'p256:twin') for _ in range(30)]
    leaf = mint.leaf(issuer=twin, signer=mint.key('p256:twin'))
    book.add(68, '30 CAs of one name and one key', serves(mint, [leaf, *twins]), chain=31,
             rules=('chain.untrusted',))
    fakes = [mint.authority(twin, f'p256:graph{i % 30}', twin, f'p256:graph{i % 30}')
             for i in range(30)]
    book.add(68, '30 CAs of one name, none of the right key', serves(mint, [leaf, *fakes]),
             chain=31)


def products(book, mint):
    """Each name is held against each constraint: the product of both is what it costs."""
    for count, want in ((1500, {}), (9000, {}), (65536, {'kinds': LIMIT, 'chain': 0})):
        trees = b''.join(der.sequence(der.dns(f'p{i}.example.com')) for i in range(count))
        constraints = der.extension('2.5.29.30', der.sequence(der.tlv(0xa1, trees)), True)
        subject = der.name(f'Constrained {count}')
        ca = mint.authority(subject, 'p256:constrained', mint.root_name, 'p256:root',
                            more=[constraints])
        names = [der.dns(f'n{i}.example.hk') for i in range(count)]
        leaf = mint.leaf(issuer=subject, signer=mint.key('p256:constrained'), names=names)
        book.add(69, f'{count} constraints on {count} names', serves(mint, [leaf, ca]),
                 **{'chain': 2, **want})
