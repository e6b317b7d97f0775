# SPDX-License-Identifier: MIT
"""cases_plan_windows.py - plans for Windows, by grammar, and for what has no script, by their words

Nothing here runs PowerShell.  Each script that a plan has is held against what PowerShell 2.0 knows
(tests/lint/powershell.py), and its head against the results it was made of.
"""
import hashlib
import json
import pathlib
import re
import ssl
import sys

from cases import Skip, collector, debian, exits

__all__ = ['CASES', 'Skip']
CASES, case = collector()

WINDOWS = {
    'exchange': 'exchange', 'exchange-2010': 'exchange-2010', 'exchange-2013': 'exchange', 'exchange-2016': 'exchange',
    'exchange-2019': 'exchange', 'exchange-se': 'exchange', 'iis': 'certreq',
}
# platform: commands that its page has
GUIDES = {
    'f5': ('tmsh install sys crypto cert', 'tmsh modify ltm profile client-ssl', 'tmsh save sys config'),
    'netscaler': ('add ssl certKey', 'link ssl certKey', 'save ns config'),
    'domino': ('load certmgr -importpem', 'kyrtool import all'),
    'weblogic': ('restartSSLChannels', 'sh apply.sh --file KEYSTORE'),
}
# A value of the head: one literal, or characters by number joined to literals.
LITERAL = r"(?:\(?(?:'(?:[^'\n]|'')*'|\[char\]0x[0-9A-F]+)(?: \+ (?:'(?:[^'\n]|'')*'|\[char\]0x[0-9A-F]+))*\)?)"


def lint():
    debian('pygments', 'python3-pygments')
    folder = str(pathlib.Path(__file__).resolve().parent.parent / 'lint')
    sys.path.append(folder)
    sys.path.append('/usr/lib/python3/dist-packages')
    try:
        import powershell  # pylint: disable=import-outside-toplevel
    finally:
        sys.path.remove('/usr/lib/python3/dist-packages')
        sys.path.remove(folder)
    return powershell


def plan(stage, records, platform):
    results = stage.write('run.ndjson', ''.join(json.dumps(record) + '\n' for record in records))
    folder = stage.fresh() / 'plan'
    return folder, stage.run('plan', results, '-o', folder, *stage.lab.profile(), '--platform', platform)


def records_of(stage, *states):
    return stage.ndjson('-i', stage.targets(*states)).records()


def value(script, name):
    """The text of a variable of the head that is one literal."""
    found = re.search(rf"^\${name} = '((?:[^'\n]|'')*)'$", script, re.M)
    return found and found[1].replace("''", "'")


def head_faults(script, record):
    """The head says what was found, and nothing but literals."""
    leaf = record['chain'][0]['sha256']
    if value(script, 'LeafSha256') != leaf:
        yield f'LeafSha256 is not {leaf}'
    if value(script, 'HostName') != record['target']['host']:
        yield f'HostName is {value(script, "HostName")}'
    old = re.search(r"^\$OldSha1 = @\((.*)\)$", script, re.M)
    retired = [one for one in record['chain'] if (one['known_as'] or '').endswith('-2017')]
    if not old or len(re.findall(r"'[0-9a-f]{40}'", old[1])) < len(retired):
        yield f'{old and old[0]} for {len(retired)} retired certificates'
    if not re.search(r"^\s*@\{ File = .*Sha256 = '[0-9a-f]{64}'; Store = 'CA' \}", script, re.M):
        yield 'there is nothing to be installed'
    head = script.split('# SPDX')[0]
    for line in head.splitlines():
        line = line.strip()
        if not (not line or line.startswith('#') or line in ('$New = @(', ')') or
                re.fullmatch(rf'\$\w+ = {LITERAL}', line) or
                re.fullmatch(rf'\$\w+ = @\((?:{LITERAL}(?:, )?)*\)', line) or
                re.fullmatch(rf'@\{{ (?:\w+ = {LITERAL}(?:; )?)* \}},?', line)):
            yield f'not an assignment of a literal: {line}'


def file_faults(folder, script):
    """Each certificate to be installed lies beside the script, alone in its file."""
    named = re.findall(r"File = '([^']+)';.*Sha256 = '([0-9a-f]{64})'", script)
    for name, sha256 in named:
        text = (folder / name).read_text() if (folder / name).exists() else ''
        der = [ssl.PEM_cert_to_DER_cert(block) for block in re.findall(
            '-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----', text, re.S)]
        if [hashlib.sha256(one).hexdigest() for one in der] != [sha256]:
            yield f'{name} is not one certificate with SHA-256 {sha256}'
    if not named:
        yield 'nothing is to be installed'


@case('plan: scripts for Windows are PowerShell 2.0, with a head that says what was found')
def scripts(stage):
    powershell = lint()
    records = records_of(stage, 'retired', 'retired-ev', 'leaf-only')
    own = {name for body in (pathlib.Path(powershell.__file__).parents[2] / 'data/platforms').glob('*.ps1')
           for name in powershell.functions(body.read_text())}
    for platform in WINDOWS:
        folder, ran = plan(stage, records, platform)
        yield from exits(ran, 0)
        found = sorted(folder.glob('*/apply.ps1'))
        if len(found) != len(records):
            yield f'{platform}: {len(found)} scripts for {len(records)} services'
        for path in found:
            script = path.read_bytes().decode('ascii')
            yield from (f'{platform}: {fault}' for fault in file_faults(path.parent, script))
            record = next(one for one in records if value(script, 'HostName') == one['target']['host'])
            yield from (f'{platform}: {fault}' for fault in head_faults(script, record))
            yield from (f'{path}:{n}: {fault}' for n, fault in powershell.check(script, own))
            for word in ("'-addstore'", 'FindByThumbprint', 'S-1-5-18', "'-Undo'", "'-WhatIf'", "'-Verify'"):
                if word not in script:
                    yield f'{platform}: no {word} in the script'


@case('plan: hostile labels and names stay literals in PowerShell')
def hostile(stage):
    powershell = lint()
    record = records_of(stage, 'retired')[0]
    for text in ("'; Remove-Item C:\\ -Recurse; '", '$(Get-Process)', '`n"; & calc.exe', '\u2018\u2019\u201a\u201b',
                 '@\'\n', '香港\u202e', "x'\r\n$OldSha1 = @()\n'"):
        record['target']['labels'] = {'service': text, 'owner': text, 'certificate_file': text}
        folder, ran = plan(stage, [record], 'exchange-2010')
        yield from exits(ran, 0)
        for path in folder.glob('*/apply.ps1'):
            script = path.read_bytes().decode('ascii')
            yield from (f'{text!r}: {fault}' for fault in head_faults(script, record))
            if 'Remove-Item C' in powershell.code_of(script)[0]:
                yield f'{text!r} is not inside a literal'


@case('plan: a new certificate is asked for by what makes its key on the server')
def requests(stage):
    powershell = lint()
    record = records_of(stage, 'expired')[0]
    for platform, recipe in WINDOWS.items():
        folder, ran = plan(stage, [record], platform)
        yield from exits(ran, 0)
        page = next(folder.glob('*/plan.md')).read_text()
        name = record['target']['host'] + ('.inf' if recipe == 'certreq' else '.ps1')
        path = next(folder.glob(f'*/{name}'), None)
        if not path or name not in page:
            yield f'{platform}: no {name} in the folder and its page'
        elif recipe != 'certreq':
            script = path.read_bytes().decode().replace('\r', '')
            yield from (f'{platform}: {n}: {fault}' for n, fault in powershell.check(script))
        if platform != 'iis' and '.\\apply.ps1 -Complete FILE.cer' not in page:
            yield f'{platform}: nothing about services'


@case('csr: what it writes for Exchange 2010 is PowerShell 2.0')
def recipe(stage):
    powershell = lint()
    results = stage.write('run.ndjson', ''.join(json.dumps(one) + '\n' for one in records_of(stage, 'expired')))
    path = stage.fresh() / 'request.ps1'
    ran = stage.run('csr', *stage.lab.profile(), '--from', results, '--emit', f'exchange-2010:{path}')
    yield from exits(ran, 0)
    script = path.read_bytes().decode().lstrip('\ufeff').replace('\r', '')
    yield from (f'{n}: {fault}' for n, fault in powershell.check(script))
    if 'New-ExchangeCertificate -GenerateRequest' not in script:
        yield script


@case('plan: what schannel sends and hides is said, and a missing cross is advice')
def schannel(stage):
    folder, ran = plan(stage, records_of(stage, 'retired-no-cross'), 'exchange-2016')
    yield from exits(ran, 0)
    page = next(folder.glob('*/plan.md')).read_text()
    for word in ('never sends the cross certificate', 'S-1-5-18', 'ChainCacheResyncFiletime', 'group policy'):
        if word not in page:
            yield f'no "{word}" in {page}'


@case('plan: appliances, Domino and WebLogic have their commands, and thumbprints')
def guides(stage):
    record = records_of(stage, 'retired')[0]
    for platform, commands in GUIDES.items():
        folder, ran = plan(stage, [record], platform)
        yield from exits(ran, 0)
        page = next(folder.glob('*/plan.md')).read_text()
        yield from (f'{platform}: no "{word}"' for word in commands if word not in page)
        if len(re.findall(r'SHA-1 ` ?[0-9a-f]{40} ?`', page)) < 2:
            yield f'{platform}: no thumbprints'
