# SPDX-License-Identifier: MIT
"""fetched.py - cases 83 to 85: what a profile's URLs, or a certificate's, may lead to

One scan has all the servers for certificates and lists that misbehave as servers, at once; each
list that is wrong in itself has a scan of its own.
"""
import asyncio
import gzip
import re

import der
from case import GRACE, TIMEOUT
from mint import pem
from paper import certificate, profile
from shake import shake
from stage import unprintable

NUMBERS = range(83, 86)
PEAK_MIB = 200
LIST_MIB = 640  # 50 MB of the smallest entries there can be, decoded by OpenSSL
LIST_BYTES = 50 << 20
BOMB_BYTES = 200 << 20


def answer(body, status='200 OK', headers='', said=None):
    return (f'HTTP/1.1 {status}\r\nContent-Length: {len(body) if said is None else said}\r\n'
            f'Connection: close\r\n{headers}\r\n').encode() + body


async def request(peer):
    """The path that is asked for."""
    path = (await peer.line()).split()[1].decode('latin-1')
    while await peer.line():
        pass
    return path


def fixed(data):
    async def serve(peer):
        await request(peer)
        await peer.send(data)
        await peer.close()
    return serve


class Things:
    """Where each thing is served; URLs are made when the port is known."""

    def __init__(self, host):
        self.host, self.places = host, {}
        self.leafs = []  # addresses of servers whose leaf names an issuer's URL

    def add(self, name, handler):
        self.places[name] = self.host.add(handler)

    def url(self, name, path='/x.crl'):
        return f'http://{self.places[name]}:{self.host.port}{path}'


def prepare(stage, host):
    things = Things(host)
    servers(stage, things)
    lists(stage, things)
    endless_issuers(stage, things)
    return things


# --- Servers that misbehave ---

SERVERS = ('silent', 'drip', 'endless', 'gigabyte', 'loop', 'file', 'elsewhere', 'bomb', 'html',
           'bundle', 'headers', 'cut', 'refused', 'error', 'status', 'chunks')


def servers(stage, things):
    good = pem('CERTIFICATE', stage.mint.ca).encode()

    def flow(first, chunk):
        async def serve(peer):
            await request(peer)
            await peer.send(first)
            await peer.flood(chunk)
        return serve

    async def silent(peer):
        await request(peer)

    async def drip(peer):
        await request(peer)
        await peer.drip(answer(good), 0.1)

    async def loop(peer):
        path = await request(peer)
        await peer.send(answer(b'', '302 Found', f'Location: {path}x\r\n'))
        await peer.close()

    async def cut(peer):
        await request(peer)
        await peer.send(answer(good, said=len(good) + 100))
        await peer.close()

    def redirect(to):
        return fixed(answer(b'', '302 Found', f'Location: {to}\r\n'))
    start = 'HTTP/1.1 200 OK\r\n'
    bundle = der.sequence(der.oid('1.2.840.113549.1.7.2'), der.explicit(0, der.sequence(
        der.integer(1), der.set_of(), der.sequence(der.oid('1.2.840.113549.1.7.1')),
        der.tlv(0xa0, stage.mint.ca * 10000), der.set_of())))
    bomb = gzip.compress(bytes(BOMB_BYTES), 1)
    things.add('good', fixed(answer(good)))
    secret = stage.folder.write('secret.pem', good)
    for name, handler in {
            'silent': silent, 'drip': drip, 'loop': loop, 'cut': cut,
            'endless': flow(f'{start}\r\n'.encode(), bytes(65536)),
            'gigabyte': flow(answer(b'', said=1 << 30), bytes(65536)),
            'headers': flow(start.encode(), b'X-Filler: ' + b'x' * 8000 + b'\r\n'),
            'chunks': flow(f'{start}Transfer-Encoding: chunked\r\n\r\n'.encode(),
                           b'ffff\r\n' + bytes(65535) + b'\r\n'),
            'file': redirect(f'file://{secret}'),
            'elsewhere': redirect('gopher://127.0.0.1:1/x'),
            'bomb': fixed(answer(bomb, headers='Content-Encoding: gzip\r\n')),
            'html': fixed(answer(b'<!DOCTYPE html><html><script>alert(1)</script>\x1b[2J')),
            'bundle': fixed(answer(bundle)), 'error': fixed(answer(good, '404 Not \x1b[2J Found')),
            'refused': fixed(b'\x16\x03\x01\x02\0'),
            'status': fixed(b'HTTP/9.9 999999 \xff\r\n\r\n'),
    }.items():
        things.add(name, handler)


def all_servers(stage, things):
    """Nothing is taken of any; the good server among them, and the scan, are unhurt."""
    other = [stage.mint.authority(der.name(f'Wanted {name}'), 'p256:ca', stage.mint.root_name,
                                  'p256:root') for name in SERVERS]
    more = [certificate(f'from-{name}', 'issuing', data, 'root', things.url(name, '/c.pem'))
            for name, data in zip(SERVERS, other)]
    # The list's turn: each server is asked for one as well.
    text = profile(stage.mint, {'ca': things.url('good', '/c.pem')}, map(things.url, SERVERS), more)
    stage.folder.write('servers.yaml', text)
    good = stage.good.targets(20)
    ran = stage.ndjson('-i', stage.targets(good), '-v', fetch='profile', profile='servers.yaml')
    yield from stage.in_time(ran, 2 * TIMEOUT + GRACE)
    yield from stage.memory(ran, PEAK_MIB)
    yield from unprintable(ran.err)
    records = ran.records()
    if len(records) != len(good) or any(r['error'] for r in records):
        yield f'{len(records)} results, {[r["error"] for r in records[:1]]}'
    had = re.findall(r'(http\S*\.pem): \d+ bytes fetched', ran.err.decode(errors='replace'))
    if had != [things.url('good', '/c.pem')]:
        yield f'not the good one alone was had: {had}, {ran}'


def file_redirect(stage, things):
    """A file of this machine must not be had by way of a redirect, even one that would do."""
    text = profile(stage.mint, {'ca': things.url('file')})
    stage.folder.write('file.yaml', text)
    ran = stage.ndjson(stage.good.targets(1)[0], fetch='profile', profile='file.yaml')
    if not re.search(r'not at hand.*\bca\b', ran.err.decode(errors='replace')):
        yield f'it was had: {ran}'


# --- Lists that are wrong in themselves ---

EXPIRED, INVALID, MISSING = ('revocation.list-expired', 'revocation.list-invalid',
                             'revocation.list-unavailable')
REVOKED = 'revocation.intermediate-revoked'
# What has to be found of each list; several where it is a matter of words.
LISTS = {
    'good': (), 'expired': (EXPIRED,), 'future': (INVALID, EXPIRED, MISSING),
    'other issuer': (INVALID,), 'other key': (INVALID,), 'unsigned': (INVALID,),
    # An indirect list of the issuer's own speaks of its certificates, too (RFC 5280, 6.3.3 (b)(1)).
    'delta': (INVALID, MISSING), 'indirect': (), 'critical': (INVALID,),
    'critical entry': (INVALID,), 'users only': (INVALID, MISSING),
    'truncated': (INVALID, MISSING), 'trailing': (INVALID, MISSING), 'random': (INVALID, MISSING),
    'empty': (INVALID, MISSING), 'a certificate': (INVALID, MISSING),
    'too large': (MISSING, INVALID), 'huge': (MISSING, INVALID), 'dripped': (MISSING,),
    'revokes': (REVOKED,), 'two million': (REVOKED,), 'bomb of entries': (INVALID, MISSING),
}


def entries(count):
    """
    COUNT entries, or up to 65,535 more, as small as they can be, in ascending order: 22 bytes
    each.
    """
    ends = [b'', *(i.to_bytes(2, 'big') + b'\x17\x0d260101000000Z' for i in range(1 << 16))]
    return b''.join((b'\x30\x14\x02\x03' + bytes([0x20 + high])).join(ends)
                    for high in range(-(-count >> 16)))


def lists(stage, things):
    mint = stage.mint
    root, key = mint.root_name, mint.key('p256:root')
    number = der.extension('2.5.29.20', der.integer(7))

    def distribution(*fields):
        return [number, der.extension('2.5.29.28', der.sequence(*fields), True)]
    serial = der.parse(der.parse(mint.ca)[0])[1]
    revoked = der.sequence(der.tlv(2, serial), der.utc('260101000000Z'))
    odd = der.sequence(der.tlv(2, b'\x70'), der.utc('260101000000Z'), der.sequence(
        der.extension('1.2.3.4', b'\5\0', True)))
    good = der.revocation_list(root, key)
    made = {
        'good': good, 'revokes': der.revocation_list(root, key, revoked),
        'expired': der.revocation_list(root, key, dates=(der.day('2025-01-01'),
                                                         der.day('2025-06-01'))),
        'future': der.revocation_list(root, key, dates=(der.day('2049-01-01'),
                                                        der.day('2049-06-01'))),
        'other issuer': der.revocation_list(mint.ca_name, mint.key('p256:ca')),
        'other key': der.revocation_list(root, mint.key('p256:ca')),
        'unsigned': der.revocation_list(root, key, signature=bytes(70)),
        'delta': der.revocation_list(root, key, extensions=[
            number, der.extension('2.5.29.27', der.integer(6), True)]),
        'indirect': der.revocation_list(root, key, extensions=distribution(
            der.tlv(0x84, b'\xff'))),
        'users only': der.revocation_list(root, key, extensions=distribution(
            der.tlv(0x81, b'\xff'))),
        'critical': der.revocation_list(root, key, extensions=[
            number, der.extension('1.2.3.4', b'\5\0', True)]),
        'critical entry': der.revocation_list(root, key, odd),
        'truncated': good[:-9], 'trailing': good + b'behind', 'random': b'\xfe' * 500,
        'empty': b'', 'a certificate': mint.ca,
        'too large': der.revocation_list(root, key, bytes(LIST_BYTES)),
        'two million': der.revocation_list(root, key, entries(2300000) + revoked),
        # Entries of two bytes each: what they cost when decoded is many times what they weigh.
        'bomb of entries': der.revocation_list(root, key, b'\x30\0' * 4000000),
    }
    for name, data in made.items():
        things.add(f'list {name}', fixed(answer(data)))

    async def huge(peer):
        await request(peer)
        await peer.send(answer(b'', said=500 << 20))
        await peer.flood(b'\x30\x20' * 32768, 500 << 20)

    async def dripped(peer):
        await request(peer)
        await peer.drip(answer(good), 0.1)
    things.add('list huge', huge)
    things.add('list dripped', dripped)


def one_list(stage, things, name, rules):
    text = profile(stage.mint, lists=[things.url(f'list {name}')])
    stage.folder.write('list.yaml', text)
    # A long-winded list is waited for, as long as the deadline of a target allows.
    seconds = 8 if name in ('two million', 'bomb of entries') else TIMEOUT
    ran = stage.ndjson(*stage.good.targets(3), fetch='profile', profile='list.yaml',
                       timeout=seconds)
    yield from stage.in_time(ran, 2 * seconds + GRACE)
    yield from stage.memory(ran, LIST_MIB if name == 'two million' else PEAK_MIB)
    records = ran.records()
    found = {f['rule'] for r in records for f in r['findings'] if f['rule'].startswith('revoc')}
    if len(records) != 3 or any(r['error'] for r in records):
        yield f'{len(records)} results: {[r["error"] for r in records]}'
    if bool(found) != bool(rules) or not found <= set(rules):
        yield f'{found or "nothing"} is found, not {" or ".join(rules) or "nothing"}: {ran}'
    stage.tap.say(f'list {name}: {ran.seconds:.1f} s, {ran.mib:.0f} MiB, {sorted(found)}')


# --- Issuers that a certificate names ---

def endless_issuers(stage, things):
    """Each CA that is fetched names another, which is made as it is asked for."""
    mint = stage.mint
    port = things.host.port

    async def issuers(peer):
        path = await request(peer)
        level = int(re.sub(r'\D', '', path) or 0)
        url = f'http://{peer.local}:{port}/{level + 1}'
        data = mint.authority(der.name(f'Endless {level}'), 'p256:endless',
                              der.name(f'Endless {level + 1}'), 'p256:endless',
                              more=[der.issuers_at(url)])
        await peer.send(answer(data))
        await peer.close()
    mint.key('p256:endless')
    things.add('issuers', issuers)

    async def silent(peer):
        await asyncio.sleep(15)
    things.add('issuer that is silent', silent)
    for name in ('issuers', 'issuer that is silent'):
        leaf = mint.leaf(issuer=der.name('Endless 0'), signer=mint.key('p256:endless'),
                         more=[der.issuers_at(things.url(name, '/0'))])

        async def serve(peer, leaf=leaf):
            await shake(peer, [leaf], mint.good_key)
        things.leafs.append(things.host.add(serve))


def issuers_cases(stage, things):
    """By default nothing that a certificate names is fetched; asked for, the walk has an end."""
    targets = [f'tls://aia{i}.example.hk@{place}:{things.host.port}'
               for i, place in enumerate(things.leafs)]
    watched = [things.places[name] for name in ('issuers', 'issuer that is silent')]
    for fetch in ('none', 'profile', 'any'):
        ran = stage.ndjson('-i', stage.targets(targets), fetch=fetch)
        if fetch == 'any' and ran.status == 2:
            stage.tap.say('--fetch any: the program has no such thing yet')
            continue
        asked = sum(map(things.host.connections, watched))
        if fetch != 'any' and asked:
            yield f'--fetch {fetch}: {asked} requests'
        if len(ran.lines) != len(targets) or asked > 100:
            yield f'--fetch {fetch}: {len(ran.lines)} results, {asked} requests'
        yield from stage.in_time(ran, 2 * TIMEOUT + GRACE)
        yield from stage.memory(ran, PEAK_MIB)


def cases(stage, things, word):
    def wanted(name, run):
        if word in name:
            stage.tap.case(name, run)
    wanted(f'83 servers of certificates and lists: {", ".join(SERVERS)}',
           all_servers(stage, things))
    wanted('83 a redirect to a file of this machine', file_redirect(stage, things))
    wanted('84 issuers without end', issuers_cases(stage, things))
    for name, rules in LISTS.items():
        wanted(f'85 a revocation list: {name}', one_list(stage, things, name, rules))
