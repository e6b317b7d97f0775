# SPDX-License-Identifier: MIT
"""cases_csr.py - `chainmend csr`: other programs read what it makes, and it reads what they make"""
import base64
import json
import os
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import time

from cases import Skip, collector, exits, refuses, unprintable
from cases_schema import invalid, validator
from lab import quiet_environment, run

__all__ = ['CASES', 'Skip']
CASES, case = collector()

ORGANIZATION = '香港"例子", O\'Brien & $(id) 50% `x` #1'
SECONDS = 60


def tool(name, package):
    path = shutil.which(name)
    if not path:
        raise Skip(f'{package} is not installed')
    return path


def openssl(*words, stdin=None):
    ran = run([tool('openssl', 'openssl'), *words], stdin=stdin)
    if ran.status != 0:
        raise RuntimeError(f'openssl {words[0]}: {ran}')
    return ran.out.decode()


def make(stage, *words, folder=None, **more):
    """chainmend csr into a new folder; what ran, the request's path, the key's."""
    folder = folder or stage.fresh()
    request = folder / 'a.req'
    return stage.run('csr', '-o', request, *words, **more), request, folder / 'a.key'


def check(stage, *words, **more):
    """chainmend csr --check as records; the exit status and they."""
    ran = stage.run('csr', '--check', '-f', 'ndjson', *words, **more)
    return ran.status, ran.records()


def ids(record):
    return [reason['id'] for reason in record['reasons']]


def expect(stage, what, words, status, *faults, **more):
    """One request, with that exit status and those faults."""
    have, records = check(stage, *words, **more)
    if have != status:
        yield f'{what}: exit status {have}, not {status}: {records}'
    if len(records) != 1 or 'reasons' not in records[0]:
        yield f'{what}: {records}'
    elif sorted(ids(records[0])) != sorted(faults):
        yield f'{what}: {ids(records[0])}, not {faults}'


# --- Making ---

@case('csr: openssl and certtool read what is made, with every kind of key')
def made(stage):
    for kind, words in (('rsa-2048', '(2048 bit)'), ('rsa-3072', '(3072 bit)'), ('p-256', 'P-256'),
                        ('p-384', 'P-384')):
        ran, request, key = make(stage, 'www.例子.hk', 'mail.example.com.hk', '--key-type', kind,
                                 '--organization', ORGANIZATION)
        yield from exits(ran, 0)
        yield from unprintable(ran.out)
        if 'www.例子.hk' not in ran.out.decode() or 'www.xn--fsqu00a.hk' not in ran.out.decode():
            yield f'{kind}: not both forms: {ran.out.decode()}'
        text = openssl('req', '-in', request, '-noout', '-text', '-verify', '-nameopt',
                       'sep_multiline,utf8')
        for line in (words, 'DNS:www.xn--fsqu00a.hk, DNS:mail.example.com.hk', f'O={ORGANIZATION}',
                     'C=HK', 'ST=Hong Kong', 'L=Hong Kong', 'CN=www.xn--fsqu00a.hk'):
            if line not in text:
                yield f'{kind}: no {line!r} in {text}'
        if openssl('pkey', '-in', key, '-pubout') != openssl('req', '-in', request, '-noout', '-pubkey'):
            yield f'{kind}: the key is not that of the request'
        info = run([tool('certtool', 'gnutls-bin'), '--crq-info', '--infile', request])
        if info.status != 0 or b'DNSname: mail.example.com.hk' not in info.out:
            yield f'{kind}: certtool: {info}'
        if stat.S_IMODE(os.stat(key).st_mode) != 0o600:
            yield f'{kind}: the key has mode {oct(os.stat(key).st_mode)}'
        if not request.read_text().startswith('-----BEGIN CERTIFICATE REQUEST-----\n'):
            yield f'{kind}: {request.read_text()[:60]}'


@case('csr: a key is never written over, and nothing is left behind')
def never_over(stage):
    folder = stage.fresh()
    (folder / 'a.key').write_text('precious\n')
    ran, _, key = make(stage, 'www.example.hk', folder=folder)
    yield from refuses(ran, 'a.key', 'is there already')
    if key.read_text() != 'precious\n':
        yield 'the key was written over'
    if sorted(path.name for path in folder.iterdir()) != ['a.key']:
        yield f'left behind: {list(folder.iterdir())}'
    folder = stage.fresh()
    (folder / 'a.key').symlink_to(folder / 'nowhere')
    yield from refuses(make(stage, 'www.example.hk', folder=folder)[0], 'a.key')
    # A request that has no place leaves no key either.
    folder = stage.fresh()
    yield from refuses(stage.run('csr', 'www.example.hk', '-o', folder / 'no' / 'a.req', '--new-key',
                                 folder / 'a.key'), 'a.req')
    if list(folder.iterdir()):
        yield f'left behind: {list(folder.iterdir())}'


@case('csr: labels, files and standard output')
def places(stage):
    folder = stage.fresh()
    ran = stage.run('csr', 'www.example.hk', '--new-header', '-o', '-', '--new-key', folder / 'k.pem')
    yield from exits(ran, 0)
    text = ran.out.decode()
    if not re.fullmatch(r'-----BEGIN NEW CERTIFICATE REQUEST-----\n[A-Za-z0-9+/=\n]+'
                        r'-----END NEW CERTIFICATE REQUEST-----\n', text):
        yield text
    openssl('req', '-noout', '-verify', stdin=text.encode())
    if b'www.example.hk' not in ran.err:
        yield f'what was made is not said: {ran.err}'
    for request, key in (('r.csr', 'r.key'), ('r', 'r.key'), ('www.example.hk', 'www.example.hk.key')):
        yield from exits(stage.run('csr', 'www.example.hk', '--key-type', 'p-256', '-o', folder / request), 0)
        if not (folder / key).exists():
            yield f'{request}: no {key}'
        (folder / key).unlink(missing_ok=True)
    yield from refuses(stage.run('csr', 'www.example.hk', '-o', '-'), '--new-key')
    yield from refuses(stage.run('csr', 'www.example.hk', '-o', folder / 'x', '--new-key', folder / 'x'),
                       'both go to')
    # Without -o the first name is the file's.
    shell = run(['sh', '-c', 'cd "$1" && shift && "$@"', 'sh', folder, stage.chainmend, 'csr',
                 '*.example.hk'], env=quiet_environment(folder))
    yield from exits(shell, 0)
    for name in ('wildcard.example.hk.req', 'wildcard.example.hk.key'):
        if not (folder / name).exists():
            yield f'no {name}: {[path.name for path in folder.iterdir()]}'


@case('csr: names from a file, and what a line may not be')
def names_file(stage):
    names = stage.write('names', '\ufeff# ours\nwww.example.hk\r\n\n  mail.example.hk  # mail\n'
                        'WWW.EXAMPLE.HK\n')
    ran, request, _ = make(stage, '-i', names)
    yield from exits(ran, 0)
    text = openssl('req', '-in', request, '-noout', '-text')
    if 'DNS:www.example.hk, DNS:mail.example.hk\n' not in text:
        yield text
    ran, request, _ = make(stage, '-i', '-', stdin='例子.hk\n'.encode())
    yield from exits(ran, 0)
    bad = stage.write('bad', 'www.example.hk\nwww..hk\n')
    yield from refuses(make(stage, '-i', bad)[0], f'{bad}:2:')
    yield from refuses(make(stage, '-i', stage.fresh() / 'missing')[0], 'missing')
    yield from refuses(make(stage)[0], 'for which names')


@case('csr: a wildcard brings its bare name, and products have their limits')
def products(stage):
    ran, request, _ = make(stage, '*.example.hk')
    yield from exits(ran, 0)
    if 'DNS:*.example.hk, DNS:example.hk\n' not in openssl('req', '-in', request, '-noout', '-text'):
        yield 'the bare name is missing'
    many = [f'h{i}.example.hk' for i in range(51)]
    for status, words in ((0, ['--product', 'multi-domain', *many[:50]]),
                          (2, ['--product', 'multi-domain', *many]), (2, many),
                          (2, ['--product', 'server', 'a.example.hk', 'b.example.hk']),
                          (2, ['--product', 'multi-domain', '*.example.hk']),
                          (2, ['--product', 'ev', '*.example.hk']),
                          (2, ['--product', 'wildcard', 'www.example.hk']),
                          (2, ['--product', 'wildcard', '*.example.hk', 'www.example.hk']),
                          (0, ['--product', 'ev', 'www.example.hk']),
                          (0, ['--product', 'ev-multi-domain', 'a.example.hk', 'b.example.hk']),
                          (2, ['--product', 'nothing', 'www.example.hk'])):
        ran, request, key = make(stage, '--key-type', 'p-256', *words)
        yield from exits(ran, status)
        if (status == 0) != request.exists() or (status == 0) != key.exists():
            yield f'{words[:3]}: {list(request.parent.iterdir())}'


@case('csr: nothing is made that would be refused')
def refused(stage):
    for name, word in (('exch01', 'private network'), ('exch01.corp.local', 'private network'),
                       ('a_b.example.hk', 'underscore'), ('192.0.2.1', ''), ('*.gov.hk', 'public suffix'),
                       ('com.hk', 'public suffix'), ('a.*.hk', ''), ('*', '')):
        ran, request, key = make(stage, name)
        yield from exits(ran, 2)
        if word not in ran.err.decode() or ran.out:
            yield f'{name}: {ran}'
        if request.exists() or key.exists():
            yield f'{name}: something was written'
    yield from refuses(make(stage, 'www.example.hk', '--organization', 'o' * 65)[0], '65 characters')
    yield from refuses(make(stage, 'www.example.hk', '--organization', 'a\nCN=b')[0], '--organization')
    yield from refuses(make(stage, 'www.example.hk', '--key-type', 'rsa-1024')[0], '--key-type')
    yield from refuses(make(stage, 'www.example.hk', '-f', 'html')[0], 'html')


# --- Keys ---

def typing(command, answers, env):
    """Runs COMMAND on a terminal of its own and types the answers; exit status, and what was shown."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(str(command[0]), [str(word) for word in command], env)
    shown, end = b'', time.monotonic() + SECONDS
    answers = list(answers)
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            got = os.read(terminal, 4096)
        except OSError:
            got = b''
        if not got:
            break
        shown += got
        if answers and shown.rstrip().endswith(b':'):
            time.sleep(0.1)
            os.write(terminal, answers.pop(0))
            shown += b'\n'
    else:
        os.kill(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode(errors='replace')


@case('csr: keys are encrypted with what a file or the terminal has')
def encrypted(stage):
    secret = stage.write('secret', 'geheim, mit Ümlaut\nsecond line\n')
    ran, request, key = make(stage, 'www.example.hk', '--encrypt', '--password-file', secret)
    yield from exits(ran, 0)
    if 'BEGIN ENCRYPTED PRIVATE KEY' not in key.read_text():
        yield key.read_text()[:60]
    public = openssl('pkey', '-in', key, '-passin', f'file:{secret}', '-pubout')
    if public != openssl('req', '-in', request, '-noout', '-pubkey'):
        yield 'the key is not that of the request'
    env = quiet_environment(stage.fresh())
    folder = stage.fresh()
    command = [stage.chainmend, 'csr', 'www.example.hk', '--encrypt', '-o', folder / 'a.req']
    status, shown = typing(command, [b'one\n', b'other\n', b'gehe1m\n', b'gehexx\x7f\x7f1m\n'], env)
    if status != 0 or 'gehe' in shown:
        yield f'typed twice: {status}: {shown}'
    elif not openssl('pkey', '-in', folder / 'a.key', '-passin', 'pass:gehe1m', '-pubout'):
        yield 'the typed passphrase does not open it'
    status, shown = typing([*command[:-1], folder / 'b.req'], [b'\x03'], env)
    if status != 2 or (folder / 'b.key').exists():
        yield f'interrupted: {status}: {shown}'
    # The key is used again, and the passphrase is asked for.
    status, shown = typing([stage.chainmend, 'csr', 'www.example.hk', '--key', folder / 'a.key', '-o',
                            folder / 'c.req'], [b'gehe1m\n'], env)
    if status != 0 or openssl('req', '-in', folder / 'c.req', '-noout', '-pubkey') != \
            openssl('req', '-in', folder / 'a.req', '-noout', '-pubkey'):
        yield f'used again: {status}: {shown}'
    wrong = stage.write('wrong', 'wrong\n')
    yield from refuses(make(stage, 'www.example.hk', '--key', key, '--password-file', wrong)[0],
                       'does not open the key')


@case('csr: keys that others made are used, and their files are not touched')
def others_keys(stage):
    folder = stage.fresh()
    openssl('genrsa', '-out', folder / 'pkcs8.pem', '2048')
    openssl('rsa', '-in', folder / 'pkcs8.pem', '-traditional', '-out', folder / 'pkcs1.pem')
    openssl('rsa', '-in', folder / 'pkcs8.pem', '-traditional', '-aes128', '-passout', 'pass:geheim', '-out',
            folder / 'old.pem')
    openssl('ecparam', '-genkey', '-name', 'prime256v1', '-out', folder / 'ec.pem')
    openssl('req', '-x509', '-key', folder / 'pkcs8.pem', '-subj', '/CN=a', '-out', folder / 'cert.pem')
    both = folder / 'both.pem'
    both.write_text((folder / 'cert.pem').read_text() + (folder / 'pkcs8.pem').read_text())
    secret = stage.write('secret', 'geheim\n')
    for name in ('pkcs8', 'pkcs1', 'old', 'ec', 'both'):
        key = folder / f'{name}.pem'
        before = key.read_bytes()
        ran, request, _ = make(stage, 'www.example.hk', '--key', key, '--password-file', secret)
        yield from exits(ran, 0)
        if openssl('req', '-in', request, '-noout', '-pubkey') != openssl(
                'pkey', '-in', key, '-passin', 'pass:geheim', '-pubout'):
            yield f'{name}: another key'
        if key.read_bytes() != before:
            yield f'{name}: the key was changed'
    openssl('genrsa', '-out', folder / 'short.pem', '1024')
    ran, request, _ = make(stage, 'www.example.hk', '--key', folder / 'short.pem')
    yield from refuses(ran, '1024 bits')
    openssl('genpkey', '-algorithm', 'ED25519', '-out', folder / 'ed.pem')
    yield from exits(make(stage, 'www.example.hk', '--key', folder / 'ed.pem')[0], 2)
    yield from refuses(make(stage, 'www.example.hk', '--key', folder / 'cert.pem')[0], 'no private key')
    # What is made never takes the key's place, whatever that is called.
    (folder / 'link').symlink_to(folder / 'ec.pem')
    before = (folder / 'ec.pem').read_bytes()
    for words in (['-o', folder / 'ec.pem'], ['-o', folder / 'link'], ['--emit', f'openssl:{folder}/ec.pem']):
        yield from refuses(stage.run('csr', 'www.example.hk', '--key', folder / 'ec.pem', *words),
                           'is the key')
    if (folder / 'ec.pem').read_bytes() != before:
        yield 'the key was written over'
    for words in (['--encrypt'], ['--new-key', folder / 'n'], ['--key-type', 'p-256']):
        yield from refuses(make(stage, 'www.example.hk', '--key', folder / 'ec.pem', *words)[0], '--key')


@case('csr: a key that is in use is pointed out')
def seen(stage):
    folder = stage.fresh()
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', folder / 'k.pem', '-subj',
            '/CN=www.example.hk', '-out', folder / 'c.pem')
    ran, request, _ = make(stage, 'www.example.hk', '--key', folder / 'k.pem', '--seen', folder / 'c.pem')
    yield from exits(ran, 0)
    if b'key.seen' not in ran.out:
        yield ran
    yield from expect(stage, 'a certificate', ['--seen', folder / 'c.pem', request], 0, 'key.seen')
    yield from expect(stage, 'a request', ['--seen', request, request], 0, 'key.seen')
    status, records = check(stage, request, request)
    if status != 0 or [ids(record) for record in records] != [[], ['key.seen']]:
        yield f'twice: {records}'
    yield from expect(stage, 'nothing', [request], 0)
    wide = stage.write('wide.req', request.read_text().encode('utf-16-le'))
    yield from expect(stage, 'a request in UTF-16', ['--seen', wide, request], 0, 'key.seen')
    # The leaf of a saved result.
    records = stage.ndjson(stage.argument('compliant'))
    results = stage.write('run.ndjson', records.out)
    key = stage.lab.service('compliant', 'key.pem')
    ran, request, _ = make(stage, 'www.example.hk', '--key', key)
    for words, more in (([results], {}), (['-'], {'stdin': records.out})):
        yield from expect(stage, 'results', ['--seen', *words, request], 0, 'key.seen',
                          *[fault for fault in ('key.unusual',) if b'key.unusual' in ran.out], **more)


@case('csr: names of the certificate that is served now')
def served(stage):
    states = ('compliant', 'retired')
    results = stage.write('run.ndjson', b''.join(stage.ndjson(stage.argument(state)).out
                                                 for state in states))
    leafs = {}
    for line in results.read_text().splitlines():
        record = json.loads(line)
        leafs[record['target']['host']] = record['chain'][0]
    for host, leaf in leafs.items():
        for words in (['--name', host], [host]):
            ran, request, _ = make(stage, '--from', results, *words)
            yield from exits(ran, 0)
            have = re.findall(r'DNS:([^,\s]+)', openssl('req', '-in', request, '-noout', '-text'))
            if sorted(have) != sorted({host, *leaf['san']}) or have[0] != host:
                yield f'{host}: {have}, not {leaf["san"]}'
            wanted = re.search(r'(?:^|,)O=((?:\\.|[^,])*)', leaf['subject'])
            subject = openssl('req', '-in', request, '-noout', '-subject', '-nameopt',
                              'sep_multiline,utf8')
            if wanted and f'O={wanted[1]}' not in subject:
                yield f'{host}: {subject}, not {wanted[1]}'
    if {tuple(leaf['san']) for leaf in leafs.values()} != 1:
        yield from refuses(make(stage, '--from', results)[0], 'several services')
    yield from refuses(make(stage, '--from', results, '--name', 'nobody.example.hk')[0],
                       'nobody.example.hk')
    one = stage.write('one.json', stage.scan('-f', 'json', stage.argument('compliant')).out)
    yield from exits(make(stage, '--from', one)[0], 0)
    yield from refuses(make(stage, '--from', stage.write('empty', ''))[0], '--from')


# --- Recipes ---

def emit(stage, kind, *words):
    folder = stage.fresh()
    path = folder / f'recipe.{kind}'
    ran = stage.run('csr', *words, '--emit', f'{kind}:{path}')
    return ran, path


@case('csr: openssl req and keytool make the same request from what is emitted')
def emitted(stage):
    for names, words in ((['www.例子.hk', 'mail.example.hk'], ['--organization', ORGANIZATION]),
                         (['*.example.hk'], ['--key-type', 'p-256', '--organization', ' # "x" '])):
        ran, config = emit(stage, 'openssl', *names, *words)
        yield from exits(ran, 0)
        request = config.parent / 'o.req'
        openssl('req', '-new', '-config', config, '-newkey', 'rsa:2048', '-nodes', '-keyout',
                config.parent / 'o.key', '-out', request)
        wanted = make(stage, *names, *words)[1]
        both = [openssl('req', '-in', path, '-noout', '-subject', '-nameopt', 'RFC2253') +
                ''.join(re.findall(r'DNS:[^\n]+', openssl('req', '-in', path, '-noout', '-text')))
                for path in (wanted, request)]
        if both[0] != both[1]:
            yield f'openssl: {both}'
        yield from keytool_case(stage, names, words, both[0])
        yield from as_commented(stage, config)


def as_commented(stage, config):
    """The commands that stand at the head of the configuration, as they stand there."""
    folder = stage.fresh()
    lines = [line[4:] for line in config.read_text().splitlines() if line.startswith('#   ')]
    name = re.search(r'-config (\S+)', ' '.join(lines))[1]
    shutil.copy(config, folder / name)
    script = stage.write('do.sh', f'set -e\ncd {folder}\n' + '\n'.join(lines) + '\n')
    status, shown = typing([shutil.which('sh'), script], [b'geheim\n'] * 3, {**os.environ, 'LC_ALL': 'C'})
    key = folder / name.replace('.cnf', '.key')
    if status != 0 or 'ENCRYPTED' not in key.read_text() or stat.S_IMODE(key.stat().st_mode) != 0o600:
        yield f'{lines}: {status}: {shown}'
    elif check(stage, folder / name.replace('.cnf', '.req'))[0] != 0:
        yield f'{lines}: not fit'


def keytool_case(stage, names, words, wanted):
    if not shutil.which('keytool'):
        stage.tap.say('keytool is not installed')
        return
    ran, script = emit(stage, 'keytool', *names, *words)
    yield from exits(ran, 0)
    # It asks for a password on the terminal; here another one of its name gives it.
    other = script.parent / 'bin' / 'keytool'
    other.parent.mkdir()
    other.write_text(f'#!/bin/sh\nexec {shutil.which("keytool")} "$@" -storepass geheim1\n')
    other.chmod(0o755)
    run_script = ['sh', '-c', 'cd "$1" && PATH="$1/bin:$PATH" sh "$2"', 'sh', script.parent, script]
    done = run(run_script)
    requests = list(script.parent.glob('*.req'))
    if done.status != 0 or len(requests) != 1:
        yield f'keytool: {done}'
        return
    have = openssl('req', '-in', requests[0], '-noout', '-subject', '-nameopt', 'RFC2253') + \
        ''.join(re.findall(r'DNS:[^\n]+', openssl('req', '-in', requests[0], '-noout', '-text')))
    if have != wanted:
        yield f'keytool: {have}, not {wanted}'
    again = run(run_script)
    if again.status != 1 or b'not written over' not in again.err:
        yield f'keytool, a second time: {again}'
    status, records = check(stage, requests[0])
    if status != 0:
        yield f'keytool: {records}'


@case('csr: recipes for Windows')
def windows(stage):
    ran, path = emit(stage, 'certreq', 'www.example.hk', '--organization', ORGANIZATION)
    yield from exits(ran, 0)
    text = path.read_bytes().decode('utf-16')
    value = '"' + ORGANIZATION.replace('"', '""') + '"'
    wanted = f'C=HK,S=Hong Kong,L=Hong Kong,O={value},CN=www.example.hk'
    if f'Subject="{wanted.replace(chr(34), 2 * chr(34)).replace("%", "%%")}"\r\n' not in text:
        yield text
    for kind in ('exchange', 'exchange-2010'):
        ran, path = emit(stage, kind, 'www.example.hk', 'www.例子.hk', '--organization', ORGANIZATION)
        yield from exits(ran, 0)
        text = path.read_bytes().decode('utf-8-sig')
        quoted = wanted.replace("'", "''")
        if f"$SubjectName = '{quoted}'\r\n" not in text:
            yield f'{kind}: {text}'
        if "@('www.example.hk', 'www.xn--fsqu00a.hk')" not in text:
            yield f'{kind}: {text}'
        yield from refuses(emit(stage, kind, 'www.example.hk', '--key-type', 'p-256')[0], 'RSA')
    ran = stage.run('csr', 'www.例子.hk', '--emit', 'openssl')
    if 'www.例子.hk' not in ran.err.decode() or b'names' in ran.err and b'openssl req' in ran.err:
        yield f'not both forms: {ran}'
    if b'\r\n' in stage.run('csr', 'www.example.hk', '--emit', 'openssl').out:
        yield 'openssl: CRLF'
    for words in (['--emit', 'iis'], ['--emit', 'openssl:']):
        yield from refuses(stage.run('csr', 'www.example.hk', *words), '--emit')
    # No key is made unless it is asked for, too.
    folder = stage.fresh()
    yield from exits(stage.run('csr', 'www.example.hk', '--emit', f'openssl:{folder}/o.cnf', '--emit',
                               f'certreq:{folder}/c.inf', '-o', folder / 'a.req'), 0)
    have = sorted(found.name for found in folder.iterdir())
    if have != ['a.key', 'a.req', 'c.inf', 'o.cnf']:
        yield have


# --- Checking ---

CONFIG = '''[req]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = dn
{more}
[dn]
C = HK
CN = {cn}
[ext]
subjectAltName = {san}
'''


def foreign(stage, san='DNS:www.example.hk', cn='www.example.hk', words=('-newkey', 'rsa:2048'), name='f.req'):
    """A request by openssl."""
    folder = stage.fresh()
    config = folder / 'req.cnf'
    config.write_text(CONFIG.format(cn=cn, san=san or 'DNS:unused',
                                    more='req_extensions = ext' if san else ''))
    openssl('req', '-new', '-config', config, '-nodes', '-keyout', folder / 'k.pem', '-out', folder / name,
            *words)
    return folder / name


@case('csr: a request is read however it comes')
def shapes(stage):
    pem = foreign(stage).read_text()
    der = base64.b64decode(''.join(pem.splitlines()[1:-1]))
    body = '\n'.join(pem.splitlines()[1:-1]) + '\n'
    microsoft = pem.replace(' CERTIFICATE', ' NEW CERTIFICATE')
    mixed = pem.replace('END CERTIFICATE', 'END NEW CERTIFICATE')
    mail = f'From: admin@example.hk\nSubject: CSR\n\nDear CA,\n\n{pem}\nRegards\n-- \n管理員\n'
    for what, data, faults in (
            ('PEM', pem, ()), ('DER', der, ()), ('DER and a line end', der + b'\r\n', ()),
            ("Microsoft's label", microsoft, ()), ('mixed labels', mixed, ('envelope.labels',)),
            ('CRLF', pem.replace('\n', '\r\n'), ()), ('a byte order mark', '\ufeff' + pem, ()),
            ('UTF-16LE without a mark', microsoft.replace('\n', '\r\n').encode('utf-16-le'),
             ('envelope.utf-16',)),
            ('UTF-16LE', pem.encode('utf-16'), ('envelope.utf-16',)),
            ('UTF-16BE', b'\xfe\xff' + pem.encode('utf-16-be'), ('envelope.utf-16',)),
            ('UTF-16BE without a mark', pem.encode('utf-16-be'), ('envelope.utf-16',)),
            ('base64 alone', body, ()), ('base64 alone, UTF-16', body.encode('utf-16-le'),
                                         ('envelope.utf-16',)),
            ('base64 in a mail', f'Hi,\r\n\r\n{body}\r\nBye\r\n', ()), ('a mail', mail, ()),
            ('a quoted mail', ''.join(f'> {line}\n' for line in mail.splitlines()), ())):
        yield from expect(stage, what, [stage.write('x.req', data)], 0, *faults)
        yield from expect(stage, f'{what}, standard input', ['-'], 0, *faults,
                          stdin=data if isinstance(data, bytes) else data.encode())
    status, records = check(stage, stage.write('two.req', mail + mixed))
    if status != 0 or [ids(record) for record in records] != [[], ['envelope.labels', 'key.seen']]:
        yield f'two: {records}'
    if [record['line'] > 0 for record in records] != [True, True]:
        yield f'two: {records}'


@case('csr: what cannot be read has exit status 2')
def unreadable(stage):
    pem = foreign(stage).read_text()
    good = stage.write('good.req', pem)
    for what, data in (('nothing', ''), ('a letter', 'Dear CA\n'), ('bytes', bytes(range(256))),
                       ('cut short', pem[:400]), ('damaged', pem.replace('MII', 'AAA', 1)),
                       ('a certificate', pem.replace('CERTIFICATE REQUEST', 'CERTIFICATE'))):
        path = stage.write('x.req', data)
        status, records = check(stage, path)
        if status != 2 or [record['verdict'] for record in records] != ['unreadable']:
            yield f'{what}: {status} {records}'
        elif not records[0]['error']:
            yield f'{what}: no word on it'
        ran = stage.run('csr', '--check', path)
        yield from exits(ran, 2)
        yield from unprintable(ran.out)
    status, records = check(stage, good, stage.fresh() / 'missing', stage.fresh())
    if status != 2 or [record['verdict'] for record in records] != ['fit', 'unreadable', 'unreadable']:
        yield f'one of three: {status} {records}'
    for words in ([], ['--encrypt', good], ['--emit', 'openssl', good], ['--product', 'x', good],
                  ['--name', 'a..b', good]):
        yield from refuses(stage.run('csr', '--check', *words))


@case('csr: requests of other programs are judged')
def judged(stage):
    name = ['--name', 'www.example.hk']
    for what, request, words, status, faults in (
            ('good', foreign(stage), [*name, '--product', 'server'], 0, ()),
            ('another server name', foreign(stage), ['--name', 'mail.example.hk'], 1, ('application.name',)),
            ('no names', foreign(stage, san=None), name, 1, ('names.missing',)),
            ('SHA-1', foreign(stage, words=['-newkey', 'rsa:2048', '-sha1']), name, 0, ('signature.sha1',)),
            ('1024 bits', foreign(stage, words=['-newkey', 'rsa:1024']), name, 1, ('key.short',)),
            ('Ed25519', foreign(stage, words=['-newkey', 'ed25519']), name, 1, ('key.kind',)),
            ('a curve nobody takes', foreign(stage, words=['-newkey', 'ec', '-pkeyopt',
                                                           'ec_paramgen_curve:secp256k1']),
             name, 1, ('key.curve', 'key.unusual')),
            ('an internal name', foreign(stage, san='DNS:www.example.hk,DNS:exch01.corp.local'), name, 1,
             ('name.internal',)),
            ('an address', foreign(stage, san='DNS:www.example.hk,IP:192.0.2.1'), name, 1,
             ('name.address',)),
            ('Chinese as on the form', foreign(stage, cn='www.例子.hk', san='DNS:www.xn--fsqu00a.hk'),
             ['--name', 'www.例子.hk'], 0, ('common-name.unicode',)),
            ('a wildcard', foreign(stage, cn='*.example.hk', san='DNS:*.example.hk'),
             ['--product', 'multi-domain'], 1, ('product.wildcard',)),
            ("a wildcard as Exchange asks for it", foreign(stage, san=None, cn='*.example.hk',
                                                           words=['-newkey', 'rsa:2048', '-sha1']),
             ['--product', 'wildcard', '--name', '*.example.hk'], 0,
             ('names.wildcard-alone', 'signature.sha1')),
            ('a wildcard by its product', foreign(stage, cn='*.example.hk', san='DNS:*.example.hk'),
             ['--product', 'wildcard', '--name', '*.example.hk'], 0, ())):
        yield from expect(stage, what, [*words, request], status, *faults)
    broken = bytearray(base64.b64decode(''.join(foreign(stage).read_text().splitlines()[1:-1])))
    broken[-1] ^= 1
    yield from expect(stage, 'a broken signature', [stage.write('b.der', bytes(broken))], 1,
                      'signature.wrong')


@case('csr: certtool\'s and keytool\'s requests are read')
def other_tools(stage):
    folder = stage.fresh()
    certtool = tool('certtool', 'gnutls-bin')
    template = folder / 't'
    template.write_text('cn = "www.example.hk"\ncountry = HK\ndns_name = "www.example.hk"\n')
    run([certtool, '--generate-privkey', '--key-type', 'rsa', '--bits', '2048', '--outfile', folder / 'k'])
    made_by = run([certtool, '--generate-request', '--load-privkey', folder / 'k', '--template', template,
                   '--outfile', folder / 'c.req'])
    yield from exits(made_by, 0)
    yield from expect(stage, 'certtool', ['--name', 'www.example.hk', folder / 'c.req'], 0)
    if not shutil.which('keytool'):
        raise Skip('default-jre-headless is not installed')
    store = ['-keystore', folder / 's.p12', '-storepass', 'geheim1', '-alias', 'a']
    for words in (['-genkeypair', '-keyalg', 'RSA', '-keysize', '2048', '-dname', 'CN=www.example.hk, C=HK'],
                  ['-certreq', '-ext', 'SAN=dns:www.example.hk', '-file', folder / 'j.req']):
        yield from exits(run(['keytool', *words, *store]), 0)
    yield from expect(stage, 'keytool', ['--name', 'www.example.hk', folder / 'j.req'], 0)


@case('csr: lists of weak keys')
def weak(stage):
    request = foreign(stage)
    modulus = openssl('req', '-in', request, '-noout', '-modulus')
    debian = subprocess.run(['sha1sum'], input=modulus.encode(), capture_output=True, check=True).stdout
    digits = debian.decode().split()[0][20:]
    spki = check(stage, request)[1][0]['spki_sha256']
    for what, text in (('Debian', f'# Debian\n{"0" * 20}\n{digits}\n'), ('SPKI', f'{spki.upper()}  # ours\n')):
        yield from expect(stage, what, ['--weak-keys', stage.write('list', text), request], 1, 'key.listed')
    yield from expect(stage, 'another', ['--weak-keys', stage.write('list', f'{"0" * 20}\n'), request], 0)
    bad = stage.write('list', f'{"0" * 20}\nx\n')
    yield from refuses(stage.run('csr', '--check', '--weak-keys', bad, request), f'{bad}:2:')


@case('csr: reference number and PIN are looked at, and nothing of them is kept')
def reference(stage):
    request = foreign(stage)
    for what, text, status in (('good', '123456789\n1234567890123456\n', 0),
                               ('with blanks', ' 123 456 789\r\n1234 5678 9012 3456\r\n', 0),
                               ('a short number', '12345678\n1234567890123456\n', 1),
                               ('a long PIN', '123456789\n12345678901234567\n', 1),
                               ('a letter', '12345678a\n1234567890123456\n', 1),
                               ('one line', '123456789\n', 2)):
        path = stage.write('secret', text)
        for words in ([request], []):
            ran = stage.run('csr', '--check', '--reference', path, *words)
            yield from exits(ran, status)
            said = (ran.out + ran.err).decode()
            if re.search(r'\d{4} ?\d{4}', re.sub(r'SHA-256 [0-9a-f]+', '', said.replace(str(path), ''))):
                yield f'{what}: {said}'
    env = quiet_environment(stage.fresh())
    status, shown = typing([stage.chainmend, 'csr', '--check', '--reference', '-', request],
                           [b'123456789\n', b'1234567890123456\n'], env)
    if status != 0 or '1234' in re.sub(r'SHA-256 [0-9a-f\s]+', '', shown):
        yield f'typed: {status}: {shown}'
    yield from refuses(stage.run('csr', '--check', '--reference', stage.fresh() / 'x', request), 'x')


@case('csr: hostile requests neither act on a terminal nor break a record')
def hostile(stage):
    folder = stage.fresh()
    config = folder / 'c'
    config.write_text('[req]\nprompt = no\ndistinguished_name = dn\nreq_extensions = e\n[dn]\nC = HK\n'
                      'CN = "\\e[31mred\\n\u202e"\nO = "\'; rm -rf / #"\n[e]\n'
                      'subjectAltName = DER:3012820e1b5b33316d612e686b0d0a2e65786500\n')
    ran = run([tool('openssl', 'openssl'), 'req', '-new', '-utf8', '-config', config, '-newkey', 'rsa:2048',
               '-nodes', '-keyout', folder / 'k', '-out', folder / 'x.req'])
    if ran.status != 0:
        raise Skip(f'openssl does not make it: {ran.err[-200:]}')
    for form in ('text', 'ndjson', 'json'):
        ran = stage.run('csr', '--check', '-f', form, folder / 'x.req')
        yield from exits(ran, 1)
        yield from unprintable(ran.out)
        if form != 'text':
            json.loads(ran.out)


@case('csr: records are as docs/schema/ says, and text in three languages')
def as_written(stage):
    valid, folder = validator('request'), stage.fresh()
    good, bad = foreign(stage), foreign(stage, san='DNS:www.example.hk,DNS:exch01', words=[
        '-newkey', 'rsa:1024', '-sha1'])
    ran = stage.run('csr', '-f', 'ndjson', 'www.例子.hk', '-o', folder / 'a.req')
    records = [*ran.records(), *check(stage, good, bad, folder / 'missing')[1]]
    ran = stage.run('csr', '-f', 'json', 'www.例子.hk', '--emit', f'certreq:{folder}/c.inf')
    records += json.loads(ran.out)
    if [record['verdict'] for record in records] != ['fit', 'fit', 'refused', 'unreadable', 'fit']:
        yield records
    if [name['unicode'] for name in records[0]['names']] != ['www.例子.hk']:
        yield records[0]
    for record in records:
        yield from invalid(valid, record, record['verdict'])
        if valid.is_valid({**record, 'misspelt': 1}):
            yield 'an unknown key passes'
    for language in ('en', 'zh-Hant', 'zh-Hans'):
        ran = stage.run('csr', '--check', '--lang', language, bad)
        yield from exits(ran, 1)
        for fault in ids(records[2]):
            if fault not in ran.out.decode():
                yield f'{language}: no {fault}'
    for form in ('ndjson', 'text'):
        yield from exits(stage.run('csr', '--check', good, '-o', f'{form}:{folder}/out.{form}', '-f', 'json'), 0)
        if not (folder / f'out.{form}').read_text():
            yield f'{form}: nothing was written'
