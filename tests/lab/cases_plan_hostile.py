# SPDX-License-Identifier: MIT
"""cases_plan_hostile.py - whatever hosts, labels and certificates are called, a plan stays a plan

Hostile texts are put into every field of a saved result that somebody else may have written, and
planned for each platform.  Every script is parsed; its head alone is run, and gives back what it
was given and does nothing else.
"""
import json
import pathlib
import re
import subprocess
import unicodedata

from cases import FORBIDDEN, Skip, collector, exits
from cases_plan import plan

__all__ = ['CASES', 'Skip']
CASES, case = collector()

# Each would make a file called OWNED where it was run, or end what it stands in.
TEXTS = (
    "'; touch OWNED; '", '"; touch OWNED; "', '$(touch OWNED)', '`touch OWNED`', '${IFS}', "a'b", 'a"b', 'a\\', "a\\'; touch OWNED #",
    'a\ntouch OWNED\n', '\r\ntouch OWNED', '-rf /', '--help', '../../etc', '/', '.', '..', '...', 'CON', 'a|b', 'a&touch OWNED&', '*?[a-z]',
    '%PATH%', "'; New-Item OWNED; '", '\u2019; New-Item OWNED; \u2019', '\u201a\u201b\u2018', "$(New-Item OWNED)", '@(1)', '#>', '<#', "'@\nNew-Item OWNED\n@'",
    '{{ lookup("pipe", "touch OWNED") }}', '{% raw %}', '!unsafe "x"', '- a: b', 'a: b', '"\n- hosts: all', '\u0085', '\u2028', '\u202e', '\u200b', '\x1b[2J',
    '![x](http://127.0.0.1:9/y)', '<script>x</script>', '```\n# x', '@everyone #1', '| a | b |', '</pre>', '香港郵政', '\U00020000', '\ufeff', 'a' * 5000, '',
    ' ', '\t', '=cmd()', 'END\nEND', 'EOF\ntouch OWNED\nEOF',
)
PLATFORMS = ('apache', 'apache-2.2', 'domino', 'dovecot', 'exchange', 'exchange-2010', 'exchange-2013', 'exchange-2016', 'exchange-2019',
             'exchange-se', 'f5', 'haproxy', 'iis', 'java-keystore', 'netscaler', 'nginx', 'postfix', 'tomcat', 'weblogic', 'generic')
SHOWN = ('HOST', 'SNI', 'CERTIFICATE_FILE', 'KEY_FILE', 'SERVICE', 'TARGET')
PLAIN = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._-]*')


def poisoned(record, number, text):
    """A record with TEXT wherever somebody else may have written; the number keeps hosts apart."""
    found = json.loads(json.dumps(record))
    target = found['target']
    target.update(host=f'{text}{number}', sni=text, labels={'owner': text, 'certificate_file': text, 'key_file': text,
                                                           'service': text, 'platform': text})
    target.pop('unicode', None)
    for cert in found['chain']:
        cert.update(subject=f'CN={text},O={text}', issuer=text)
        if 'common_name' in cert:
            cert['common_name'] = text
        cert['san'] = [text, 'www.example.hk', text + 'x']
    for finding in found['findings']:
        finding['message'] = text or 'x'
        finding.pop('template', None)
        finding.pop('arguments', None)
    return found


STATES = ('retired', 'expired', 'leaf-only')
# One of each family is looked at whole, with a request as well; the others share its writers.
WHOLE = {'nginx': STATES, 'iis': STATES, 'exchange-2010': STATES, 'f5': STATES, 'tomcat': STATES}
PARSED = 6  # of each platform; all heads are run, and bodies are the same


def poisoned_results(stage, states):
    lines = []
    for state in states:
        record = json.loads(stage.ndjson('-i', stage.targets(state)).out)
        lines += [json.dumps(poisoned(record, f'{number}-{state}', text)) for number, text in enumerate(TEXTS)]
    return stage.write('hostile.ndjson', '\n'.join(lines) + '\n')


def harmless(path, text):
    found = {c for c in text if c not in '\n\t' and (unicodedata.category(c) == 'Cc' or ord(c) in FORBIDDEN)}
    if found:
        yield f'{path}: raw {[hex(ord(c)) for c in found]}'


def head_of(text):
    """Up to the first body."""
    return text.split('\n# SPDX-License-Identifier', 1)[0]


def shown_as(text):
    """What is not printable by its escapes, as everywhere."""
    return ''.join(f'\\u{{{ord(c):04X}}}' if unicodedata.category(c) == 'Cc' or ord(c) in FORBIDDEN else c for c in text)


def run_heads(stage, paths):
    """Each head alone, in a folder with nothing in it; what came of the variables it is to show."""
    place = stage.fresh()
    script = ['set -eu']
    for path in paths:
        (place / f'{len(script)}.head').write_text(head_of(path.read_text()))
        shown = ' '.join(f'"${name}"' for name in SHOWN)
        script.append(f'( . ./{len(script)}.head; printf "%s\\0" {shown} )')
    ran = subprocess.run(['sh', '-c', '\n'.join(script)], cwd=place, stdin=subprocess.DEVNULL, capture_output=True,
                         env={'PATH': '/usr/bin:/bin'}, timeout=60, check=False)
    if ran.returncode or ran.stderr:
        yield f'heads: exit status {ran.returncode}: {ran.stderr[:500]}'
    more = {item.name for item in place.iterdir()} - {f'{n}.head' for n in range(1, len(script))}
    if more:
        yield f'running heads made {more}'
    values = ran.stdout.decode().split('\0')
    if len(values) != len(SHOWN) * len(paths) + 1:
        yield f'{len(values)} values of {len(paths)} heads'
    for path, host in zip(paths, values[::len(SHOWN)]):
        want = json.loads((path.parent / 'plan.json').read_text())['host']
        want = shown_as(want)
        if host != want and not (len(want) > 4000 and want.startswith(host[:4000])):
            yield f'{path}: HOST is {host[:80]!r}, not {want[:80]!r}'


def shell_scripts(stage, folder, platform):
    paths = sorted(folder.glob('*/*.sh'))
    heads = [path for path in paths if path.name.startswith('apply')]
    for shell in ('sh', 'bash'):
        for path in paths[:PARSED]:
            checked = subprocess.run([shell, '-n', path], capture_output=True, text=True, check=False)
            if checked.returncode or checked.stderr:
                yield f'{path}: {shell}: {checked.stderr[:300]}'
    assigned = re.compile(r"[A-Z0-9_]+='(?:[^']|'\\'')*'")
    for path in heads:
        for line in head_of(path.read_text()).splitlines():
            if line and not line.startswith('#') and not assigned.fullmatch(line):
                yield f'{path}: no assignment: {line[:200]}'
    if heads:
        yield from run_heads(stage, heads)
        if platform in ('nginx', 'tomcat'):
            checked = subprocess.run(['shellcheck', '-S', 'error', *heads[:20]], capture_output=True, text=True, check=False)
            if checked.returncode:
                yield f'shellcheck: {checked.stdout[:500]}'


def lexed(path, text):
    """Pygments' reading of a script: nothing that is none, and a head of assignments alone."""
    from pygments.lexers import PowerShellLexer
    from pygments.token import Error
    wrong = [value for kind, value in PowerShellLexer().get_tokens(text) if kind is Error]
    if wrong:
        yield f'{path}: {wrong[:5]} is no PowerShell'


ASCII_STRING = r"'(?:[^']|'')*'"
VALUE = rf"(?:{ASCII_STRING}|\({ASCII_STRING}(?: \+ (?:{ASCII_STRING}|\[char\]0x[0-9A-F]{{4}}))*\))"
ARRAY = rf'@\((?:{VALUE}(?:, {VALUE})*)?\)'
ENTRY = rf"    @\{{ (?:\w+ = {VALUE}; )*Store = 'CA' \}},?"
HEAD_LINE = re.compile(rf'\$\w+ = (?:{VALUE}|{ARRAY}|@\()|{ENTRY}|\)|#.*|')


def powershell_scripts(folder):
    for path in sorted(folder.glob('*/*.ps1')):
        text = path.read_bytes().decode('utf-8-sig')
        if path.name.startswith('apply'):
            head = head_of(text)
            if not text.isascii():
                yield f'{path}: not ASCII'
            for line in head.splitlines():
                if not HEAD_LINE.fullmatch(line):
                    yield f'{path}: no assignment: {line[:200]}'
            yield from lexed(path, head)


def documents(folder):
    from markdown_it import MarkdownIt
    for path in folder.rglob('*'):
        if path.suffix == '.json':
            json.loads(path.read_text())
        if path.suffix == '.md':
            text = path.read_text()
            yield from harmless(path, text)
            tokens = MarkdownIt('commonmark').enable('table').parse(text)
            kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}
            if kinds & {'html_block', 'html_inline', 'image'} or ('link_open' in kinds and path.name != 'index.md'):
                yield f'{path}: {sorted(kinds)}'


def inventory(folder):
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor('!unsafe', lambda loader, node: loader.construct_scalar(node))
    path = folder / 'ansible' / 'inventory.yml'
    text = path.read_text()
    yield from harmless(path, text)
    # A template is one only where a value does not say that it is none.
    for line in text.splitlines():
        if ('{{' in line or '{%' in line) and '!unsafe "' not in line:
            yield f'{path}: {line}'
    known = yaml.load(text, Loader)
    hosts = [host for way in known['all']['children'].values() for group in (way['children'] or {}).values()
             for host in group['hosts']]
    for host in hosts:
        if not PLAIN.fullmatch(host):
            yield f'{path}: {host!r} is an alias'


def of_platform(stage, platform):
    states = WHOLE.get(platform, STATES[:1])
    results = poisoned_results(stage, states)
    folder, ran = plan(stage, results, '--ansible', '--platform', platform, '--offline')
    yield from exits(ran, 0)
    if ran.status:
        return
    names = [path.name for path in folder.iterdir()]
    for name in names:
        if not PLAIN.fullmatch(name):
            yield f'{name!r} is no plain name'
    if len({name.lower() for name in names}) != len(names) or len(names) < len(states) * len(TEXTS):
        yield f'{len(names)} names for {len(states) * len(TEXTS)} hosts'
    yield from shell_scripts(stage, folder, platform)
    yield from powershell_scripts(folder)
    if platform in WHOLE:
        yield from documents(folder)
        yield from inventory(folder)


def add_case(platform):
    @case(f'plan: hostile names, written for {platform}')
    def hostile(stage):
        try:
            import markdown_it  # noqa: F401
            import pygments  # noqa: F401
            import yaml  # noqa: F401
        except ImportError as why:
            raise Skip(str(why)) from None
        yield from list(of_platform(stage, platform))[:20]
    return hostile


for one in PLATFORMS:
    add_case(one)


@case('plan: hostile names: every platform that plan knows is tried')
def all_tried(stage):
    ran = stage.run('plan', pathlib.Path('/dev/null'), '-o', stage.fresh() / 'x', '--platform', 'none')
    said = ran.err.decode()
    known = set(said.rsplit(': ', 1)[-1].strip().split(', '))
    if known != set(PLATFORMS):
        yield f'{said}: {sorted(known ^ set(PLATFORMS))}'
