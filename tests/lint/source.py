# SPDX-License-Identifier: MIT
"""What the lints share: the files of the project, and C text without what is not code."""
import pathlib
import re
import sys

CODE = ('checker', 'rules', 'reports', 'cli')
NOT_OURS = {'.git', 'build', 'build-test', '__pycache__'}


def root():
    """The project's folder, by the one argument each lint takes."""
    return pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '.').resolve()


def every_file(top):
    """Each file of the project, sorted; what a build made and what git keeps left out."""
    found = []
    for path in sorted(top.iterdir()):
        if path.name in NOT_OURS or (path / 'meson-private').is_dir():
            continue
        if path.is_dir() and not path.is_symlink():
            found += every_file(path)
        elif path.is_file():
            found.append(path)
    return found


def c_files(top):
    return [path for folder in (*CODE, 'tests') for path in sorted((top / folder).rglob('*.[ch]'))]


COMMENT_OR_LITERAL = re.compile(r'''
    /\*.*?\*/ | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
''', re.S | re.X)


def blank(text):
    """TEXT without its comments and with its literals emptied; lines stay where they were."""

    def empty(match):
        was = match[0]
        return re.sub(r'[^\n]', ' ', was) if was[0] == '/' else was[0] * 2

    return COMMENT_OR_LITERAL.sub(empty, text)


def without_preprocessor(text):
    """Blanked TEXT without its # lines, those that go on with a backslash too."""
    lines, inside = [], False
    for line in text.split('\n'):
        inside = inside or line.lstrip().startswith('#')
        lines.append('' if inside else line)
        inside = inside and line.endswith('\\')
    return '\n'.join(lines)


TOKEN = re.compile(r'[A-Za-z_]\w*|\d[\w.]*|\S')
CLOSING = {'(': ')', '{': '}', '[': ']'}


class Tokens:
    """The words of a file and the line of each."""

    def __init__(self, text):
        text = without_preprocessor(blank(text))
        found = [(m[0], n) for n, line in enumerate(text.split('\n'), 1) for m in TOKEN.finditer(line)]
        self.word = [word for word, _ in found]
        self.line = [line for _, line in found]

    def __len__(self):
        return len(self.word)

    def skip(self, i):
        """Past the bracket that opens at I."""
        opening, closing, depth = self.word[i], CLOSING[self.word[i]], 0
        while i < len(self):
            depth += (self.word[i] == opening) - (self.word[i] == closing)
            i += 1
            if depth == 0:
                break
        return i


def functions(tokens):
    """Yields (name, first token, parenthesis of its parameters, opening brace)."""
    i = start = 0
    opened, assigned = None, False
    while i < len(tokens):
        word = tokens.word[i]
        is_body = word == '{' and opened and not assigned and tokens.word[i - 1] == ')'
        if is_body:
            yield tokens.word[opened - 1], start, opened, i
        if word == '(' and opened is None:
            opened = i
        assigned = assigned or word == '='
        i = tokens.skip(i) if word in CLOSING else i + 1
        if is_body or word == ';':
            start, opened, assigned = i, None, False


def finish(faults):
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)
