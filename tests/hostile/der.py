# SPDX-License-Identifier: MIT
"""der.py - DER (X.690) and certificates (RFC 5280), with whatever is wrong in them that is asked"""

NULL = b'\x05\x00'


def length(size):
    if size < 128:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, 'big')
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag, *parts):
    value = b''.join(parts)
    return bytes([tag]) + length(len(value)) + value


def sequence(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *parts)


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, 'big', signed=True))


def octets(value):
    return tlv(4, value)


def bits(value, unused=0):
    return tlv(3, bytes([unused]), value)


def explicit(number, *parts):
    return tlv(0xa0 | number, *parts)


def boolean(value):
    return tlv(1, b'\xff' if value else b'\0')


def oid(text):
    arcs = [int(arc) for arc in text.split('.')]
    out = b''
    for arc in [40 * arcs[0] + arcs[1], *arcs[2:]]:
        part = bytes([arc & 0x7f])
        while arc > 0x7f:
            arc >>= 7
            part = bytes([0x80 | arc & 0x7f]) + part
        out += part
    return tlv(6, out)


def algorithm(text, *parameters):
    return sequence(oid(text), *parameters)


def parse(data):
    """The values inside the SEQUENCE that DATA is; nothing hostile is read with this."""
    def head(at):
        size, at = data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7f
            size, at = int.from_bytes(data[at:at + count], 'big'), at + count
        return at, size

    found, (at, _) = [], head(0)
    while at < len(data):
        start, size = head(at)
        found.append(data[start:start + size])
        at = start + size
    return found


# --- Names and dates ---

UTF8, PRINTABLE, T61, IA5, UNIVERSAL, BMP = 0x0c, 0x13, 0x14, 0x16, 0x1c, 0x1e
TYPES = {'CN': '2.5.4.3', 'C': '2.5.4.6', 'O': '2.5.4.10', 'OU': '2.5.4.11'}


def rdn(kind, value, tag=UTF8):
    raw = value if isinstance(value, bytes) else value.encode()
    return set_of(sequence(oid(TYPES[kind]), tlv(tag, raw)))


def name(common, more=()):
    """C=HK, O=Hostile, CN=COMMON, then MORE ready-made RDNs."""
    return sequence(rdn('C', 'HK', PRINTABLE), rdn('O', 'Hostile'), rdn('CN', common), *more)


def utc(text):
    return tlv(0x17, text.encode())


def general(text):
    return tlv(0x18, text.encode())


def day(text):
    """'2026-01-15'."""
    digits = text.replace('-', '') + '000000Z'
    return utc(digits[2:]) if digits < '2050' else general(digits)


# --- Extensions ---

def extension(text, value, critical=False):
    return sequence(oid(text), *([boolean(True)] if critical else []), octets(value))


def dns(value):
    return tlv(0x82, value if isinstance(value, bytes) else value.encode())


def address(value):
    return tlv(0x87, value)


def alternative(*names):
    return extension('2.5.29.17', sequence(*names))


def constraint(ca, depth=None):
    inner = [boolean(True)] if ca else []
    return extension('2.5.29.19', sequence(*inner, *([] if depth is None else [integer(depth)])),
                     True)


def usage(ca):
    return extension('2.5.29.15', tlv(3, b'\x01\x06' if ca else b'\x05\xa0'), True)


SERVER_AUTH = extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')))


def issuers_at(*urls):
    """AuthorityInfoAccess, caIssuers (RFC 5280, 4.2.2.1)."""
    return extension('1.3.6.1.5.5.7.1.1', sequence(*(
        sequence(oid('1.3.6.1.5.5.7.48.2'), tlv(0x86, url.encode())) for url in urls)))


def to_be_signed(subject, key, issuer, signer, **over):
    """What a certificate's signature is over, and the algorithm it names; as certificate()."""
    inner = over.get('inner', signer.algorithm)
    dates = over.get('dates', (day('2026-01-01'), day('2026-07-01')))
    parts = [explicit(0, integer(over.get('version', 2))), over.get('serial', integer(0x5a01)),
             inner, issuer, sequence(*dates), subject, over.get('spki', key.spki)]
    if over.get('extensions') is not None:
        parts.append(explicit(3, sequence(*over['extensions'])))
    return sequence(*parts), inner


def certificate(subject, key, issuer, signer, **over):
    """
    One certificate.  SUBJECT and ISSUER are DER names.  OVER: serial, dates (two DER times),
    extensions (a list), inner and outer algorithm, spki, version, digest, tail (behind the
    signature, inside), signature.
    """
    tbs, inner = to_be_signed(subject, key, issuer, signer, **over)
    signature = over.get('signature') or signer.certify(tbs, over.get('digest', 'SHA256'))
    return sequence(tbs, over.get('outer', inner), bits(signature), over.get('tail', b''))


def revocation_list(issuer, signer, entries=b'', **over):
    """A CRL (RFC 5280, 5); ENTRIES is DER ready-made, OVER: dates, extensions, signature."""
    dates = over.get('dates', (day('2026-01-01'), day('2026-12-01')))
    parts = [integer(1), signer.algorithm, issuer, *dates]
    if entries:
        parts.append(sequence(entries))
    extensions = over.get('extensions', [extension('2.5.29.20', integer(7))])
    parts.append(explicit(0, sequence(*extensions)))
    tbs = sequence(*parts)
    return sequence(tbs, signer.algorithm, bits(over.get('signature') or signer.certify(tbs)))
