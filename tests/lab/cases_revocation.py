# SPDX-License-Identifier: MIT
"""cases_revocation.py - lists and responders of a CA made with openssl: full, arl, the cache"""
import json

from authority import Authority
from cases import Skip, collector, exits

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def scan(stage, ca, *words, profile=None, **more):
    return stage.run('scan', '--profile', profile or ca.profile(), '--trust-store', f'all={ca.at("root.pem")}',
                     '--timeout', 5, '-f', 'ndjson', *words, **more)


def arl(stage, ca, *words, profile=None, **more):
    return stage.run('arl', '--profile', profile or ca.profile(), '--trust-store', f'all={ca.at("root.pem")}',
                     '-f', 'ndjson', *words, **more)


def rules(record):
    return {finding['rule'] for finding in record['findings']}


def said(record):
    """By whom, and what: a set of pairs about the leaf, then one about the others."""
    leaf = record['chain'][0]['sha256']
    answers = record.get('revocation', [])
    return ({(one['by'], one['status']) for one in answers if one['certificate'] == leaf},
            {(one['by'], one['status']) for one in answers if one['certificate'] != leaf})


@case('revocation: a leaf by its responder, an intermediate by the list')
def full(stage):
    with Authority(stage.fresh()) as ca:
        for name, status, code in (('good', 'not-revoked', 0), ('bad', 'revoked', 1)):
            target = ca.serve(name)
            ran = scan(stage, ca, target, '--revocation', 'full')
            yield from exits(ran, code)
            record = ran.records()[0]
            if said(record) != ({('ocsp', status)}, {('list', 'not-revoked')}):
                yield f'{name}: {record.get("revocation")}'
            if ('revocation.leaf-revoked' in rules(record)) != (name == 'bad'):
                yield f'{name}: {rules(record)}'
            quiet = scan(stage, ca, target).records()[0]
            if 'revocation' in quiet or 'revocation.leaf-revoked' in rules(quiet):
                yield f'{name}: asked without being told to'


@case('revocation: no answer of the responder, so the list that the leaf names')
def by_list(stage):
    with Authority(stage.fresh()) as ca:
        ca.responder_works = False
        for name, status in (('good', 'not-revoked'), ('bad', 'revoked')):
            record = scan(stage, ca, ca.serve(name), '--fetch', 'any').records()[0]
            if said(record)[0] != {('ocsp', 'unknown'), ('list', status)}:
                yield f'{name}: {record.get("revocation")}'


@case('revocation: check asks about files when it is told to, and not otherwise')
def files(stage):
    with Authority(stage.fresh()) as ca:
        for name, status, code in (('good', 'not-revoked', 0), ('bad', 'revoked', 1)):
            chain = ca.at(name + '-file.pem')
            chain.write_text(''.join(ca.at(part + '.pem').read_text() for part in (name, 'issuing')))
            words = ('check', '--profile', ca.profile(), '--trust-store', f'all={ca.at("root.pem")}', '-f', 'ndjson')
            for how in (('--revocation', 'full'), ('--fetch', 'any')):
                ran = stage.run(*words, *how, chain, chain)
                yield from exits(ran, code)
                for record in ran.records():
                    if said(record) != ({('ocsp', status)}, {('list', 'not-revoked')}):
                        yield f'{name} {how}: {record.get("revocation")}'
            ca.web.seen.clear()
            for how in ((), ('--offline', '--revocation', 'full'), ('--fetch', 'none'), ('--revocation', 'none')):
                yield from exits(stage.run(*words, *how, chain), 0)
            if ca.web.seen:
                yield f'{name}: asked without being told to: {ca.web.seen}'
            yield from exits(stage.run(*words, '--fetch', 'profile', chain), 0)
            if [path for path, _ in ca.web.seen] != ['/root.crl']:
                yield f'{name}: with --fetch profile: {ca.web.seen}'


@case('revocation: check takes lists as files, each for the issuer that has signed it')
def files_of_lists(stage):
    with Authority(stage.fresh()) as ca:
        lists = [word for name in ('leaf.crl', 'root.crl') for word in ('--crl', ca.at(name))]
        ca.web.seen.clear()
        for name, status, code in (('good', 'not-revoked', 0), ('bad', 'revoked', 1)):
            chain = ca.at(name + '-lists.pem')
            chain.write_text(''.join(ca.at(part + '.pem').read_text() for part in (name, 'issuing')))
            words = ('check', '--profile', ca.profile(), '--trust-store', f'all={ca.at("root.pem")}', '-f', 'ndjson')
            ran = stage.run(*words, *lists, chain)
            yield from exits(ran, code)
            # The profile's own list is not at hand, and said to be unknown.
            unknown = ('list', 'unknown')
            if said(ran.records()[0]) != ({('list', status), unknown}, {('list', 'not-revoked'), unknown}):
                yield f'{name}: {ran.records()[0].get("revocation")}'
            for wrong in (ca.at('root.pem'), ca.at('root.crl')):
                ran = stage.run(*words, '--crl', wrong, stage.write('leaf.pem', ca.at(name + '.pem').read_text()))
                if 'revocation.leaf-revoked' in rules(ran.records()[0]):
                    yield f'{name}: revoked by {wrong}'
                if b'says nothing' not in ran.err:
                    yield f'{wrong}: nothing is said of it: {ran.err}'
        if ca.web.seen:
            yield f'fetched: {ca.web.seen}'
        yield from exits(stage.run('check', '--crl', ca.at('none.crl'), chain), 2)


@case('revocation: an issuer that is not served is fetched to ask, and completes nothing')
def without_issuer(stage):
    with Authority(stage.fresh()) as ca:
        record = scan(stage, ca, ca.serve('bad', chain=()), '--fetch', 'any').records()[0]
        if ('ocsp', 'revoked') not in said(record)[0] or 'revocation.leaf-revoked' not in rules(record):
            yield f'{record.get("revocation")}: {rules(record)}'
        if any(path['trusted'] for path in record['paths']):
            yield 'a path through what was fetched'


@case('revocation: hosts that the profile does not name are asked only where they are public')
def guarded(stage):
    with Authority(stage.fresh()) as ca:
        profile = ca.at('elsewhere.yaml')
        profile.write_text(ca.profile().read_text().replace('127.0.0.1:', 'localhost:'))
        record = scan(stage, ca, ca.serve('bad'), '--fetch', 'any', profile=profile).records()[0]
        if 'revocation.leaf-revoked' in rules(record) or any(path.startswith('/ocsp') or path == '/leaf.crl'
                                                             for path, _ in ca.web.seen):
            yield f'{ca.web.seen}'
        if ('ocsp', 'unknown') not in said(record)[0]:
            yield f'{record.get("revocation")}'


@case('revocation: each URL once a run, however many hosts name it')
def once(stage):
    with Authority(stage.fresh()) as ca:
        ca.responder_works = False
        targets = [ca.serve('good') for _ in range(6)] + [ca.serve('bad') for _ in range(6)]
        ran = scan(stage, ca, *targets, '--fetch', 'any', '--ordered', '--per-address', '0')
        if [record['target']['port'] for record in ran.records()] != [int(t.rpartition(':')[2]) for t in targets]:
            yield 'not in order'
        lists = [path for path, _ in ca.web.seen if path.endswith('.crl')]
        if sorted(lists) != ['/leaf.crl', '/root.crl']:
            yield f'{lists}'


@case('revocation: none asks nobody')
def none(stage):
    with Authority(stage.fresh()) as ca:
        ran = scan(stage, ca, ca.serve('good'), '--revocation', 'none')
        yield from exits(ran, 0)
        found = {rule for rule in rules(ran.records()[0]) if rule.startswith('revocation.')}
        if any(path.endswith('.crl') for path, _ in ca.web.seen) or found:
            yield f'{ca.web.seen} {found}'


@case('arl: what a list is, and what it should name')
def states(stage):
    with Authority(stage.fresh()) as ca:
        cache = stage.fresh()
        expect = ', expect_revoked: [issuing], expect_from: 2026-01-01'
        ran = arl(stage, ca, cache=cache)
        yield from exits(ran, 0)
        first = json.loads(ran.out)
        if (first['state'], first['had'], first['number'], first['entries']) != ('good', 'fetched', '5', 0):
            yield f'{first}'
        again = json.loads(arl(stage, ca, cache=cache).out)
        if again['had'] != 'unchanged' or ('/root.crl', 304) not in ca.web.seen:
            yield f'not asked conditionally: {again["had"]}, {ca.web.seen}'
        late = arl(stage, ca, profile=ca.profile(expect=expect))
        yield from exits(late, 1)
        if not json.loads(late.out)['certificates'][0]['overdue']:
            yield 'nothing is said of what is missing'
        ca.keep('root.crl', 'old.crl')
        ca.revoke('issuing', 'root', 'superseded')
        ca.publish('root')
        listed = arl(stage, ca, profile=ca.profile(expect=expect), cache=cache)
        yield from exits(listed, 0)
        one = json.loads(listed.out)['certificates'][0]
        if (one['status'], one['reason'], one['overdue']) != ('revoked', 'superseded', False):
            yield f'{one}'
        ca.keep('old.crl', 'root.crl')
        kept = json.loads(arl(stage, ca, cache=cache).out)
        if (kept['had'], kept['number'], kept['status']) != ('kept', '6', 'warning'):
            yield f'an older list took the place of a newer one: {kept}'


@case('arl: a list that cannot be had or relied on')
def troubles(stage):
    with Authority(stage.fresh()) as ca:
        gone = arl(stage, ca, profile=ca.profile(arl='none.crl'))
        yield from exits(gone, 3)
        if json.loads(gone.out)['state'] != 'unavailable':
            yield f'{gone.out}'
        wrong = arl(stage, ca, profile=ca.profile(arl='leaf.crl'))
        yield from exits(wrong, 1)
        if json.loads(wrong.out)['state'] != 'invalid':
            yield f'{wrong.out}'
        text = stage.run('arl', '--profile', ca.profile(), '--trust-store', f'all={ca.at("root.pem")}')
        for words in (b'root-arl: good', b'next update', b'issuing: not listed', b'certutil -delstore'):
            if words not in text.out:
                yield f'{words} is not in {text.out}'
