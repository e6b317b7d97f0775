# SPDX-License-Identifier: MIT
"""cases_keys.py - `chainmend key`: backups that others read, and theirs; proofs; what is restored"""
import os
import pathlib
import pty
import shutil
import stat
import subprocess
import time

from cases import Skip, collector, exits, refuses, unprintable
from cases_bundle import CROSS, ISSUING, PASSWORD, Served, blocks, known, program, secret
from lab import quiet_environment, run

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def key(stage, verb, *words, **more):
    return stage.run('key', verb, *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day, *words, **more)


def parts(stage, state, *names):
    return [stage.lab.service(state, f'{name}.pem') for name in names]


def backup(stage, state, *words, password=None):
    """A backup of that state's key."""
    own, leaf = parts(stage, state, 'key', 'leaf')
    out = stage.fresh() / 'backup.pfx'
    ran = key(stage, 'backup', '--key', own, '--certificate', leaf, '--password-file', password or secret(stage),
              '-o', out, *words)
    return ran, out


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def said(ran, *words):
    for word in words:
        if word.encode() not in ran.out:
            yield f'"{word}" is not in: {ran.out.decode()} {ran}'


@case('key backup: openssl, certtool and keytool read it, with the chain that is to be served')
def reads(stage):
    openssl = program('openssl')
    for words, kind in (([], b'AES-256-CBC'), (['--for', 'windows-2008'], b'pbeWithSHA1And3-KeyTripleDES-CBC')):
        ran, out = backup(stage, 'retired', *words)
        yield from exits(ran, 0)
        if mode(out) != 0o600:
            yield oct(mode(out))
        read = run([openssl, 'pkcs12', '-info', '-nodes', '-in', out, '-passin', f'pass:{PASSWORD}'])
        if read.status != 0 or kind not in read.err or b'RC2' in read.err:
            yield f'{words}: {read}'
        if known(stage, read.out) != [None, ISSUING, CROSS] or b'BEGIN PRIVATE KEY' not in read.out:
            yield f'{words}: {known(stage, read.out)}'
        read = run([program('certtool'), '--p12-info', '--inder', '--infile', out, '--password', PASSWORD])
        if read.status != 0 or read.out.count(b'BEGIN CERTIFICATE') != 3:
            yield f'{words}: certtool: {read} {read.out[:300]}'
        read = run([program('keytool'), '-list', '-v', '-keystore', out, '-storepass', PASSWORD])
        if b'Certificate chain length: 3' not in read.out:
            yield f'{words}: keytool: {read}'


@case('key backup: without the certificates that are to be served the key is kept all the same')
def no_chain(stage):
    ran, out = backup(stage, 'retired', '--offline')
    yield from exits(ran, 0)
    if b'the backup has no certificate but' not in ran.err or not out.exists():
        yield ran


@case('key backup: never over a file, never of another key, the password from nowhere else')
def careful(stage):
    ran, out = backup(stage, 'retired')
    before = out.read_bytes()
    own, leaf = parts(stage, 'retired', 'key', 'leaf')
    words = ['--key', own, '--certificate', leaf, '--password-file', secret(stage)]
    again = key(stage, 'backup', *words, '-o', out)
    yield from exits(again, 2)
    if out.read_bytes() != before:
        yield 'it was written over'
    stranger = stage.write('other.key', run([program('openssl'), 'genpkey', '-algorithm', 'RSA']).out)
    other = stage.fresh() / 'other.pfx'
    bad = key(stage, 'backup', '--key', stranger, '--certificate', leaf, '--password-file', secret(stage), '-o', other)
    yield from exits(bad, 1)
    if other.exists():
        yield 'a backup of another key'
    yield from refuses(key(stage, 'backup', '--key', own, '-o', other), '--certificate')
    yield from refuses(key(stage, 'backup', '--certificate', leaf, '-o', other), '--key')
    yield from refuses(key(stage, 'backup', *words), '--output')
    yield from exits(key(stage, 'backup', '--key', own, '--certificate', leaf, '-o', other), 2)
    yield from refuses(stage.run('key'), 'backup, check, restore')
    yield from refuses(stage.run('key', 'burn'), 'burn')
    yield from refuses(key(stage, 'check', out, '--alias', 'x'), '--alias')


@case('key check: what others have made, old and new, with and without a password')
def theirs(stage):
    openssl, folder = program('openssl'), stage.fresh()
    own, leaf, rest = parts(stage, 'compliant', 'key', 'leaf', 'rest')
    made = ['pkcs12', '-export', '-in', leaf, '-inkey', own, '-certfile', rest, '-passout']
    for name, words in (('modern', []), ('legacy', ['-legacy']), ('plain', ['-keypbe', 'NONE', '-certpbe', 'NONE']),
                        ('old', ['-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']),
                        ('no-mac', ['-nomac'])):
        out = folder / f'{name}.pfx'
        yield from exits(run([openssl, *made, f'pass:{PASSWORD}', '-out', out, *words]), 0)
        ran = key(stage, 'check', out, '--password-file', secret(stage))
        yield from exits(ran, 0)
        yield from said(ran, 'good: it opens', 'good: it holds a private key', stage.states['compliant']['host'])
    bad = key(stage, 'check', folder / 'modern.pfx', '--password-file', secret(stage, 'wrong'))
    yield from exits(bad, 1)
    yield from said(bad, 'BAD: ', 'the password does not open this')
    cut = stage.write('cut.pfx', (folder / 'modern.pfx').read_bytes()[:-40])
    yield from exits(key(stage, 'check', cut, '--password-file', secret(stage)), 1)
    no_key = folder / 'no-key.pfx'
    yield from exits(run([openssl, 'pkcs12', '-export', '-nokeys', '-in', leaf, '-passout', f'pass:{PASSWORD}', '-out',
                          no_key]), 0)
    ran = key(stage, 'check', no_key, '--password-file', secret(stage))
    yield from exits(ran, 1)
    yield from said(ran, 'BAD: there is no private key in it')
    yield from refuses(key(stage, 'check', folder / 'missing.pfx'), 'missing.pfx')
    yield from refuses(key(stage, 'check', stage.write('text.pfx', 'no backup\n')), 'text.pfx')
    java = folder / 'java.p12'
    yield from exits(run([program('keytool'), '-genkeypair', '-alias', 'a', '-keyalg', 'RSA', '-dname', 'CN=java.example',
                          '-keystore', java, '-storetype', 'PKCS12', '-storepass', PASSWORD]), 0)
    ran = key(stage, 'check', java, '--password-file', secret(stage))
    yield from exits(ran, 0)
    yield from said(ran, 'java.example')
    gnutls = folder / 'gnutls.p12'
    yield from exits(run([program('certtool'), '--to-p12', '--load-privkey', own, '--load-certificate', leaf, '--p12-name',
                          'a', '--password', PASSWORD, '--outder', '--outfile', gnutls]), 0)
    yield from exits(key(stage, 'check', gnutls, '--password-file', secret(stage)), 0)


@case('key check: says what a backup would bring back')
def retired(stage):
    openssl, out = program('openssl'), stage.fresh() / 'old.pfx'
    own, leaf, rest = parts(stage, 'retired', 'key', 'leaf', 'rest')
    yield from exits(run([openssl, 'pkcs12', '-export', '-in', leaf, '-inkey', own, '-certfile', rest, '-passout',
                          f'pass:{PASSWORD}', '-out', out]), 0)
    ran = key(stage, 'check', out, '--password-file', secret(stage))
    yield from exits(ran, 0)
    yield from said(ran, 'note: it holds ssl-ca-3-17-2017')
    for language, word in (('zh-Hant', '備份'), ('zh-Hans', '备份')):
        ran = key(stage, 'check', out, '--password-file', secret(stage), '--lang', language)
        yield from unprintable(ran.out)


@case('key check: against what services serve now')
def services(stage):
    _, out = backup(stage, 'compliant')
    word = ['--password-file', secret(stage), '--timeout', '5']
    ran = key(stage, 'check', out, stage.argument('compliant'), *word)
    yield from exits(ran, 0)
    yield from said(ran, 'serves it')
    ran = key(stage, 'check', out, stage.argument('compliant'), stage.argument('retired'), *word)
    yield from exits(ran, 1)
    yield from said(ran, 'BAD: ' + stage.states['retired']['host'])
    ran = key(stage, 'check', out, 'www.compliant.example.hk@127.0.0.1:1', *word)
    yield from exits(ran, 3)
    yield from said(ran, 'not known: ', '127.0.0.1')
    ran = key(stage, 'check', out, 'nothing at all', *word)
    yield from exits(ran, 2)


@case('key check: a certificate that was issued anew with the same key is told apart')
def renewed(stage):
    openssl, folder = program('openssl'), stage.fresh()
    for name in ('first', 'second', 'third'):
        yield from exits(run([openssl, 'req', '-x509', *(['-newkey', 'rsa:2048', '-nodes', '-keyout', folder / 'key.pem']
                                                         if name == 'first' else ['-key', folder / 'key.pem'] if name == 'second'
                                                         else ['-newkey', 'rsa:2048', '-nodes', '-keyout',
                                                               folder / 'third.key']),
                              '-out', folder / f'{name}.pem', '-subj', '/CN=renewed.example.hk', '-addext',
                              'subjectAltName=DNS:renewed.example.hk', '-days', '30']), 0)
    out = folder / 'first.pfx'
    yield from exits(key(stage, 'backup', '--key', folder / 'key.pem', '--certificate', folder / 'first.pem',
                         '--password-file', secret(stage), '-o', out), 0)
    word = ['--password-file', secret(stage)]
    yield from exits(key(stage, 'check', out, '--certificate', folder / 'first.pem', *word), 0)
    ran = key(stage, 'check', out, '--certificate', folder / 'second.pem', *word)
    yield from exits(ran, 1)
    yield from said(ran, 'another of that key')
    yield from exits(key(stage, 'check', out, '--certificate', parts(stage, 'retired', 'leaf')[0], *word), 1)
    for name, status, words in (('first', 0, 'serves it'), ('second', 1, 'another certificate of the same key'),
                                ('third', 1, 'a certificate of another key')):
        with Served(folder / f'{name}.pem', folder / ('third.key' if name == 'third' else 'key.pem')) as server:
            ran = key(stage, 'check', out, f'renewed.example.hk@127.0.0.1:{server.port}', *word)
        yield from exits(ran, status)
        yield from said(ran, words)


@case('key check: against saved results, for the hosts that the certificate names')
def results(stage):
    _, out = backup(stage, 'compliant')
    records = stage.write('run.ndjson', stage.ndjson('-i', stage.targets('compliant', 'retired')).out)
    word = ['--password-file', secret(stage)]
    ran = key(stage, 'check', out, records, *word)
    yield from exits(ran, 0)
    yield from said(ran, stage.states['compliant']['host'])
    if stage.states['retired']['host'].encode() in ran.out:
        yield 'a host that is none of its business'
    other = stage.write('other.ndjson', stage.ndjson('-i', stage.targets('retired')).out)
    yield from exits(key(stage, 'check', out, other, *word), 3)
    yield from refuses(key(stage, 'check', out, stage.write('broken.ndjson', '{"schema":'), *word), 'broken.ndjson')


@case('key restore: key and chain, who may read them, and never over anything')
def restore(stage):
    openssl = program('openssl')
    _, out = backup(stage, 'retired')
    folder = stage.fresh()
    own, chain = folder / 'server.key', folder / 'fullchain.pem'
    words = [out, '--password-file', secret(stage), '--key', own, '--certificate', chain]
    yield from exits(key(stage, 'restore', *words), 0)
    if (mode(own), mode(chain)) != (0o600, 0o644):
        yield f'{oct(mode(own))} {oct(mode(chain))}'
    if known(stage, chain.read_bytes()) != [None, ISSUING, CROSS]:
        yield known(stage, chain.read_bytes())
    both = [run([openssl, 'pkey', '-in', path, '-pubout']).out for path in (own, parts(stage, 'retired', 'key')[0])]
    if both[0] != both[1] or not both[0]:
        yield 'another key'
    # Once more changes nothing, but for who may read it.
    own.chmod(0o644)
    before = own.stat().st_mtime_ns
    yield from exits(key(stage, 'restore', *words), 0)
    if mode(own) != 0o600 or own.stat().st_mtime_ns != before:
        yield f'{oct(mode(own))}, or it was written again'
    # What is another's stays, and so neither of both appears.
    chain.write_text('something else\n')
    own.unlink()
    yield from exits(key(stage, 'restore', *words), 2)
    if own.exists() or chain.read_text() != 'something else\n':
        yield 'one of both was written'
    chain.unlink()
    own.symlink_to(folder / 'elsewhere')
    yield from exits(key(stage, 'restore', *words), 2)
    if chain.exists() or (folder / 'elsewhere').exists():
        yield 'a link was followed'
    yield from refuses(key(stage, 'restore', out, '--password-file', secret(stage)), '--key')
    yield from refuses(key(stage, 'restore', out, '--password-file', secret(stage, 'wrong'), '--key', folder / 'x'),
                       'backup.pfx')
    left = sorted(path.name for path in folder.iterdir())
    if left != ['server.key']:
        yield f'left behind: {left}'


@case('key restore: an old backup gives a chain that is in order, or says that it does not')
def restore_old(stage):
    openssl, folder = program('openssl'), stage.fresh()
    own, leaf, rest = parts(stage, 'retired', 'key', 'leaf', 'rest')
    old = folder / 'old.pfx'
    yield from exits(run([openssl, 'pkcs12', '-export', '-in', leaf, '-inkey', own, '-certfile', rest, '-passout',
                          f'pass:{PASSWORD}', '-out', old]), 0)
    for words, wanted, warned in (([], [None, ISSUING, CROSS], False),
                                  (['--offline'], [None, 'ssl-ca-3-17-2017', CROSS], True)):
        chain = stage.fresh() / 'chain.pem'
        ran = key(stage, 'restore', old, '--password-file', secret(stage), '--certificate', chain, *words)
        yield from exits(ran, 0)
        if known(stage, chain.read_bytes()) != wanted or (b'as the backup has it' in ran.err) != warned:
            yield f'{known(stage, chain.read_bytes())} {ran}'


@case('key: passwords are asked for on the terminal, and not shown')
def terminal(stage):
    own, leaf = parts(stage, 'compliant', 'key', 'leaf')
    out = stage.fresh() / 'asked.pfx'
    command = [stage.chainmend, 'key', 'backup', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day,
               '--key', own, '--certificate', leaf, '-o', str(out)]
    master, slave = pty.openpty()
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=quiet_environment(stage.fresh()), start_new_session=True,
                               preexec_fn=lambda: os.close(os.open(os.ttyname(slave), os.O_RDWR)))
    shown = b''
    for _ in range(2):
        end = time.monotonic() + 20
        while not shown.endswith(b': ') and time.monotonic() < end:
            shown += os.read(master, 1024)
        os.write(master, PASSWORD.encode() + b'\n')
        shown += b'\n'
    _, err = process.communicate(timeout=60)
    os.close(slave)
    while True:
        try:
            more = os.read(master, 1024)
        except OSError:
            break
        if not more:
            break
        shown += more
    os.close(master)
    if process.returncode != 0 or PASSWORD.encode() in shown + err:
        yield f'{process.returncode} {shown} {err}'
    if shutil.which('openssl'):
        yield from exits(run(['openssl', 'pkcs12', '-in', out, '-noout', '-passin', f'pass:{PASSWORD}']), 0)


@case('key: nothing of a password is on a command line or in what is said')
def silent(stage):
    word = 'unspeakable-' + 'x' * 20
    ran, out = backup(stage, 'compliant', '-v', password=secret(stage, word))
    yield from exits(ran, 0)
    for more in (ran, key(stage, 'check', out, '-v', '--password-file', secret(stage, word)),
                 key(stage, 'check', out, '-v', '--password-file', secret(stage, word + 'y'))):
        if word.encode() in more.out + more.err or b'PRIVATE KEY-----' in more.out + more.err:
            yield more
    yield from refuses(key(stage, 'check', out, '--password', word))


@case('key: names and bytes that mean ill')
def hostile(stage):
    openssl, folder = program('openssl'), stage.fresh()
    name = '/CN=$(touch pwned)\x1b[2J\u202e;rm -rf'
    yield from exits(run([openssl, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', folder / 'key.pem', '-out',
                          folder / 'leaf.pem', '-subj', name, '-utf8', '-days', '30']), 0)
    out = folder / 'x.pfx'
    ran = key(stage, 'backup', '--key', folder / 'key.pem', '--certificate', folder / 'leaf.pem', '--password-file',
              secret(stage), '-o', out)
    yield from exits(ran, 0)
    yield from unprintable(ran.err)
    ran = key(stage, 'check', out, '--password-file', secret(stage))
    yield from exits(ran, 0)
    yield from unprintable(ran.out)
    whole = out.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        broken = bytearray(whole)
        broken[at] ^= 0x5a
        ran = key(stage, 'check', stage.write('broken.pfx', bytes(broken)), '--password-file', secret(stage), seconds=60)
        if ran.status not in (0, 1, 2):
            yield f'byte {at}: {ran}'
    slow = folder / 'slow.pfx'
    yield from exits(run([openssl, 'pkcs12', '-export', '-in', folder / 'leaf.pem', '-inkey', folder / 'key.pem',
                          '-passout', f'pass:{PASSWORD}', '-iter', '1000', '-out', slow]), 0)
    text = slow.read_bytes()
    at = text.rindex(b'\x02\x02\x03\xe8')
    grown = text[:at] + b'\x02\x04\x7f\xff\xff\xff' + text[at + 4:]
    ran = key(stage, 'check', stage.write('slow.pfx', outer(grown, 2, at)), '--password-file', secret(stage), seconds=30)
    yield from exits(ran, 1)
    yield from said(ran, 'ten million')
    if list(pathlib.Path('.').glob('pwned')):
        yield 'a name was run'


def outer(der, more, at):
    """The SEQUENCEs that end where the file does, and have offset AT in them, are MORE bytes longer."""
    out, place = bytearray(der), 0
    while place < at:
        octets = out[place + 1] & 0x7f if out[place + 1] & 0x80 else 0
        where = slice(place + 2, place + 2 + octets) if octets else slice(place + 1, place + 2)
        length, content = int.from_bytes(out[where], 'big'), place + 2 + octets
        if content + length <= at or out[place] != 0x30:
            place = content + length
            continue
        out[where] = (length + more).to_bytes(octets or 1, 'big')
        place = content
    return bytes(out)
