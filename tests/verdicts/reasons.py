# SPDX-License-Identifier: MIT
"""reasons.py - why another program says something else: a table of causes, each a sentence

A cause is a question about the record and the answer, never about the name of a state, so that a new state
with an old cause is explained and one with a new cause is found out.
"""
PATIENCE = ('Timeout', 'timed out', 'it waited')


def has(rule, severity=None):
    return lambda record, _: any(f['rule'] == rule and severity in (None, f['severity']) for f in record['findings'])


def tls(key):
    return lambda record, _: bool((record['tls'] or {}).get(key))


def said(*words):
    return lambda _, answer: any(word in answer.why for word in words)


def says(what):
    return lambda _, answer: answer.says == what


def both(*questions):
    return lambda record, answer: all(question(record, answer) for question in questions)


def namesakes(record, _):
    """Two certificates of one name are served, above the leaf."""
    names = [cert['subject'] for cert in record['chain'][1:]]
    return len(set(names)) < len(names)


def leafless(record, _):
    return all(cert['role'] != 'leaf' for cert in record['chain'])


def unfinished(record, _):
    return record['error'] is not None and bool(record['chain'])


CAUSES = (
    (both(says('-'), unfinished),
     'The handshake does not come to its end. chainmend has read the chain by then, judges it, and says under `error` what '
     'happened after it.'),
    (both(says('-'), tls('client_certificate_requested')),
     'The server wants a client certificate. chainmend has seen the chain before that matters.'),
    (both(says('-'), tls('legacy_offer')),
     'Only the second, legacy offer is answered, which these programs do not make; to chainmend that is a warning '
     '(`deployment.legacy-tls-only`) beside the judgement of the chain.'),
    (both(says('-'), said('dh key too small')),
     'OpenSSL at its usual security level refuses a Diffie-Hellman group of 1024 bits. chainmend judges the chain and not the '
     'key exchange.'),
    (tls('sni_refused'),
     'The server refuses the name that it has a certificate for. chainmend reads what it sends without a name, and says that '
     'the name asked for is not served (`leaf.name-mismatch`); a program that looks at the file alone finds nothing wrong.'),
    (both(says('no'), has('leaf.weak-key', 'critical')),
     'The key is too short for them. To chainmend the path is whole as RFC 5280 has it, and the key is critical '
     '(`leaf.weak-key`): the report says what is wrong instead of "untrusted".'),
    (both(says('no'), has('leaf.weak-signature', 'critical')),
     'SHA-1 is too weak for them. To chainmend the path is whole, and the signature is critical (`leaf.weak-signature`).'),
    (both(says('no'), has('revocation.leaf-revoked', 'critical'), said('revoked')),
     'GnuTLS heeds the stapled OCSP answer; the others do not look at it unless told to. To chainmend that is critical '
     '(`revocation.leaf-revoked`), beside a path that is whole.'),
    (both(says('no'), namesakes, said('issuer is unknown')),
     'GnuTLS takes the first certificate with the name of the issuer and does not come back. There is a path by the other one, '
     'which chainmend and OpenSSL find.'),
    (both(says('-'), lambda record, _: record['target']['protocol'] in ('smtp', 'submission'), said(*PATIENCE)),
     'The greeting comes later than gnutls-cli waits for it.'),
    (both(says('no'), said('not yet valid', 'not yet activated')),
     'GnuTLS refuses what is sent for one certificate that is not valid yet, although there is a path without it, which chainmend '
     'and OpenSSL find.'),
    (both(says('no'), leafless, said('certificate purpose')),
     'There is no leaf in these files, and chainmend judges the path of the intermediate that stands first; `openssl verify '
     '-purpose sslserver` wants a certificate for servers there.'),
)


def cause(record, answer):
    """The number of the first cause that fits; None when there is none."""
    return next((number for number, (fits, _) in enumerate(CAUSES) if fits(record, answer)), None)
