# SPDX-License-Identifier: MIT
"""cases_policy.py - waivers, profiles other than the built-in first one, and drafting them"""
import re
import shutil
import socket
import ssl
import threading

from cases import Skip, collector, exits, refuses
from lab import run

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def check(stage, *words):
    return stage.run('check', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day,
                     *words)


def waiver(rule, host='*', until='2099-01-01', reason='the box goes'):
    return f'  - {{rule: {rule}, host: "{host}", reason: {reason}, until: {until}, by: mail team}}\n'


def waivers(stage, *rows):
    return stage.write('waivers.yaml', 'schema: chainmend.waivers/1\nwaivers:\n' + ''.join(rows))


@case('waivers: a waived finding is shown, and counts for nothing')
def waived(stage):
    chain = stage.lab.service('expired', 'chain.pem')
    before = check(stage, '-f', 'ndjson', chain).records()[0]
    rules = {f['rule'] for f in before['findings'] if f['severity'] != 'note'}
    file = waivers(stage, *(waiver(rule) for rule in sorted(rules)))
    ran = check(stage, '-f', 'ndjson', '--waivers', file, '--fail-on', 'warning', chain)
    yield from exits(ran, 0)
    after = ran.records()[0]
    if after['status'] != 'ok':
        yield f'status {after["status"]}'
    for key in ('chain', 'paths', 'tls', 'error'):
        if before[key] != after[key]:
            yield f'{key} is another'
    for finding in after['findings']:
        said = finding.pop('waived', None)
        want = {'reason': 'the box goes', 'until': '2099-01-01', 'by': 'mail team'}
        if said != (want if finding['rule'] in rules else None):
            yield f'{finding["rule"]}: {said}'
        if finding not in before['findings']:
            yield f'{finding["rule"]} is another finding'
    text = ' '.join(check(stage, '--waivers', file, chain).out.decode().split())
    if 'Waived' not in text or 'the box goes (mail team, until 2099-01-01)' not in text:
        yield f'not said: {text}'


@case('waivers: they end on their day, hold for their hosts, and what fits nothing is said')
def limits(stage):
    chain = stage.lab.service('expired', 'chain.pem')
    for row, status, word in (
            (waiver('leaf.expired', until=stage.day), 1, 'expired on'),
            (waiver('leaf.expired', host='192.0.2.0/24'), 1, None),
            (waiver('chain.root-sent'), 1, None)):
        ran = check(stage, '--waivers', waivers(stage, row), chain)
        yield from exits(ran, status)
        if word and word not in ran.err.decode():
            yield f'"{word}" is not said: {ran.err}'
    ran = check(stage, '-v', '--waivers', waivers(stage, waiver('chain.root-sent')), chain)
    if 'fits no finding' not in ran.err.decode():
        yield f'the idle one is not said: {ran.err}'


@case('waivers: a file that cannot be read is refused, with its line')
def unreadable(stage):
    chain = stage.lab.service('compliant', 'chain.pem')
    for text, word in (('schema: chainmend.waivers/1\nwaivers:\n' + waiver('leaf.expird'), ':3: '),
                       ('schema: chainmend.waivers/2\nwaivers: []\n', ':1: '), ('waivers', ':1: ')):
        yield from refuses(check(stage, '--waivers', stage.write('w.yaml', text), chain),
                           'w.yaml' + word)
    yield from refuses(check(stage, '--waivers', stage.fresh() / 'none.yaml', chain), 'none.yaml')


# --- Let's Encrypt, by forged twins: the same structure and names, keys of our own ---

CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n'
LEAF = ('basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n'
        'extendedKeyUsage=serverAuth\ncertificatePolicies=2.23.140.1.2.1\n'
        'subjectAltName=DNS:www.example.hk\n')
SCTS = '1.3.6.1.4.1.11129.2.4.2=DER:'
ISRG = 'O=Internet Security Research Group/CN=ISRG Root X1'
LE = "O=Let's Encrypt"


def scts(logs):
    """The extension's value with a timestamp by each log."""
    one = b''.join(bytes([0, 47, 0]) + bytes([log]) * 32 + bytes(14) for log in logs)
    return f'{SCTS}04{len(one) + 2:02x}{len(one):04x}{one.hex()}\n'


class Forge:
    """Certificates by the openssl program, for a year from now on."""

    def __init__(self, stage):
        self.openssl = shutil.which('openssl')
        if not self.openssl:
            raise Skip('openssl is not installed')
        self.folder = stage.fresh()
        self.serial = 0x1000000000000000

    def must(self, *words):
        ran = run([self.openssl, *words])
        if ran.status != 0:
            raise RuntimeError(str(ran))
        return ran.out

    def key(self, name):
        path = self.folder / f'{name}.key'
        if not path.exists():
            self.must('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', path)
        return path

    def cert(self, name, subject, issuer, extensions, key=None, days=60):
        """The PEM file NAME, of KEY; ISSUER is (its certificate's name, its key's) or None."""
        self.serial += 1
        out, key = self.folder / f'{name}.pem', key or name
        request = self.folder / f'{name}.csr'
        extra = self.folder / f'{name}.ext'
        extra.write_text(extensions)
        self.must('req', '-new', '-key', self.key(key), '-subj', f'/{subject}', '-out', request)
        by = (['-signkey', self.key(key)] if issuer is None else
              ['-CA', self.folder / f'{issuer[0]}.pem', '-CAkey', self.key(issuer[1])])
        self.must('x509', '-req', '-in', request, *by, '-days', str(days), '-set_serial', str(self.serial),
                  '-extfile', extra, '-out', out)
        return out

    def prints(self, name):
        """SHA-256 of the certificate, and of its key."""
        cert = self.folder / f'{name}.pem'
        whole = self.must('x509', '-in', cert, '-noout', '-fingerprint', '-sha256').decode()
        point = self.must('x509', '-in', cert, '-noout', '-pubkey')
        path = self.folder / 'point.pem'
        path.write_bytes(point)
        der = self.folder / 'point.der'
        self.must('pkey', '-pubin', '-in', path, '-outform', 'DER', '-out', der)
        spki = self.must('dgst', '-sha256', '-r', der).decode().split()[0]
        return whole.split('=')[1].strip().replace(':', '').lower(), spki

    def chain(self, *names):
        return ''.join((self.folder / f'{name}.pem').read_text() for name in names)


TWINS = {'isrg-root-x1': 'x1', 'isrg-root-x1-by-dst': 'x1-by-dst', 'root-yr-by-x1': 'yr-by-x1',
         'yr1': 'yr1', 'r12': 'r12', 'r3': 'r3'}


def twin_profile(stage, forge):
    """The built-in profile with the fingerprints of the twins."""
    text = stage.run('profile', 'show', 'letsencrypt').out.decode()
    for name, twin in TWINS.items():
        sha256, spki = forge.prints(twin)
        block = re.search(rf'  - id: {name}\n(?:    .*\n)+', text).group()
        made = re.sub(r'(?m)^    sha1: .*\n', '', block)
        made = re.sub(r'sha256: [0-9a-f]{64}', f'sha256: {sha256}', made, count=1)
        made = re.sub(r'spki_sha256: [0-9a-f]{64}', f'spki_sha256: {spki}', made)
        text = text.replace(block, made)
    return stage.write('twins.yaml', text)


def twins(stage):
    forge = Forge(stage)
    forge.cert('x1', ISRG, None, CA, days=3650)
    forge.cert('dst', 'O=Digital Signature Trust Co./CN=DST Root CA X3', None, CA, days=3650)
    forge.cert('x1-by-dst', ISRG, ('dst', 'dst'), CA, key='x1', days=3650)
    forge.cert('yr-by-x1', 'O=ISRG/CN=Root YR', ('x1', 'x1'), CA, key='yr', days=3650)
    eku = CA + 'extendedKeyUsage=serverAuth\n'
    forge.cert('yr1', LE + '/CN=YR1', ('yr-by-x1', 'yr'), eku, days=1000)
    forge.cert('r12', LE + '/CN=R12', ('x1', 'x1'), eku, days=1000)
    forge.cert('r3', LE + '/CN=R3', ('x1', 'x1'), eku, days=1000)
    good = LEAF + scts([1, 2])
    for issuer in ('yr1', 'r12', 'r3'):
        forge.cert(f'by-{issuer}', 'CN=www.example.hk', (issuer, issuer), good)
    forge.cert('unlogged', 'CN=www.example.hk', ('r12', 'r12'), LEAF)
    forge.cert('once', 'CN=www.example.hk', ('r12', 'r12'), LEAF + scts([1, 1]))
    forge.cert('long', 'CN=www.example.hk', ('r12', 'r12'), LEAF + scts([1, 2]), days=120)
    return forge


CHAINS = [  # descr, what is served, status, worst findings
    ('of 2025, as it is issued', ['by-yr1', 'yr1', 'yr-by-x1'], 'ok', {}),
    ('of 2024, as it is issued', ['by-r12', 'r12'], 'ok', {}),
    ('without the cross certificate', ['by-yr1', 'yr1'], 'critical', {'chain.untrusted': 'critical'}),
    ('with the cross certificate of old', ['by-r12', 'r12', 'x1-by-dst'], 'warning',
     {'migration.cross-retired': 'warning'}),
    ('with the intermediate of another', ['by-r12', 'r3'], 'critical',
     {'chain.incomplete': 'critical', 'migration.retired-intermediate': 'critical'}),
    ('under a retired intermediate', ['by-r3', 'r3'], 'critical',
     {'migration.leaf-from-retired': 'critical'}),
    ('with the root', ['by-r12', 'r12', 'x1'], 'ok', {'chain.root-sent': 'note'}),
    ('unlogged', ['unlogged', 'r12'], 'warning', {'policy.certificate-transparency': 'warning'}),
    ('logged once', ['once', 'r12'], 'critical', {'policy.certificate-transparency': 'critical'}),
    ('longer than the CA issues', ['long', 'r12'], 'ok', {'leaf.validity-too-long': 'note'}),
]


def judged(record, status, findings):
    found = {f['rule']: f['severity'] for f in record['findings']}
    if record['status'] != status:
        yield f'{record["status"]} and not {status}: {found}'
    for rule, severity in findings.items():
        if found.get(rule) != severity:
            yield f'{rule} is {found.get(rule)} and not {severity}: {found}'
    extra = {rule for rule, severity in found.items() if severity != 'note'} - set(findings)
    if not findings and extra:
        yield f'besides: {extra}'
    if record['validation'] != 'dv':
        yield f'validation {record["validation"]}'


def stores(forge):
    root = forge.folder / 'x1.pem'
    return ['--trust-store', f'current={root}', '--trust-store', f'older={root}']


@case("profile letsencrypt: chains of forged twins are judged as its data say")
def letsencrypt(stage):
    forge = twins(stage)
    profile = twin_profile(stage, forge)
    yield from exits(stage.run('profile', 'lint', profile), 0)
    for descr, names, status, findings in CHAINS:
        file = stage.write('chain.pem', forge.chain(*names))
        ran = stage.run('check', '--profile', profile, *stores(forge), '-f', 'ndjson', file)
        for wrong in judged(ran.records()[0], status, findings):
            yield f'{descr}: {wrong}'


def serve_once(listener, context):
    with context.wrap_socket(listener.accept()[0], server_side=True) as peer:
        peer.recv(1)


@case("profile letsencrypt: a server with a twin's chain is scanned")
def letsencrypt_server(stage):
    forge = twins(stage)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(stage.write('chain.pem', forge.chain('by-yr1', 'yr1', 'yr-by-x1')),
                            forge.key('by-yr1'))
    with socket.create_server(('127.0.0.1', 0)) as listener:
        threading.Thread(target=lambda: _quietly(serve_once, listener, context), daemon=True).start()
        port = listener.getsockname()[1]
        ran = stage.run('scan', '--profile', twin_profile(stage, forge), *stores(forge), '--fetch', 'none',
                        '-f', 'ndjson', f'https://www.example.hk@127.0.0.1:{port}')
    record = ran.records()[0]
    yield from judged(record, 'ok', {})
    known = [cert['known_as'] for cert in record['chain']]
    if known != [None, 'yr1', 'root-yr-by-x1'] or record['scts'] != 2:
        yield f'{known}, {record["scts"]} timestamps'


@case('profile new: a draft loads, is what the certificates say, and judges')
def draft(stage):
    forge = twins(stage)
    files = [forge.folder / f'{name}.pem' for name in ('x1', 'dst', 'x1-by-dst', 'r12', 'r3')]
    out = stage.fresh() / 'draft.yaml'
    yield from exits(stage.run('profile', 'new', '--from', *files, '--id', 'twins', '-o', out), 0)
    text = out.read_text()
    for word in ('id: twins\n', 'id: isrg-root-x1-cross-', 'issuer: dst-root-ca-x3', 'DECIDE'):
        if word not in text:
            yield f'no "{word}" in {text}'
    complaints = stage.run('profile', 'lint', out).out.decode().splitlines()
    if [line for line in complaints if 'without a url' not in line] or not complaints:
        yield complaints
    file = stage.write('chain.pem', forge.chain('by-r12', 'r12', 'x1-by-dst'))
    ran = stage.run('check', '--profile', out, '--trust-store', f'current={files[0]}', '--trust-store',
                    f'older={files[1]}', '-f', 'ndjson', file)
    yield from judged(ran.records()[0], 'ok', {})
    yield from refuses(stage.run('profile', 'new', '--from', files[3]), 'in none of the files')
    yield from refuses(stage.run('profile', 'new'), '--from')
    yield from refuses(stage.run('profile', 'list', '--from', files[0]), 'profile new only')
    yield from refuses(stage.run('profile', 'new', '--from', files[0], files[3], '--id', 'a b'), 'a b')


def _quietly(serve, *arguments):
    """A client that has read enough goes away in the middle."""
    try:
        serve(*arguments)
    except OSError:
        pass
