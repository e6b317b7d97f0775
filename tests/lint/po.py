#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a text for people has no translation, or is not marked to have one.

    po.py ROOT             compares po/*.po with what the code says
    po.py ROOT --write     puts new texts into po/*.po, takes out those that are gone
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import source

LANGUAGES = {'zh_HK': 'zh-Hant', 'zh_CN': 'zh-Hans'}

# Functions and macros that speak, and which of their arguments is the text.
KEYWORDS = {
    'N_': '1', 'PHRASE': '1', 'lang_text': '2', 'lang_plural': '2,3',
    'FLAG': '4', 'VALUE': '4',
    'error_set': '3', 'error_set_errno': '3',
    'backup_say': '3', 'bundle_refuse': '2', 'capture_item_fault': '2', 'dcv_say': '3', 'finding_say': '2', 'observation_end': '3', 'phrase_say': '3',
    'console_say': '2', 'console_tell': '2', 'console_warn': '2', 'console_usage': '2',
    'conn_give_up': '4', 'fault_set': '3', 'flight_fail': '3', 'flight_fault_as': '3',
    'flight_limit': '2', 'session_fail': '3', 'tunnel_fail': '4',
    'starttls_fail': '3', 'starttls_leave': '2', 'broken': '2', 'smtp_reply': '5', 'ftp_reply': '5',
    'nntp_reply': '4', 'pop3_reply': '4', 'sieve_reply': '4',
    'target_fault_set': '3', 'span_fault': '3', 'wrong': '3', 'reading_fail': '3',
    'fetch_say': '2', 'supply_complain': '2', 'revoke_list_unavailable': '2',
    'invalid': '2', 'refuse': '3', 'refuse_at': '3',
    'fault': '4', 'config_fault': '3', 'complain': '3', 'profile_lint_complain': '3', 'pass_fault': '3', 'profile_yaml_fault': '4',
    'page_say': '3', 'review_say': '3', 'phrase_add': '3',
}
# Of the rows of tables; xgettext takes one argument of a call at a time.
ROWS = (('rules/texts.def', 'TEXT:2'), ('rules/texts.def', 'TEXT:3'), ('rules/texts.def', 'TEXT:4'),
        ('checker/conform/faults.def', 'FAULT:4'), ('rules/dcv/faults.def', 'DCV_FAULT:5'))

# Texts that are put together by C, which a catalogue cannot know.
MACRO_IN_TEXT = re.compile(r'<PRI[a-zA-Z0-9]+>|%<')
PLACE = re.compile(r'%(?:\d+\$)?[-+ #0]*\d*(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?([a-zA-Z%])')


def fail(program):
    if program.returncode:
        sys.exit(program.stderr.strip() or f'{program.args[0]} failed')
    return program.stdout


def run(*command, **more):
    return fail(subprocess.run([str(word) for word in command], capture_output=True, text=True, **more))


def extract(top, out):
    """The template: every text that the code marks, sorted."""
    files = [path.relative_to(top).as_posix() for folder in source.CODE
             for path in sorted((*(top / folder).rglob('*.[ch]'), *(top / folder).rglob('faults.def')))]
    common = ['--language=C', '--from-code=UTF-8', '--sort-output', '--no-wrap', '--no-location',
              '--omit-header', '--keyword', f'--output={out}']
    keywords = [f'--keyword={name}:{arguments}' for name, arguments in KEYWORDS.items()]
    flags = [f'--flag={name}:{arguments.split(",")[0]}:c-format' for name, arguments in KEYWORDS.items()
             if name not in ('N_', 'PHRASE', 'FLAG', 'VALUE')]
    run('xgettext', *common, *keywords, *flags, *files, cwd=top)
    for table, keyword in ROWS:
        run('xgettext', *common, '--join-existing', f'--keyword={keyword}', table, cwd=top)


# What people read as it is, whatever their language: a document, code of others, names.
UNMARKED_MAY = re.compile(r"""^(?:
    rules/profile/profile_draft\.c | reports/history/history(?:_file)?\.c | reports/html/ | tests/ |
    reports/request/recipe_ | reports/plan/plan_(?:ansible\.|hints_|platform\.|script\.) | checker/capture/capture_(?:s_client|words)\.c |
    reports/machine/(?:format_(?:junit|nagios|prometheus|sarif)|sarif_[a-z]+)\.c |
    checker/(?:tls/schedule|starttls/starttls_xmpp|engine/resolve_caa)\.c | cli/(?:cmd_arl|run/bond|run/journal)\.c)""", re.X)
MAY_BE_NAMES = re.compile(r'^(?:standard (?:input|output)|command line|built in|the draft|chainmend explain %s)$')
SILENT = {'assert', 'static_assert', '_Static_assert', 'strcmp', 'strncmp', 'strstr', 'JSON_KEY', 'snprintf'}
WORDS = re.compile(r"[A-Za-z][a-z']+,? [a-z]{2,} [a-z]{2,}")
PIECE = re.compile(
    r'/\*.*?\*/|^[ \t]*\#[^\n]*(?:\\\n[^\n]*)*|"(?:\\.|[^"\\\n])*"|'
    r"'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|[()]", re.S | re.M)


def check_marked(top):
    """A sentence in a C file that no function which speaks is given, and no mark."""
    for path in source.c_files(top):
        name = path.relative_to(top).as_posix()
        if UNMARKED_MAY.match(name):
            continue
        text, calls, last = path.read_text(), [], ''
        for found in PIECE.finditer(text):
            word = found[0]
            if word == '(':
                calls.append(last)
            elif word == ')' and calls:
                calls.pop()
            elif word[0] == '"' and not MAY_BE_NAMES.match(word[1:-1]):
                if WORDS.search(PLACE.sub('', word)) and not {*calls} & ({*KEYWORDS} | SILENT):
                    yield f'{name}:{text.count(chr(10), 0, found.start()) + 1}: {word}: is it for people? Mark it'
            last = word if re.match(r'[A-Za-z_]', word) else ''


class Entry:
    def __init__(self, block):
        self.block = block
        self.flags = ''.join(re.findall(r'^#,(.*)$', block, re.M))
        self.fuzzy = 'fuzzy' in self.flags
        self.obsolete = block.startswith('#~')
        self.text = self.field('msgid')
        self.many = self.field('msgid_plural')
        self.translation = self.field(r'msgstr(?:\[0\])?')

    def field(self, name):
        found = re.search(rf'^{name} ((?:"(?:[^"\\]|\\.)*"\n?)+)', self.block, re.M)
        if not found:
            return None
        parts = re.findall(r'"((?:[^"\\]|\\.)*)"', found[1])
        return re.sub(r'\\(.)', lambda m: {'n': '\n', 't': '\t'}.get(m[1], m[1]), ''.join(parts))


def entries(text):
    return [Entry(block + '\n') for block in re.split(r'\n\n+', text.strip()) if 'msgid' in block]


def places(text):
    return [conversion for conversion in PLACE.findall(text) if conversion != '%']


def check_template(found):
    for entry in found:
        for text in filter(None, (entry.text, entry.many)):
            if MACRO_IN_TEXT.search(text):
                yield f'"{text}": a macro inside; cast to (unsigned long long) and say %llu'
            if len(places(text)) > 8:
                yield f'"{text}": more than eight places'
            if re.search('[a-z]', text) and re.search(r'\s$|^\s(?!\(|and )', text):
                yield f'"{text}": begins or ends with a blank: a piece of a sentence is no text'


def check_catalogue(name, known, wanted):
    """KNOWN: entries of the .po; WANTED: those of the template."""
    have = {entry.text: entry for entry in known if not entry.obsolete}
    for entry in wanted:
        own = have.get(entry.text)
        if own is None:
            yield f'{name}: "{entry.text}" is missing: run ./dev format, then translate it'
        elif not own.translation:
            yield f'{name}: "{entry.text}" is not translated'
        elif own.fuzzy:
            yield f'{name}: "{entry.text}": its translation is fuzzy: read it again'
    texts = {entry.text for entry in wanted}
    for text in have:
        if text and text not in texts:
            yield f'{name}: "{text}" is no text of the program: run ./dev format'


def write(top, template):
    for language in LANGUAGES:
        path = top / f'po/{language}.po'
        run('msgmerge', '--quiet', '--update', '--backup=none', '--sort-output', '--no-wrap',
            '--no-location', '--no-fuzzy-matching', path, template)
        run('msgattrib', '--no-obsolete', '--sort-output', '--no-wrap', '--no-location',
            f'--output-file={path}', path)


def main():
    top = pathlib.Path(sys.argv[1]).resolve()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / 'chainmend.pot'
        extract(top, template)
        if '--write' in sys.argv:
            write(top, template)
            return
        wanted = entries(template.read_text(encoding='utf-8'))
        faults += check_template(wanted)
        faults += check_marked(top)
        for language in LANGUAGES:
            path = top / f'po/{language}.po'
            checked = subprocess.run(['msgfmt', '--check', '-o', '/dev/null', str(path)],
                                     capture_output=True, text=True)
            if checked.returncode:
                faults.append(checked.stderr.strip())
            faults += check_catalogue(f'po/{path.name}', entries(path.read_text(encoding='utf-8')), wanted)
    source.finish(faults)


main()
