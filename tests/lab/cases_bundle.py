# SPDX-License-Identifier: MIT
"""cases_bundle.py - `chainmend bundle`: what a server should serve, held against other programs"""
import pathlib
import re
import shutil
import socket
import ssl
import stat
import subprocess
import threading

from authority import Authority
from cases import Skip, collector, exits, refuses, unprintable
from lab import quiet_environment, run

__all__ = ['CASES', 'Skip']
CASES, case = collector()

ISSUING, CROSS = 'ssl-ca-3-17-2025', 'root-ca-3-cross-2022'
PASSWORD = 'long and secret'


def program(name):
    path = shutil.which(name)
    if not path:
        raise Skip(f'{name} is not installed')
    return path


def bundle(stage, *words, **more):
    return stage.run('bundle', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, *words, **more)


def blocks(text):
    """The PEM blocks of a text, without line ends."""
    text = text.decode() if isinstance(text, bytes) else text
    return [''.join(body.split()) for body in
            re.findall(r'-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----', text, re.S)]


def pems(stage, state):
    return [blocks(pathlib.Path(stage.lab.service(state, part + '.pem')).read_text()) for part in ('leaf', 'rest')]


def known(stage, text):
    """What the profile calls the certificates of a text."""
    ran = stage.run('check', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, '-f', 'ndjson', '-',
                    stdin=text if isinstance(text, bytes) else text.encode())
    return [cert['known_as'] for cert in ran.records()[0]['chain']]


def secret(stage, text=PASSWORD):
    return stage.write('password', text + '\n')


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@case('bundle: from every state the chain that is in order, and the profile says so')
def states(stage):
    for state in ('compliant', 'retired', 'both-retired-first', 'leaf-only', 'wrong-order', 'cross-2017',
                  'root-instead-of-cross', 'no-cross', 'leaf-and-cross'):
        ran = bundle(stage, stage.lab.service(state, 'chain.pem'))
        yield from exits(ran, 0)
        leaf = pems(stage, state)[0][0]
        if blocks(ran.out)[:1] != [leaf]:
            yield f'{state}: the leaf does not come first'
        have = known(stage, ran.out) if ran.out else None
        if have != [None, ISSUING, CROSS]:
            yield f'{state}: {have}'
        checked = stage.run('check', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, '-',
                            stdin=ran.out)
        yield from exits(checked, 0)


@case('bundle: another product has another issuer')
def extended(stage):
    ran = bundle(stage, stage.lab.service('compliant-ev', 'leaf.pem'))
    if known(stage, ran.out) != [None, 'ev-ssl-ca-3-17-2025', CROSS]:
        yield f'{known(stage, ran.out)} {ran}'


@case('bundle: nothing is fetched where the files suffice')
def no_network(stage):
    ran = bundle(stage, stage.lab.service('compliant', 'chain.pem'), '--fetch', 'none', '--cache', stage.fresh())
    yield from exits(ran, 0)
    folder = stage.fresh()
    ran = bundle(stage, stage.lab.service('compliant', 'chain.pem'), '--cache', folder)
    if any(folder.rglob('*.*')):
        yield f'fetched: {list(folder.rglob("*"))}'


@case('bundle: what is lacking is said, nothing is written, exit status 3')
def lacking(stage):
    out = stage.fresh() / 'bundle.pem'
    for words in (['--offline'], ['--fetch', 'none']):
        ran = bundle(stage, stage.lab.service('leaf-only', 'leaf.pem'), *words, '-o', out)
        yield from exits(ran, 3)
        if b'not at hand' not in ran.err or b'http://' not in ran.err:
            yield ran
        if out.exists():
            yield 'a file was written'
    ran = bundle(stage, stage.lab.service('retired', 'chain.pem'), '--offline')
    yield from exits(ran, 3)
    if ran.out or b'retired' not in ran.err:
        yield ran


@case('bundle: fetched once, then from the cache')
def cached(stage):
    folder = stage.fresh()
    for words in ([], ['--offline']):
        ran = bundle(stage, stage.lab.service('leaf-only', 'leaf.pem'), '--cache', folder, *words)
        if known(stage, ran.out) != [None, ISSUING, CROSS]:
            yield ran


@case('bundle: says what it left out and why, in three languages')
def left_out(stage):
    words = [stage.lab.service('both-retired-first', 'chain.pem'),
             stage.lab.file('root-ca-3.pem') if pathlib.Path(stage.lab.file('root-ca-3.pem')).exists()
             else stage.lab.service('root-instead-of-cross', 'rest.pem')]
    said = {}
    for language in ('en', 'zh-Hant', 'zh-Hans'):
        ran = bundle(stage, *words, '--lang', language)
        yield from exits(ran, 0)
        yield from unprintable(ran.err)
        said[language] = ran.err.decode()
    for word in ('left out', 'the CA has retired it, and ssl-ca-3-17-2025 takes its place', 'it is a root'):
        if word not in said['en']:
            yield f'"{word}" is not in: {said["en"]}'
    quiet = bundle(stage, *words, '-q')
    if quiet.err:
        yield f'-q: {quiet}'


@case('bundle: DER, PKCS#7, PKCS#12 with its password, standard input')
def kinds(stage):
    openssl, folder = program('openssl'), stage.fresh()
    chain, leaf, rest, key = (stage.lab.service('retired', f'{part}.pem') for part in ('chain', 'leaf', 'rest', 'key'))
    for command in (['x509', '-in', leaf, '-outform', 'DER', '-out', folder / 'leaf.der'],
                    ['crl2pkcs7', '-nocrl', '-certfile', chain, '-outform', 'DER', '-out', folder / 'der.p7b'],
                    ['pkcs12', '-export', '-in', leaf, '-inkey', key, '-certfile', rest, '-passout',
                     f'pass:{PASSWORD}', '-out', folder / 'chain.pfx']):
        made = run([openssl, *command])
        if made.status != 0:
            yield f'{command[0]}: {made}'
    for words, more in (([folder / 'leaf.der'], {}), ([folder / 'der.p7b'], {}),
                        (['--password-file', secret(stage), folder / 'chain.pfx'], {}),
                        (['-'], {'stdin': pathlib.Path(leaf).read_bytes()})):
        ran = bundle(stage, *words, **more)
        if known(stage, ran.out) != [None, ISSUING, CROSS]:
            yield f'{words[-1]}: {ran}'
    yield from refuses(bundle(stage, '--password-file', secret(stage, 'wrong'), folder / 'chain.pfx'), 'chain.pfx')
    yield from refuses(bundle(stage, folder / 'chain.pfx'), 'chain.pfx', 'password')


@case('bundle: the chain alone, in PEM and PKCS#7, as openssl, certtool and keytool read it')
def forms(stage):
    openssl, folder = program('openssl'), stage.fresh()
    leaf = stage.lab.service('leaf-only', 'leaf.pem')
    whole, chain, bag = folder / 'full.pem', folder / 'chain.pem', folder / 'chain.p7b'
    for words in (['-o', whole], ['--without-leaf', '-o', chain], ['--to', 'pkcs7', '-o', bag]):
        yield from exits(bundle(stage, *words, leaf), 0)
    if blocks(whole.read_text())[1:] != blocks(chain.read_text()) or len(blocks(chain.read_text())) != 2:
        yield 'the chain is not what is above the leaf'
    ran = run([openssl, 'pkcs7', '-in', bag, '-print_certs'])
    if blocks(ran.out) != blocks(whole.read_text()):
        yield f'openssl pkcs7: {ran} {ran.out[:300]}'
    ran = run([program('certtool'), '--p7-info', '--infile', bag])
    if blocks(ran.out) != blocks(whole.read_text()):
        yield f'certtool: {ran}'
    ran = run([program('keytool'), '-printcert', '-rfc', '-file', bag])
    if blocks(ran.out) != blocks(whole.read_text()):
        yield f'keytool: {ran} {ran.out[:300]}'
    ran = run([openssl, 'verify', '-attime', '1768435200', '-CAfile', stage.lab.file('stock-java.pem'), '-untrusted',
               chain, leaf])
    yield from exits(ran, 0)


@case('bundle: the key has to be that of the leaf, and stays where it is')
def keys(stage):
    leaf = stage.lab.service('leaf-only', 'leaf.pem')
    own, other = stage.lab.service('leaf-only', 'key.pem'), stage.lab.service('compliant', 'key.pem')
    good = bundle(stage, '--key', own, leaf)
    yield from exits(good, 0)
    if b'PRIVATE KEY' in good.out + good.err:
        yield 'the key is on standard output'
    out = stage.fresh() / 'bundle.pem'
    stranger = stage.write('other.key', run([program('openssl'), 'genpkey', '-algorithm', 'EC', '-pkeyopt',
                                             'ec_paramgen_curve:P-256']).out)
    for key in (stranger, *([] if pathlib.Path(own).read_bytes() == pathlib.Path(other).read_bytes() else [other])):
        bad = bundle(stage, '--key', key, leaf, '-o', out)
        yield from exits(bad, 1)
        if out.exists() or b'not that of the certificate' not in bad.err:
            yield bad
    yield from refuses(bundle(stage, '--key', leaf, leaf), 'leaf.pem', 'private key')
    for words in (['--with-key'], ['--to', 'pkcs12'], ['--to', 'jks']):
        yield from refuses(bundle(stage, '--key', own, *words, leaf), '--output')
    yield from refuses(bundle(stage, '--with-key', '-o', out, leaf), '--key')
    yield from exits(bundle(stage, '--key', own, '--with-key', '-o', out, leaf), 0)
    if mode(out) != 0o600 or out.read_text().count('PRIVATE KEY-----') != 2:
        yield f'{oct(mode(out))} {out.read_text()[-300:]}'
    # One that was readable by all is so no more.
    out.chmod(0o644)
    yield from exits(bundle(stage, '--key', own, '--with-key', '-o', out, leaf), 0)
    if mode(out) != 0o600:
        yield oct(mode(out))


@case('bundle: a key in DER, in PKCS#8 with a password, as OpenSSL used to write it')
def key_kinds(stage):
    openssl, folder = program('openssl'), stage.fresh()
    leaf, own = (stage.lab.service('leaf-only', f'{part}.pem') for part in ('leaf', 'key'))
    for command in (['pkcs8', '-topk8', '-in', own, '-passout', f'pass:{PASSWORD}', '-out', folder / 'sealed.pem'],
                    ['pkcs8', '-topk8', '-in', own, '-passout', f'pass:{PASSWORD}', '-outform', 'DER', '-out',
                     folder / 'sealed.der'],
                    ['pkcs8', '-topk8', '-nocrypt', '-in', own, '-outform', 'DER', '-out', folder / 'plain8.der'],
                    ['rsa', '-in', own, '-traditional', '-outform', 'DER', '-out', folder / 'plain1.der'],
                    ['rsa', '-in', own, '-traditional', '-aes128', '-passout', f'pass:{PASSWORD}', '-out',
                     folder / 'sealed1.pem']):
        yield from exits(run([openssl, *command]), 0)
    for name in ('sealed.pem', 'sealed.der', 'plain8.der', 'plain1.der', 'sealed1.pem'):
        ran = bundle(stage, '--key', folder / name, '--password-file', secret(stage), leaf)
        if ran.status != 0 or b'is that of the certificate' not in ran.err:
            yield f'{name}: {ran}'
    yield from refuses(bundle(stage, '--key', folder / 'sealed.pem', '--password-file', secret(stage, 'wrong'), leaf),
                       'sealed.pem')
    # Twenty million rounds of hashing are not begun.
    slow = run([openssl, 'pkcs8', '-topk8', '-in', own, '-passout', f'pass:{PASSWORD}', '-iter', '10', '-outform',
                'DER']).out
    slow = slow.replace(b'\x02\x01\x0a', b'\x02\x01\x7f', 1)
    at = slow.index(b'\x02\x01\x7f')
    grown = slow[:at] + b'\x02\x04\x7f\xff\xff\xff' + slow[at + 3:]
    yield from refuses(bundle(stage, '--key', stage.write('slow.der', widen(grown, at, 3)), '--password-file',
                              secret(stage), leaf), 'slow.der', 'ten million')


def widen(der, at, more):
    """Every SEQUENCE around offset AT is MORE bytes longer."""
    out, place, end = bytearray(der), 0, len(der) - more
    while place < at and out[place] == 0x30:
        octets = out[place + 1] & 0x7f if out[place + 1] & 0x80 else 0
        where = slice(place + 2, place + 2 + octets) if octets else slice(place + 1, place + 2)
        length = int.from_bytes(out[where], 'big')
        content = place + 2 + octets
        if content + length <= at:
            place = content + length
            continue
        out[where] = (length + more).to_bytes(octets or 1, 'big')
        place = content
        while out[place] != 0x30 and place < at:
            place += 2 + out[place + 1]
    return bytes(out) if end else der


@case('bundle: PKCS#12 that openssl and keytool read, without the legacy provider')
def pkcs12(stage):
    openssl, keytool, folder = program('openssl'), program('keytool'), stage.fresh()
    leaf, own = (stage.lab.service('leaf-only', f'{part}.pem') for part in ('leaf', 'key'))
    wanted = blocks(bundle(stage, leaf).out)
    for words, kind in (([], b'PBES2'), (['--for', 'modern'], b'AES-256-CBC'),
                        (['--for', 'windows-2008'], b'pbeWithSHA1And3-KeyTripleDES-CBC')):
        out = folder / f'{len(words)}{kind[:3].decode()}.pfx'
        ran = bundle(stage, '--to', 'pkcs12', '--key', own, '--password-file', secret(stage), '-o', out, *words, leaf)
        yield from exits(ran, 0)
        if mode(out) != 0o600:
            yield oct(mode(out))
        info = run([openssl, 'pkcs12', '-info', '-in', out, '-passin', f'pass:{PASSWORD}', '-nodes'])
        if info.status != 0 or kind not in info.err or blocks(info.out) != wanted:
            yield f'{words}: {info} {blocks(info.out) == wanted}'
        if (b'MAC: sha1' in info.err) != (words[-1:] == ['windows-2008']):
            yield f'{words}: {info}'
        listed = run([keytool, '-list', '-v', '-keystore', out, '-storetype', 'PKCS12', '-storepass', PASSWORD])
        if listed.status != 0 or b'Certificate chain length: 3' not in listed.out:
            yield f'{words}: {listed} {listed.out[:400]}'
        text = run([openssl, 'pkcs12', '-in', out, '-passin', f'pass:{PASSWORD}', '-nodes', '-nocerts']).out
        fits = bundle(stage, '--key', stage.write('back.key', text), leaf)
        yield from exits(fits, 0)
    # What was read from one goes into another with the right chain.
    old = folder / 'old.pfx'
    yield from exits(run([openssl, 'pkcs12', '-export', '-in', stage.lab.service('retired', 'leaf.pem'), '-inkey',
                          stage.lab.service('retired', 'key.pem'), '-certfile',
                          stage.lab.service('retired', 'rest.pem'), '-passout', f'pass:{PASSWORD}', '-out', old]), 0)
    out = folder / 'new.pfx'
    yield from exits(bundle(stage, '--to', 'pkcs12', '--password-file', secret(stage), '--output-password-file',
                            secret(stage, 'another one'), '-o', out, old), 0)
    new = run([openssl, 'pkcs12', '-in', out, '-passin', 'pass:another one', '-nokeys'])
    if known(stage, new.out) != [None, ISSUING, CROSS]:
        yield f'{new} {known(stage, new.out)}'
    yield from refuses(bundle(stage, '--to', 'pkcs12', '--password-file', secret(stage), '-o', out, leaf), '--key')
    yield from refuses(bundle(stage, '--to', 'pkcs12', '--key', own, '-o', out, leaf), 'terminal')


@case('bundle: a Java key store by keytool, and a clear word where that is not')
def jks(stage):
    keytool, folder = program('keytool'), stage.fresh()
    leaf, own = (stage.lab.service('leaf-only', f'{part}.pem') for part in ('leaf', 'key'))
    out = folder / 'server.jks'
    words = ['--to', 'jks', '--key', own, '--password-file', secret(stage), '-o', out, leaf]
    scratch = stage.fresh()
    command = [stage.chainmend, 'bundle', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, *words]
    yield from exits(run([*command, '--alias', 'tomcat'],
                         env={**quiet_environment(stage.fresh()), 'TMPDIR': str(scratch)}), 0)
    if mode(out) != 0o600 or out.read_bytes()[:4] != b'\xfe\xed\xfe\xed':
        yield f'{oct(mode(out))} {out.read_bytes()[:4]}'
    listed = run([keytool, '-list', '-v', '-keystore', out, '-storepass', PASSWORD, '-alias', 'tomcat'])
    if b'PrivateKeyEntry' not in listed.out or b'Certificate chain length: 3' not in listed.out:
        yield f'{listed} {listed.out[:400]}'
    left = list(scratch.glob('chainmend-*'))
    if left:
        yield f'left behind: {left}'
    yield from refuses(bundle(stage, '--to', 'jks', '--key', own, '--password-file', secret(stage, 'short'), '-o',
                              out, leaf), '6 characters')
    bare = stage.fresh()
    ran = run(command, env={'PATH': str(bare), 'XDG_CACHE_HOME': str(bare), 'LC_ALL': 'C.UTF-8'})
    yield from exits(ran, 2)
    if b'keytool' not in ran.err:
        yield ran


@case('bundle: options that would say nothing are refused')
def unfit(stage):
    leaf, own = (stage.lab.service('leaf-only', f'{part}.pem') for part in ('leaf', 'key'))
    for words, word in ((['--alias', 'a'], '--alias'), (['--for', 'modern'], '--for'),
                        (['--to', 'pkcs7', '--with-key', '--key', own, '-o', 'x'], '--with-key'),
                        (['--to', 'pkcs12', '--without-leaf', '--key', own, '-o', 'x'], '--without-leaf'),
                        (['--output-password-file', leaf], '--output-password-file'), (['--to', 'zip'], '--to')):
        yield from refuses(bundle(stage, *words, leaf), word)
    yield from refuses(bundle(stage), 'nothing to bundle')
    yield from refuses(bundle(stage, stage.fresh() / 'missing.pem'), 'missing.pem')
    yield from refuses(bundle(stage, stage.write('empty.pem', '')), 'empty.pem')


@case('bundle: any CA: its own chain, and with --fetch any what certificates name')
def any_ca(stage):
    program('openssl')
    with Authority(stage.fresh()) as authority:
        profile = ['--profile', authority.profile()]
        issuing, leaf = authority.at('issuing.pem'), authority.at('good.pem')
        trust = ['--trust-store', f'all={authority.at("root.pem")}']
        ran = stage.run('bundle', *profile, *trust, leaf, issuing)
        if ran.status != 0 or blocks(ran.out) != blocks(leaf.read_text()) + blocks(issuing.read_text()):
            yield ran
        # Under a profile that knows nothing of it.
        ran = bundle(stage, leaf, issuing, authority.at('root.pem'))
        if ran.status != 0 or blocks(ran.out) != blocks(leaf.read_text()) + blocks(issuing.read_text()):
            yield ran
        # Certificates lead to public addresses only, and this one names loopback.
        ran = bundle(stage, leaf, authority.at('root.pem'), '--fetch', 'any')
        yield from exits(ran, 3)
        if authority.web.seen and any(path == '/issuing.der' for path, _ in authority.web.seen):
            yield 'a certificate led to loopback'
        # A host that the profile names is the user's own choice.
        ran = stage.run('bundle', *profile, *trust, leaf, '--fetch', 'any')
        if ran.status != 0 or blocks(ran.out) != blocks(leaf.read_text()) + blocks(issuing.read_text()):
            yield ran


@case('bundle: names that mean ill stay words')
def hostile(stage):
    openssl, folder = program('openssl'), stage.fresh()
    (folder / 'x.cnf').write_text('[req]\ndistinguished_name=n\n[n]\n[e]\nsubjectAltName=DNS:example.hk\n')
    name = '/CN=$(touch pwned)\x1b[2J\u202e-----BEGIN PRIVATE KEY-----'
    ran = run([openssl, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', folder / 'key.pem', '-out',
               folder / 'leaf.pem', '-subj', name, '-utf8', '-days', '30', '-config', folder / 'x.cnf',
               '-extensions', 'e'])
    yield from exits(ran, 0)
    out = folder / 'out.pfx'
    for words in ([], ['--to', 'pkcs7'],
                  ['--to', 'pkcs12', '--key', folder / 'key.pem', '--password-file', secret(stage), '-o', out],
                  *([['--to', 'jks', '--key', folder / 'key.pem', '--password-file', secret(stage), '-o',
                      folder / 'out.jks']] if shutil.which('keytool') else [])):
        ran = bundle(stage, *words, folder / 'leaf.pem')
        yield from exits(ran, 0)
        yield from unprintable(ran.err)
    if list(pathlib.Path('.').glob('pwned')):
        yield 'a name was run'
    listed = run([openssl, 'pkcs12', '-in', out, '-passin', f'pass:{PASSWORD}', '-nokeys'])
    if len(blocks(listed.out)) != 1:
        yield listed


class Served:
    """A TLS server with files that were made."""

    def __init__(self, chain, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.context = context
        threading.Thread(target=self.accept, daemon=True).start()

    def talk(self, peer):
        try:
            with peer, self.context.wrap_socket(peer, server_side=True) as stream:
                stream.recv(1)
        except (OSError, ValueError):
            pass

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


@case('bundle: served as it is, a scan finds it in order')
def served(stage):
    for state in ('retired', 'leaf-only', 'wrong-order'):
        out = stage.fresh() / 'fullchain.pem'
        yield from exits(bundle(stage, stage.lab.service(state, 'chain.pem'), '-o', out), 0)
        host = stage.states[state]['host']
        with Served(out, stage.lab.service(state, 'key.pem')) as server:
            ran = stage.ndjson(f'{host}@127.0.0.1:{server.port}')
        if [record['status'] for record in ran.records()] != ['ok']:
            yield f'{state}: {[record["findings"] for record in ran.records()]} {ran}'


@case('bundle: nginx serves it, and a scan finds it in order')
def nginx(stage):
    path, folder = program('nginx'), stage.fresh()
    out = folder / 'fullchain.pem'
    yield from exits(bundle(stage, stage.lab.service('retired', 'chain.pem'), '-o', out), 0)
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    (folder / 'nginx.conf').write_text(
        f'daemon off; master_process off; pid {folder}/pid; error_log {folder}/log; events {{}}\n'
        f'http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; '
        f'fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n'
        f'server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {out}; '
        f'ssl_certificate_key {stage.lab.service("retired", "key.pem")}; }} }}\n')
    server = subprocess.Popen([path, '-c', str(folder / 'nginx.conf'), '-p', str(folder)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ran = stage.ndjson(f'{stage.states["retired"]["host"]}@127.0.0.1:{port}', '--retries', '10')
        for _ in range(20):
            if [record['status'] for record in ran.records()] != ['unreachable']:
                break
            ran = stage.ndjson(f'{stage.states["retired"]["host"]}@127.0.0.1:{port}', '--retries', '10')
    finally:
        server.terminate()
        server.wait(20)
    if [record['status'] for record in ran.records()] != ['ok']:
        yield f'{ran} {ran.out[:600]} {(folder / "log").read_text()[-500:]}'
