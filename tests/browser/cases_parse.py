# SPDX-License-Identifier: MIT
"""cases_parse.py - every page is HTML to the letter, and holds what it should"""
import json
import re

try:
    import html5lib
except ImportError:
    html5lib = None

PLACE = '{http://www.w3.org/1999/xhtml}'
# Elements and attributes that could run, fetch or send something.
FORBIDDEN = {'img', 'iframe', 'object', 'embed', 'link', 'base', 'audio', 'video', 'applet', 'frame'}


def parse(path):
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder('etree'), namespaceHTMLElements=False)
    return parser.parse(path.read_bytes().decode()), parser.errors


def data_of(tree):
    return json.loads(tree.find('.//script[@id="data"]').text)


def well_formed(stage, kind, language):
    tree, errors = parse(stage.page(kind, language))
    for place, error, details in errors[:5]:
        yield f'{place}: {error} {details}'
    if tree.get('lang') != language:
        yield f'lang is {tree.get("lang")}'
    yield from inert(tree)
    ids = [element.get('id') for element in tree.iter() if element.get('id')]
    yield from (f'the id {name} stands twice' for name in set(ids) if ids.count(name) > 1)
    yield from (f'{link} leads nowhere' for link in {
        element.get('href') for element in tree.iter('a')
    } if link[1:] not in ids)


def inert(tree):
    scripts = list(tree.iter('script'))
    if [script.get('type') for script in scripts] != ['application/json', None]:
        yield f'{len(scripts)} scripts'
    for element in tree.iter():
        if not isinstance(element.tag, str):
            yield 'a comment, which nobody wrote'
            continue
        if element.tag in FORBIDDEN:
            yield f'<{element.tag}>'
        for name, value in element.attrib.items():
            if str(name).startswith('on') or name in ('style', 'src', 'srcset', 'action', 'formaction'):
                yield f'{element.tag} {name}={value[:80]}'
            if name == 'href' and not re.fullmatch(r'#[\w.-]+', value):
                yield f'a link to {value[:80]}'


def policy(stage):
    tree, _ = parse(stage.page('one'))
    found = tree.find('.//meta[@http-equiv="Content-Security-Policy"]')
    if found is None:
        yield 'no policy'
        return
    rules = dict(rule.split(' ', 1) for rule in found.get('content').split('; '))
    if rules.get('default-src') != "'none'":
        yield f'default-src is {rules.get("default-src")}'
    for name in ('script-src', 'style-src'):
        if not re.fullmatch(r"'sha256-[\w+/]{43}='", rules.get(name, '')):
            yield f'{name} is {rules.get(name)}'
    if any('unsafe' in rule for rule in rules.values()):
        yield 'something unsafe is allowed'


def rows(stage, kind, language):
    """Each row of the data fits its mould and the lists it points into."""
    tree, _ = parse(stage.page(kind, language))
    data = data_of(tree)
    molds = {mold.get('id'): mold for mold in tree.iter('template')}
    if not data['rows']:
        yield 'no rows'
    for number, row in enumerate(data['rows'], 1):
        mold = molds.get(f'mold-{row[10]}')
        if mold is None:
            yield f'row {number}: no mould {row[10]}'
            continue
        holes = sum(1 for element in mold.iter() if 'data-s' in element.attrib)
        if holes != len(row[11]):
            yield f'row {number}: {len(row[11])} texts for {holes} holes'
        if row[0] >= len(data['statuses']) or any(rule >= len(data['rules']) for rule in row[4]):
            yield f'row {number}: points past the end'


def cases(stage):
    if html5lib is None:
        stage.tap.skip('pages parse', 'html5lib is not installed (python3-html5lib)')
        return
    for kind in ('one', 'fleet', 'hostile'):
        for language in stage.languages:
            stage.case(f'{kind}, {language}: parses without an error',
                       lambda: well_formed(stage, kind, language))
            stage.case(f'{kind}, {language}: data and moulds fit', lambda: rows(stage, kind, language))
    stage.case('the policy lets nothing in', lambda: policy(stage))
