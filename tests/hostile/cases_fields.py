# SPDX-License-Identifier: MIT
"""cases_fields.py - cases 70 to 76: keys, signatures, dates, numbers and names of a certificate"""
import der
import smith
from case import EITHER, Book
from shake import shake

# OpenSSL's handshake may end at what is malformed; the chain is shown all the same.
FUSSY = {'kinds': EITHER, 'proven': ()}
P256 = int('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 16)
P256_B = '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b'
P256_ORDER = int('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 16)


def cases(mint):
    book = Book()
    keys(book, mint)
    signatures(book, mint)
    dates(book, mint)
    numbers(book, mint)
    extensions(book, mint)
    names(book, mint)
    texts(book, mint)
    addresses(book, mint)
    return book.cases


def add(book, number, what, served, key, broken=False, **want):
    """BROKEN: no decoder has to take it, and without its key nothing is proven."""
    if broken:
        want = {'kinds': EITHER, **want}

    async def serve(peer):
        await shake(peer, served, key)
    book.add(number, what, serve, **{'chain': len(served), 'complete': FUSSY, **want})


def of_key(book, mint, what, key, **want):
    """Once as the leaf's key, once as the key of a CA above it."""
    add(book, 70, f'{what}, leaf', mint.chain(key=key), key, **want)
    subject = der.name(f'CA with {what}')
    ca = mint.authority(subject, key, mint.root_name, 'p256:root')
    add(book, 70, f'{what}, issuing CA', [mint.leaf(issuer=subject, signer=key), ca],
        mint.good_key)


def keys(book, mint):
    primes = [p for i in range(8) for p in mint.key(f'rsa:prime{i}').numbers()[3:]]
    of_key(book, mint, 'RSA of 16384 bits', smith.Numbers(primes, 65537), kinds=EITHER,
           proven=(True, None))
    pair = primes[:2]
    huge = (1 << 2046) + 1
    while not invertible(huge, pair):
        huge += 2
    of_key(book, mint, 'RSA with an exponent of 2047 bits', smith.Numbers(pair, huge), kinds=EITHER,
           proven=(True, None))
    # Thirty of them in a row, each verified by the next.
    slow = smith.Numbers(pair, huge)
    level = [mint.root_name] + [der.name(f'Slow {i}') for i in range(30)]
    line = [mint.authority(level[i + 1], slow, level[i], slow if i else 'p256:root')
            for i in range(30)]
    add(book, 70, '30 CAs of huge exponents', [mint.leaf(issuer=level[30], signer=slow),
                                               *reversed(line)], mint.good_key,
        chain=range(10, 32))
    for what, modulus, exponent in (
            ('a modulus of 0', 0, 65537), ('a modulus of 1', 1, 65537),
            ('an even modulus', 1 << 2047, 65537), ('a negative modulus', -1 << 2046, 65537),
            ('an exponent of 0', pair[0] * pair[1], 0), ('an exponent of 1', pair[0] * pair[1], 1),
            ('an even exponent', pair[0] * pair[1], 2)):
        of_key(book, mint, what, smith.Numbers([], exponent, modulus), kinds=EITHER,
               proven=(False, None))
    curves(book, mint)
    unknown = smith.Stuck(der.sequence(der.algorithm('1.2.3.4.5.6.7'), der.bits(bytes(64))))
    of_key(book, mint, 'a key of a kind unknown', unknown, kinds=EITHER, proven=(False, None))
    lattice = der.algorithm('2.16.840.1.101.3.4.3.18')
    mldsa = smith.Stuck(der.sequence(lattice, der.bits(bytes(1952))), 0x0905, lattice)
    of_key(book, mint, 'ML-DSA-65', mldsa, kinds=EITHER, proven=(False, None))
    of_key(book, mint, 'Ed448', mint.key('ed448:leaf'), kinds=EITHER, proven=(True, None))


def invertible(exponent, primes):
    try:
        return all(pow(exponent, -1, prime - 1) for prime in primes)
    except ValueError:
        return False


def curves(book, mint):
    good = mint.good_key
    point = good.spki[-65:]
    prime = der.sequence(der.oid('1.2.840.10045.1.1'), der.integer(P256))
    curve = der.sequence(der.octets((P256 - 3).to_bytes(32, 'big')),
                         der.octets(bytes.fromhex(P256_B)))
    generator = bytes.fromhex(
        '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'
        '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5')
    explicit = der.sequence(der.integer(1), prime, curve, der.octets(generator),
                            der.integer(P256_ORDER), der.integer(1))
    spki = der.sequence(der.algorithm('1.2.840.10045.2.1', explicit), der.bits(point))
    of_key(book, mint, 'explicit curve parameters', smith.Stuck(spki, like=good), kinds=EITHER,
           proven=(True, False, None))
    named = der.algorithm('1.2.840.10045.2.1', der.oid('1.2.840.10045.3.1.7'))
    off = point[:-1] + bytes([point[-1] ^ 1])
    for what, value in (('a point that is not on the curve', off), ('the point at infinity', b'\0'),
                        ('a point of 3 bytes', b'\4\1\1'), ('no point', b'')):
        of_key(book, mint, what, smith.Stuck(der.sequence(named, der.bits(value)), like=good),
               kinds=EITHER, proven=(False, None))
    no_curve = der.algorithm('1.2.840.10045.2.1', der.oid('1.2.3.4'))
    of_key(book, mint, 'an unknown curve', smith.Stuck(der.sequence(no_curve, der.bits(point)),
                                                       like=good), kinds=EITHER,
           proven=(False, None))


def signatures(book, mint):
    rsa, good = mint.key('rsa:ca'), mint.good_key
    subject = der.name('Signing CA')
    ca = mint.authority(subject, rsa, mint.root_name, 'p256:root')

    def signed(what, *rules, **over):
        leaf = mint.leaf(**{'issuer': subject, 'signer': rsa, **over})
        add(book, 71, what, [leaf, ca], good, rules=rules)
    signed('signed with MD5', 'leaf.weak-signature', inner=smith.MD5_RSA, digest='MD5')
    signed('signed with SHA-1', 'leaf.weak-signature', inner=smith.SHA1_RSA, digest='SHA1')
    unknown = der.algorithm('1.2.3.4.5')
    signed('signed with an algorithm unknown', inner=unknown)
    signed('the algorithm of ECDSA, by a key of RSA', inner=smith.ECDSA_SHA256)
    signed('inner and outer algorithm differ', outer=smith.SHA1_RSA)
    signed('inner algorithm MD5, outer SHA-256', inner=smith.MD5_RSA, outer=smith.SHA256_RSA)
    pss = der.algorithm('1.2.840.113549.1.1.10', der.sequence(
        der.explicit(2, der.integer(1 << 2000))))
    signed('RSASSA-PSS with salt of absurd length', inner=pss)
    signed('a signature of nothing', signature=b'\0')
    signed('a signature of 64 KB', signature=bytes(65536))


def dates(book, mint):
    good = der.utc('260110000000Z'), der.utc('260701000000Z')
    far = der.general('99991231235959Z')
    for what, first, last, rules in (
            ('up to the end of days', good[0], far, ('leaf.validity-too-long',)),
            ('from the year 0', der.general('00000101000000Z'), good[1], ()),
            ('the end before the start', good[1], good[0], ()),
            ('long over', der.utc('500101000000Z'), der.utc('510101000000Z'), ('leaf.expired',)),
            ('not begun', der.utc('400101000000Z'), der.utc('401231000000Z'),
             ('leaf.not-yet-valid',))):
        add(book, 72, f'dates {what}', mint.chain(dates=(first, last)), mint.good_key, rules=rules)
    for what, first, last in (
            ('without seconds', der.utc('2601100000Z'), der.utc('2607010000Z')),
            ('of the month 13', good[0], der.general('20261332000000Z')),
            ('of 25 o\'clock', good[0], der.utc('260701250000Z')),
            ('of a 30 February', good[0], der.utc('260230000000Z')),
            ('with an offset', good[0], der.utc('260701000000+0800')),
            ('with fractions', good[0], der.general('20260701000000.123Z')),
            ('of letters', good[0], der.utc('not a day at')),
            ('empty', der.utc(''), der.utc('')),
            ('an INTEGER as date', der.integer(20260110), good[1])):
        add(book, 72, f'dates {what}', mint.chain(dates=(first, last)), mint.good_key,
            broken=True)


def numbers(book, mint):
    for what, serial in (('0', der.integer(0)), ('-1', der.integer(-1)),
                         ('of 10 KB', der.tlv(2, b'\x5a' * 10240)),
                         ('of no bytes', der.tlv(2, b'')),
                         ('negative, of 20 bytes', der.tlv(2, b'\xff' + bytes(19))),
                         ('with zeros in front', der.tlv(2, bytes(10) + b'\1')),
                         ('that is a BOOLEAN', der.boolean(True))):
        add(book, 73, f'a serial number {what}', mint.chain(serial=serial), mint.good_key,
            broken=what in ('of no bytes', 'with zeros in front', 'that is a BOOLEAN'))


def extensions(book, mint):
    server = der.SERVER_AUTH

    def leaf(what, extra, **over):
        add(book, 74, what, mint.chain(more=extra, **over), mint.good_key)
    leaf('extensions twice', [server, der.constraint(True), der.alternative(der.dns('b.hk'))])
    leaf('an unknown critical extension', [der.extension('1.2.3.4', b'\5\0', True)])
    leaf('1,000 unknown extensions', [der.extension(f'1.2.3.{i}', b'\5\0') for i in range(1000)])
    leaf('an extension whose value is no DER', [der.extension('2.5.29.14', b'\x30\x80\xff')])
    leaf('a path length of 2^200', [der.extension('2.5.29.19', der.sequence(
        der.boolean(True), der.integer(1 << 200)))])
    for what, made in (('empty extensions', []), ('no extensions', None)):
        add(book, 74, what, [mint.leaf(extensions=made), mint.ca], mint.good_key)
    for version in (0, 1, 3, 99, -1):
        leaf(f'the version {version}', [], version=version)
    nested = b'\5\0'
    for _ in range(5000):
        nested = der.tlv(0x30, nested)
    leaf('SEQUENCEs 5,000 deep', [der.extension('1.2.3.4', nested)])
    leaf('5,000 policies', [der.extension('2.5.29.32', b''.join([der.sequence(*(
        der.sequence(der.oid(f'1.2.3.{i}')) for i in range(5000)))]))])


def names(book, mint):
    def leaf(what, *rdns, broken=False):
        subject = der.sequence(der.rdn('C', 'HK', der.PRINTABLE), *rdns)
        add(book, 74, what, mint.chain(subject=subject), mint.good_key, broken)
    for what, tag, value in (
            ('a BMPString', der.BMP, 'www.例.hk'.encode('utf-16-be')),
            ('a BMPString of odd length', der.BMP, b'\0a\0'),
            ('a BMPString with half a surrogate', der.BMP, b'\xd8\0\0a'),
            ('a T61String', der.T61, b'caf\xe9'),
            ('a UniversalString', der.UNIVERSAL, 'www'.encode('utf-32-be')),
            ('a UniversalString beyond Unicode', der.UNIVERSAL, b'\x7f\xff\xff\xff'),
            ('a UTF8String that is none', der.UTF8, b'\xff\xfe\xc0\x80www'),
            ('an INTEGER', 2, b'\1'), ('a SEQUENCE', 0x30, b'\x0c\1a')):
        leaf(f'a common name that is {what}', der.rdn('CN', value, tag),
             broken=what not in ('a BMPString', 'a T61String', 'a UniversalString'))
    leaf('a common name of 64 KB', der.rdn('CN', 'x' * 65536))
    leaf('5,000 RDNs', *(der.rdn('OU', f'{i}') for i in range(5000)))
    leaf('an RDN of 2,000 values', der.tlv(0x31, *(
        der.sequence(der.oid('2.5.4.11'), der.tlv(der.UTF8, b'u')) for _ in range(2000))))
    leaf('no RDN')
    nul = 'hostile.example.hk\0.evil.example'
    leaf('a NUL in the common name', der.rdn('CN', nul))
    chain = mint.chain(names=[der.dns(nul), der.dns('\0'), der.dns('hostile.example.hk\0')])
    add(book, 74, 'NULs in the names of a leaf', chain, mint.good_key,
        rules=('leaf.name-mismatch',))


HOSTILE_TEXT = (
    '\x1b[2J\x1b]0;owned\x07', 'a\r\nb: c\n', '\u202egpj.exe\u2066', b'\xc3\x28\xff\xfe\x80',
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '=cmd|\' /C calc\'!A0',
    '@SUM(1+1)*cmd', '+1-1', '-2+3', '";drop,table|x`y*_[a](b)', '{"a":"\\"}', ']]>&amp;<!--',
    '\u2028\u2029\ufeff\u200b', '\x9b31m\x7f\x08', '${jndi:ldap://x}', '\t', '../../etc/passwd',
    'a\\', '\ue000\U000e0041\U0010ffff')


def texts(book, mint):
    """Whether they reach an output is asked of the outputs (outputs.py)."""
    for text in HOSTILE_TEXT:
        raw = text if isinstance(text, bytes) else text.encode()
        subject = der.sequence(der.rdn('C', 'HK', der.PRINTABLE), der.rdn('O', raw),
                               der.rdn('CN', raw))
        issuer = der.name(raw)
        key = mint.key('p256:texts')
        ca = mint.authority(issuer, key, mint.root_name, 'p256:root')
        leaf = mint.leaf(subject=subject, issuer=issuer, signer=key, names=[
            der.dns(raw), der.tlv(0x81, raw), der.tlv(0x86, raw), der.dns('www.example.hk')],
            more=[der.issuers_at('http://' + raw.decode('latin-1'))])
        add(book, 75, f'names with {raw!r}', [leaf, ca], mint.good_key, isinstance(text, bytes))


def addresses(book, mint):
    mapped = bytes(10) + b'\xff\xff' + bytes([127, 0, 0, 1])
    for what, made in (
            ('an IPv4 address mapped into IPv6', [der.address(mapped)]),
            ('a scoped address as text', [der.dns('fe80::1%eth0'), der.dns('127.0.0.1')]),
            ('addresses of 0, 3, 5, 32 and 1,000 bytes', [
                der.address(bytes(size)) for size in (0, 3, 5, 32, 1000)]),
            ('*', [der.dns('*')]), ('*.*', [der.dns('*.*')]), ('*.com', [der.dns('*.com')]),
            ('*.hk', [der.dns('*.hk')]), ('a star inside', [der.dns('ho*ile.example.hk')]),
            ('trailing dots', [der.dns('hostile.example.com.'), der.dns('.')]),
            ('an empty dNSName', [der.dns('')]),
            ('a name of 64 KB', [der.dns('a.' * 32768)]),
            ('names of every other kind', [der.tlv(0x80 | kind, b'x') for kind in range(9)]),
            ('names that are no DER', [b'\x82\x85\xff\xff\xff\xff\xff'])):
        add(book, 76, f'a leaf for {what}', mint.chain(names=made), mint.good_key,
            rules=('leaf.name-mismatch',))
