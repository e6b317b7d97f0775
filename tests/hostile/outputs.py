# SPDX-License-Identifier: MIT
"""outputs.py - case 75 from the other end: what hostile names look like in each output there is"""
import csv
import io
import re
import zipfile
from xml.etree import ElementTree

from stage import unprintable

FORMATS = ('text', 'ndjson', 'json', 'csv', 'html', 'xlsx', 'markdown', 'junit', 'sarif',
           'prometheus', 'nagios')
USAGE = 2


def cases(stage, served, word):
    """SERVED: the endpoints whose certificates have hostile text in them."""
    hostile = [case.target() for case in served]
    if not hostile:
        return
    for style in FORMATS:
        name = f'75 hostile names written as {style}'
        if word not in name:
            continue
        for more in ([], ['-v']) if style == 'text' else ([],):
            path = stage.folder.fresh() / 'out'
            ran = stage.scan('-o', f'{style}:{path}', '--color', 'never', *more, '-i',
                             stage.targets(hostile), '-c', len(hostile))
            if ran.status == USAGE and not path.exists():
                stage.tap.skip(name, 'the program has no such format yet')
            else:
                stage.tap.case(name + ''.join(more), faults(style, path.read_bytes(), ran))


def faults(style, written, ran):
    # One cannot be decoded, and whether any is critical depends on how many of them there are.
    if ran.status not in ((2,) if style == 'nagios' else (1, 3)):
        yield f'{ran}'
    yield from (f'standard error: {fault}' for fault in unprintable(ran.err))
    if style == 'xlsx':
        yield from workbook(written)
        return
    # The page's own code may be indented; what it shows may not have a tab.
    yield from unprintable(written, '\n\t' if style in ('prometheus', 'html') else '\r\n')
    text = written.decode(errors='replace')
    if style == 'html':
        shown = re.sub(r'<(script|style)\b.*?</\1>', '', text, flags=re.S)
        if re.search(r'[^\n\t]\t', shown):
            yield 'a raw tab in what the page shows'
    if not text:
        yield 'nothing written'
    if style in ('html', 'markdown') and re.search(r'<script>alert|<img src=x', text):
        yield 'markup of a certificate is markup of the report'
    if style == 'csv':
        for row in csv.reader(io.StringIO(text)):
            yield from (f'the formula {cell[:60]!r}' for cell in row
                        if re.match(r'[=+@\t\r]|-[^0-9]', cell))
    if style == 'junit':
        try:
            ElementTree.fromstring(written)
        except ElementTree.ParseError as why:
            yield f'no XML: {why}'


def workbook(written):
    try:
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            for name in archive.namelist():
                if name.endswith('.xml'):
                    tree = ElementTree.fromstring(archive.read(name))
                    yield from (f'{name}: a formula' for element in tree.iter()
                                if element.tag.endswith('}f'))
    except (zipfile.BadZipFile, ElementTree.ParseError) as why:
        yield f'no workbook: {why}'
