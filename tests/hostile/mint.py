# SPDX-License-Identifier: MIT
"""mint.py - the CA that the good servers have their certificates from, and the hostile ones"""
import base64
import random

import der
from smith import Key

DAY = '2026-03-01'  # the scan judges as of this day
LEAF_DATES = (der.day('2026-01-10'), der.day('2026-07-01'))
CA_DATES = (der.day('2020-01-01'), der.day('2035-01-01'))


def pem(label, data):
    text = base64.b64encode(data).decode()
    lines = '\n'.join(text[at:at + 64] for at in range(0, len(text), 64))
    return f'-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n'


def noise(seed, size):
    """Bytes that are the same in each run and begin no TLS record, SEQUENCE or reply."""
    return b'\xfe' + random.Random(seed).randbytes(size - 1)


class Mint:
    """A root that is trusted, an issuing CA under it, and what is asked for."""

    def __init__(self, smith):
        self.smith, self.keys, self.serial = smith, {}, 0x1000
        self.root_name, self.ca_name = der.name('Hostile Root'), der.name('Hostile Issuing CA')
        self.root = self.authority(self.root_name, 'p256:root', self.root_name, 'p256:root')
        self.ca = self.authority(self.ca_name, 'p256:ca', self.root_name, 'p256:root')
        self.good_key = self.key('p256:leaf')

    def key(self, name):
        if name not in self.keys:
            self.keys[name] = Key(self.smith, name)
        return self.keys[name]

    def next_serial(self):
        self.serial += 1
        return der.integer(self.serial)

    def authority(self, subject, key, issuer, signer, **over):
        """KEY and SIGNER: a key or its name."""
        key, signer = (self.key(k) if isinstance(k, str) else k for k in (key, signer))
        more = over.pop('more', [])
        return der.certificate(subject, key, issuer, signer, **{**self.of_authority(more), **over})

    def of_authority(self, more=()):
        return {'serial': self.next_serial(), 'dates': CA_DATES,
                'extensions': [der.constraint(True), der.usage(True), *more]}

    def authorities(self, rows):
        """authority() of each row of names, whose many signatures are asked for at once."""
        made = [der.to_be_signed(subject, self.key(key), issuer, self.key(signer),
                                 **self.of_authority()) for subject, key, issuer, signer in rows]
        signatures = self.smith.ask_all([('s', signer, 'SHA256', tbs) for (tbs, _), (*_, signer)
                                         in zip(made, rows)])
        return [der.sequence(tbs, inner, der.bits(signature))
                for (tbs, inner), signature in zip(made, signatures)]

    def leaf(self, name='hostile.example.hk', **over):
        """Issued by the issuing CA.  OVER: as der.certificate(); key, issuer, signer, names
        (GeneralNames instead of the one of NAME), subject, more (extensions)."""
        key = over.pop('key', self.good_key)
        names = over.pop('names', None) or [der.dns(name), der.dns('*.example.hk')]
        extensions = [der.constraint(False), der.usage(False), der.SERVER_AUTH,
                      der.alternative(*names), *over.pop('more', [])]
        subject = over.pop('subject', None) or der.name(name)
        issuer, signer = over.pop('issuer', self.ca_name), over.pop('signer', self.key('p256:ca'))
        return der.certificate(subject, key, issuer, signer, **{
            'serial': self.next_serial(), 'dates': LEAF_DATES, 'extensions': extensions, **over})

    def chain(self, name='hostile.example.hk', **over):
        return [self.leaf(name, **over), self.ca]
