# SPDX-License-Identifier: MIT
"""cases_report.py - saved results rendered again, in every format, with all that can be asked for"""
import collections
import csv
import html.parser
import io
import json
import re

from cases import Skip, collector, exits, refuses, unprintable

__all__ = ['CASES', 'Skip']
CASES, case = collector()

SECONDS = 170
ALL = ('--probe', 'all', '--caa', '--identify', '--revocation', 'full', '--explain')
WAIVERS = '''schema: chainmend.waivers/1
waivers:
  - {rule: leaf.expired, host: "*", reason: "it goes, with | its \\"box\\"", until: 2099-01-01, by: mail team}
  - {rule: chain.root-sent, host: "*", reason: seen, until: 2099-01-01, by: ops}
'''


def formats(stage):
    """What the program itself says that it writes."""
    said = stage.run('report', '-f', 'postcard', '-').err.decode()
    names = re.findall(r'[a-z]+', said.rpartition(':')[2])
    if not {'text', 'ndjson', 'json', 'csv', 'html', 'xlsx', 'chain'} <= set(names):
        raise RuntimeError(f'no list of formats in {said}')
    return names


def full_scan(stage, folder, names):
    outputs = [word for name in names for word in ('-o', f'{name}:{folder / name}')]
    return stage.scan('-i', stage.lab.file('targets.csv'), *ALL, '--waivers', stage.write('waivers.yaml', WAIVERS),
                      *outputs, seconds=SECONDS)


def first_difference(one, two):
    at = next((i for i, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
    return f'{len(one)} and {len(two)} bytes; at {at}: {one[max(0, at - 60):at + 60]} is {two[max(0, at - 60):at + 60]}'


@case('report: what a scan that asked for everything wrote comes back, byte for byte, in every format')
def everything(stage):
    names = formats(stage)
    folder = stage.fresh()
    ran = full_scan(stage, folder, names)
    # Nagios is among them, and critical is 2 to it.
    yield from exits(ran, 2)
    records = (folder / 'ndjson').read_text()
    for key in ('"looks":[{', '"caa":{', '"revocation":[{', '"lines":[{', '"waived":{', '"banner":'):
        if key not in records:
            yield f'the fleet shows no {key}, so this proves less'
    for source in ('ndjson', 'json'):
        again = stage.fresh()
        outputs = [word for name in names for word in ('-o', f'{name}:{again / name}')]
        ran = stage.run('report', *stage.lab.profile(), *outputs, folder / source, seconds=SECONDS)
        yield from exits(ran, 2)
        for name in names:
            one, two = (folder / name).read_bytes(), (again / name).read_bytes()
            if one != two:
                yield f'{name} from {source}: {first_difference(one, two)}'


# --- Hostile text, as readers that are not ours find it ---

HOSTILE = (
    '<script>window.owned=1</script><img src=x onerror="window.owned=1">', '</script></style><iframe src=//127.0.0.1:9/>',
    '" onfocus="window.owned=1" x=\'', '=HYPERLINK("http://127.0.0.1:9/")', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r\n=1,"x"\r\n',
    '[x](http://127.0.0.1:9/)', '`id` $(id) ${x} {{x}}', '\x1b[2J\x1b]0;owned\x07', 'a\tb\nc\rd', '\u202egnp.exe\u202c\u200b\ufeff',
    '"},{"schema":"x"', 'A' * 65536, '香' * 20000, '\x9b31m\x7f\x08')
FREE = {'subject', 'issuer', 'message', 'reason', 'banner', 'key', 'signature', 'cipher', 'source', 'platform', 'owner', 'san',
        'eku', 'common_name', 'value', 'unicode'}


def poisoned(value, text, key=None):
    """The same value with TEXT wherever somebody else may have written."""
    if isinstance(value, dict):
        return {name: poisoned(member, text, name) for name, member in value.items()
                if name not in ('template', 'arguments')}
    if isinstance(value, list):
        return [poisoned(member, text, key) for member in value]
    if isinstance(value, str) and key in FREE:
        return text if key != 'source' else text.replace('\n', ' ') + ':1'
    return value


class Page(html.parser.HTMLParser):
    """What a page is made of: tags, names of attributes, and text that is no code."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text, self.inside = collections.Counter(), set(), [], ''
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.tags[tag] += 1
        self.attributes.update(name for name, _ in attrs)
        self.text.extend(value or '' for _, value in attrs)

    def handle_endtag(self, tag):
        self.inside = ''

    def handle_data(self, data):
        if self.inside not in ('script', 'style') and data.strip():
            self.text.append(data.strip())


def read_page(path, calm):
    page, own = Page(path.read_text()), Page(calm.read_text())
    for tag in ('script', 'img', 'iframe', 'link', 'style', 'base', 'form', 'object', 'meta'):
        if page.tags[tag] != own.tags[tag]:
            yield f'html: {page.tags[tag]} of <{tag}>'
    yield from (f'html: attribute {name}' for name in page.attributes - own.attributes if not name.startswith('data-'))
    yield from (f'html: {fault}' for fault in unprintable(''.join(page.text).encode()))


def read_cells(path):
    for row in csv.reader(io.StringIO(path.read_bytes().decode(), newline=''), strict=True):
        yield from (f'csv: the cell {cell[:60]!r}' for cell in row if re.match(r'[=+@\t\r\n]|-[^0-9]', cell))
        yield from (f'csv: {fault}' for fault in unprintable(''.join(row).encode()))


@case('report: hostile text in every field is text in every format, as other readers find it')
def hostile(stage):
    folder, names = stage.fresh(), ('ndjson', 'json', 'csv', 'html', 'text')
    targets = stage.targets('expired', 'hostile-names', 'compliant', 'refuses')
    yield from exits(stage.ndjson('-i', targets, '-o', folder / 'calm'), 1)
    records = [json.loads(line) for line in (folder / 'calm').read_text().splitlines()]
    words = ('report', *stage.lab.profile(), '--color', 'never')
    yield from exits(stage.run(*words, '-o', f'html:{folder}/calm.html', folder / 'calm'), 1)
    evil = [json.dumps(poisoned(record, text)) for text in HOSTILE for record in records]
    ran = stage.run(*words, *(word for name in names for word in ('-o', f'{name}:{folder / name}')),
                    stage.write('evil', '\n'.join(evil) + '\n'), seconds=SECONDS)
    yield from exits(ran, 1)
    lines = (folder / 'ndjson').read_text().split('\n')
    if lines.pop() or [json.loads(line)['status'] for line in lines] != [json.loads(line)['status'] for line in evil]:
        yield 'ndjson: not the same records'
    if json.loads((folder / 'json').read_text())['results'] != [json.loads(line) for line in lines]:
        yield 'json: not the same records'
    for name in ('ndjson', 'json', 'text'):
        yield from (f'{name}: {fault}' for fault in unprintable((folder / name).read_bytes()))
    yield from read_cells(folder / 'csv')
    yield from read_page(folder / 'html', folder / 'calm.html')


@case('report: a record with a NUL or bytes that are no UTF-8 is refused')
def no_text(stage):
    for bad in (b'\\u0000', b'\xff\xfe', b'\xed\xa0\x80'):
        file = stage.write('bad', b'{"schema":"chainmend.result/1","x":"' + bad + b'"}\n')
        yield from refuses(stage.run('report', '-f', 'csv', file), f'{file}:1: not JSON')
