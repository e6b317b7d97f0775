#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a function, a file or a list of parameters has grown too large to be read at once."""
import re

import source

FILE_LINES, FUNCTION_LINES, NESTING, PARAMETERS = 500, 60, 4, 6
# Callbacks whose prototype a library gives.
GIVEN = {'checker/tls/tls.c: on_message()': 'SSL_CTX_set_msg_callback()',
         'checker/tls/tls_scts.c: on_scts()': 'SSL_CTX_add_custom_ext()',
         'tests/unit/test_scts.c: send_list()': 'SSL_CTX_add_custom_ext()'}


class Nesting:
    """Walks a function's statements and notes how deep they stand, braces or not."""

    def __init__(self, tokens):
        self.tokens, self.deepest, self.where = tokens, 0, 0

    def statement(self, i, depth):
        word = self.tokens.word
        if depth > self.deepest:
            self.deepest, self.where = depth, self.tokens.line[i]
        if word[i] == '{':
            i += 1
            while word[i] != '}':
                i = self.statement(i, depth + 1 if word[i] == '{' else depth)
            return i + 1
        if word[i] in ('if', 'for', 'while', 'switch'):
            return self.controlled(i, depth)
        if word[i] == 'do':
            return self.statement(i + 1, depth + 1)
        if word[i] in ('case', 'default'):
            choices = 0
            while word[i] != ':' or choices:
                choices += (word[i] == '?') - (word[i] == ':')
                i = self.tokens.skip(i) if word[i] in source.CLOSING else i + 1
            return i + 1
        if re.match(r'\w', word[i]) and word[i + 1] == '(' and word[i] not in ('return', 'sizeof'):
            after = self.tokens.skip(i + 1)
            if word[after] == '{':  # a macro that loops
                return self.statement(after, depth + 1)
        while word[i] not in (';', '}'):
            i = self.tokens.skip(i) if word[i] in source.CLOSING else i + 1
        return i + (word[i] == ';')

    def controlled(self, i, depth):
        word = self.tokens.word
        is_if = word[i] == 'if'
        i = self.statement(self.tokens.skip(i + 1), depth + 1)
        if is_if and i < len(word) and word[i] == 'else':
            i += 1
            i = self.statement(i, depth if word[i] == 'if' else depth + 1)
        return i


def count_parameters(tokens, opening):
    words = tokens.word[opening + 1:tokens.skip(opening) - 1]
    if not words or words == ['void']:
        return 0
    depth = commas = 0
    for word in words:
        depth += (word in source.CLOSING) - (word in source.CLOSING.values())
        commas += word == ',' and depth == 0
    return commas + 1


def judge(name, text):
    faults = []
    lines = text.count('\n')
    if lines > FILE_LINES:
        faults.append(f'{name}: {lines} lines, at most {FILE_LINES}')
    tokens = source.Tokens(text)
    for function, start, parameters, brace in source.functions(tokens):
        at = f'{name}:{tokens.line[start]}: {function}()'
        lines = tokens.line[tokens.skip(brace) - 1] - tokens.line[start] + 1
        if lines > FUNCTION_LINES:
            faults.append(f'{at} has {lines} lines, at most {FUNCTION_LINES}')
        count = count_parameters(tokens, parameters)
        if count > PARAMETERS and f'{name}: {function}()' not in GIVEN:
            faults.append(f'{at} has {count} parameters, at most {PARAMETERS}')
        nesting = Nesting(tokens)
        nesting.statement(brace, 0)
        if nesting.deepest > NESTING:
            faults.append(f'{name}:{nesting.where}: {function}() is nested {nesting.deepest} deep, '
                          f'at most {NESTING}')
    return faults


def main():
    top, faults = source.root(), []
    for path in source.c_files(top):
        faults += judge(path.relative_to(top).as_posix(), path.read_text())
    source.finish(faults)


main()
