# SPDX-License-Identifier: MIT
"""cases_check.py - `chainmend check`: chain files of every kind, and the real certificates"""
import os
import pathlib
import shutil

from cases import Skip, collector, exits, refuses
from lab import run

__all__ = ['CASES', 'Skip']
CASES, case = collector()

UNAVAILABLE = 'revocation.list-unavailable'
SHARED = pathlib.Path(__file__).resolve().parents[2] / '..' / 'shared'


def check(stage, *words, **more):
    return stage.run('check', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, '-f',
                     'ndjson', *words, **more)


def known(record):
    return [cert['known_as'] for cert in record['chain']]


@case('check: a chain file is judged as the server that sends it')
def pem(stage):
    for state in ('compliant', 'retired', 'both-retired-first', 'leaf-only', 'wrong-order',
                  'cross-2017', 'expired', 'other-ca'):
        entry = stage.states[state]
        records = check(stage, stage.lab.service(state, 'chain.pem')).records()
        if [r['status'] for r in records] != [entry['status']]:
            yield f'{state}: {[r["status"] for r in records]}'
            continue
        have = {f['rule'] for f in records[0]['findings']}
        # Nothing is fetched, so the list is not had and revokes nobody.
        if not set(entry['must']) <= have or have & set(entry['must_not']) - {UNAVAILABLE}:
            yield f'{state}: {have}'
        if known(records[0]) != entry['known_as']:
            yield f'{state}: {known(records[0])}'


@case('check: DER, PKCS#7, PKCS#12, standard input')
def kinds(stage):
    openssl = shutil.which('openssl')
    if not openssl:
        raise Skip('openssl is not installed')
    folder = stage.fresh()
    chain, leaf, rest, key = (stage.lab.service('retired', f'{part}.pem')
                              for part in ('chain', 'leaf', 'rest', 'key'))
    (folder / 'password').write_text('geheim\n')
    for command in (['x509', '-in', leaf, '-outform', 'DER', '-out', folder / 'leaf.der'],
                    ['crl2pkcs7', '-nocrl', '-certfile', chain, '-out', folder / 'pem.p7b'],
                    ['crl2pkcs7', '-nocrl', '-certfile', chain, '-outform', 'DER', '-out',
                     folder / 'der.p7b'],
                    ['pkcs12', '-export', '-in', leaf, '-inkey', key, '-certfile', rest, '-passout',
                     'pass:geheim', '-out', folder / 'chain.pfx']):
        made = run([openssl, *command])
        if made.status != 0:
            yield f'{command[0]}: {made}'
    whole = {None, 'ssl-ca-3-17-2017', 'root-ca-3-cross-2022'}
    for words, wanted, more in (
            ([folder / 'leaf.der'], {None}, {}),
            ([folder / 'pem.p7b'], whole, {}),
            ([folder / 'der.p7b'], whole, {}),
            (['--password-file', folder / 'password', folder / 'chain.pfx'], whole, {}),
            (['-'], whole, {'stdin': pathlib.Path(chain).read_bytes()})):
        ran = check(stage, *words, **more)
        try:
            have = [set(known(record)) for record in ran.records()]
        except ValueError:
            have = None
        if have != [wanted]:
            yield f'{words[-1]}: {have} {ran}'
    for words in ([folder / 'chain.pfx'], ['--password-file', leaf, folder / 'chain.pfx']):
        yield from refuses(check(stage, *words), 'chain.pfx')


@case('check: what cannot be read is refused')
def unreadable(stage):
    yield from refuses(stage.run('check'))
    yield from refuses(check(stage, stage.fresh() / 'missing.pem'), 'missing.pem')
    yield from refuses(check(stage, stage.fresh()))
    yield from refuses(check(stage, stage.write('empty.pem', '')), 'empty.pem')
    yield from refuses(check(stage, stage.write('text.pem', 'no certificate\n')), 'text.pem')
    yield from refuses(check(stage, stage.write('bytes.der', bytes(range(256)))), 'bytes.der')


@case('check: exit statuses')
def statuses(stage):
    for state, status in (('compliant', 0), ('no-cross', 0), ('expired', 1), ('leaf-only', 1)):
        yield from exits(check(stage, stage.lab.service(state, 'chain.pem')), status)
    both = [stage.lab.service(state, 'chain.pem') for state in ('compliant', 'expired')]
    ran = check(stage, *both)
    yield from exits(ran, 1)
    if len(ran.records()) != 2:
        yield f'{len(ran.records())} records of two files'


# --- The real certificates ---

def real(name):
    shared = pathlib.Path(os.environ.get('CHAINMEND_SHARED', SHARED))
    path = shared / 'pki' / 'real' / f'{name}.pem'
    if not path.exists():
        raise Skip('the real certificates are not here (CHAINMEND_SHARED)')
    return path.read_text()


LEAF = 'leaf-ssl-ca-3-17-2020-chinese-idn'
ROOTS = ('root-ca-3', 'globalsign-root-ca-r3')
# Our names of the files, by the profile's ids.
REAL = {
    'ssl-ca-3-17-2025': 'ssl-ca-3-17-new-2025',
    'ssl-ca-3-17-2017': 'ssl-ca-3-17-old-2017',
    'ev-ssl-ca-3-17-2025': 'ev-ssl-ca-3-17-new-2025',
    'ev-ssl-ca-3-17-2017': 'ev-ssl-ca-3-17-old-2017',
    'root-ca-3-cross-2022': 'cross-root-ca-3-by-globalsign-r3-2022',
}


def real_check(stage, text, *words):
    """With the built-in profile, and anchors that do not depend on the machine's store."""
    roots = stage.write('roots.pem', ''.join(real(name) for name in ROOTS))
    other = stage.write('globalsign.pem', real(ROOTS[1]))
    ran = stage.run('check', '--offline', '-f', 'ndjson', '--trust-store', f'current={roots}',
                    '--trust-store', f'stock-java={other}', '--trust-store',
                    f'legacy-devices={other}', *words, stage.write('chain.pem', text))
    return ran.records()[0]


@case('real certificates: old and new intermediates and all five crosses are told apart')
def real_known(stage):
    names = [*REAL.items()]
    shared = pathlib.Path(os.environ.get('CHAINMEND_SHARED', SHARED)) / 'pki' / 'real'
    real(LEAF)
    crosses = sorted(path.stem for path in shared.glob('cross-root-ca-3-by-*.pem'))
    names += [(None, name) for name in crosses if name not in REAL.values()]
    have = {}
    for wanted, name in names:
        record = real_check(stage, real(name), '--as-of', '2026-01-15')
        have[name] = known(record)[0]
        if wanted and have[name] != wanted:
            yield f'{name} is known as {have[name]}, not {wanted}'
    retired = [have[name] for name in crosses]
    if len(crosses) != 5 or None in retired or len(set(retired)) != 5:
        yield f'the crosses are known as {retired}'


@case('real certificates: a chain through each intermediate leads to both roots')
def real_paths(stage):
    for issuing in ('ssl-ca-3-17-old-2017', 'ssl-ca-3-17-new-2025'):
        for cross in ('cross-root-ca-3-by-globalsign-r3-2022', None):
            text = real(LEAF) + real(issuing) + (real(cross) if cross else '')
            # The new intermediate is of 2025, the leaf of 2020: no day suits both.
            day = '2021-06-01'
            record = real_check(stage, text, '--as-of', day)
            have = {path['trust_store']: len(path['certificates']) for path in record['paths']}
            wanted = {'current': 3, 'stock-java': 4, 'legacy-devices': 4} if cross else \
                {'current': 3}
            for store, length in wanted.items():
                if have.get(store) != length:
                    yield f'{issuing}, {cross}: {record["paths"]}'
    record = real_check(stage, real(LEAF) + real('ssl-ca-3-17-old-2017'), '--as-of', '2021-06-01')
    if [p['trusted'] for p in record['paths'] if p['trust_store'] == 'current'] != [True]:
        yield f'the chain of 2021 is not trusted: {record["paths"]}'
    if record['status'] == 'out-of-scope':
        yield 'out of scope'


@case('real certificates: the retired intermediate is critical once it had to be gone')
def real_deadline(stage):
    text = real(LEAF) + real('ssl-ca-3-17-old-2017')
    for day, severity in (('2025-04-30', 'note'), ('2025-05-01', 'warning'),
                          ('2026-06-14', 'warning'), ('2026-06-15', 'critical')):
        record = real_check(stage, text, '--as-of', day)
        have = [f['severity'] for f in record['findings']
                if f['rule'] == 'migration.retired-intermediate']
        if have != [severity]:
            yield f'{day}: {have}, not {severity}'
