#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a script for Windows uses what PowerShell 2.0 does not have

Exchange 2010 has PowerShell 2.0, and later versions break it, so our scripts keep to that.  A list of
what is allowed holds for commands, since what came later is open-ended; the language itself and .NET
are held against lists of what came later, each with the reason.  Other files may be named behind the
project's folder.
"""
import pathlib
import re
import sys

from pygments.lexers.shell import PowerShellLexer
from pygments.token import Comment, Error, String

import source

# In the modules that PowerShell 2.0 comes with (Core, Management, Security, Utility).
CMDLETS = {
    'Add-Type', 'ForEach-Object', 'Format-List', 'Get-ChildItem', 'Get-Command', 'Get-Content', 'Get-Date',
    'Get-Location', 'Get-Service', 'Join-Path', 'Move-Item', 'New-Item', 'New-Object', 'Out-Host', 'Out-Null', 'Read-Host',
    'Remove-Item', 'Restart-Service', 'Select-Object', 'Set-Content', 'Sort-Object', 'Split-Path', 'Start-Sleep',
    'Test-Path', 'Where-Object', 'Write-Host',
}
# In the shell of every version from 2010 on.
EXCHANGE = {
    'Enable-ExchangeCertificate', 'Export-ExchangeCertificate', 'Get-ExchangeCertificate',
    'Import-ExchangeCertificate', 'New-ExchangeCertificate',
}
PROGRAMS = {'certreq.exe', 'certutil.exe', 'iisreset.exe', 'netsh.exe'}

LATER = (
    (r'-(not)?in\b', 'the operators -in and -notin came with 3.0; -contains is there'),
    (r'-sh[lr]\b', 'shifts came with 3.0'),
    (r'\[ordered\]', 'came with 3.0'),
    (r'\[pscustomobject\]', 'only a hashtable before 3.0; New-Object PSObject is there'),
    (r'::new\b', 'came with 5.0; New-Object is there'),
    (r'\$PS(ScriptRoot|CommandPath)\b', 'only in modules before 3.0'),
    (r'\$PSItem\b', 'came with 3.0; $_ is there'),
    (r'\$using:', 'came with 3.0'),
    (r'\b(class|enum|using)\s+\w+\s*(\{|:|$)', 'came with 5.0'),
    (r'#requires\s+-version\s+[3-9]', 'asks for what is not there'),
    (r'(&&|\|\||\?\?|\?\.|\?\[)', 'came with 7'),
    (r'\.(ForEach|Where)\s*[({]', 'methods of collections came with 4.0'),
    (r'\b(Where|ForEach)-Object\s+(?![{-])', 'without a block: came with 3.0'),
    (r'-(Raw|Tail)\b', 'of Get-Content: came with 3.0'),
    (r'Get-ChildItem[^|\n]*-(File|Directory|Hidden)\b', 'came with 3.0; PSIsContainer is there'),
    (r'-(InFile|OutFile)\b', 'of web cmdlets, which came with 3.0'),
    (r'-ErrorAction\s+Ignore\b', 'came with 3.0; SilentlyContinue is there'),
    (r'\bIsNullOrWhiteSpace\b', '.NET 4'),
    (r'\.CopyTo\(', 'of streams: .NET 4'),
    (r'\.Dispose\(', 'of certificates and stores: .NET 4.6; Close and Reset are there'),
    (r'-(RequestFile|FileName|Identity)\b', 'of the Exchange cmdlets: not in every version; -FileData is'),
    (r'\$(args|input|host|error|matches|pid|home)\s*=[^=]', 'an automatic variable'),
    (r'\*>|[3-6]>', 'redirections of further streams came with 3.0'),
)
# What this lint has to object to, so that it is known to be able to.
BAD = (
    'if ($a -in $b) { }', '$x = [ordered]@{}', '[pscustomobject]@{ a = 1 }', '[IO.FileInfo]::new("a")', 'cd $PSScriptRoot',
    'Get-FileHash a', 'Import-Certificate -FilePath a', 'ConvertTo-Json $x', 'Invoke-WebRequest $url', 'certutil -store',
    'Get-Content -Raw a', 'Get-ChildItem -File', '$list.ForEach({ 1 })', 'Get-Process | Where-Object Name -eq a',
    'New-ExchangeCertificate -GenerateRequest -RequestFile a', 'a && b', 'class Thing { }', '$x.Dispose()', 'Write-Host "\u00e9"',
    'Where-Object Name', '$host = 1', 'Export-ExchangeCertificate -FileName a', 'gci | % { $_ }', '& openssl.exe version',
)
COMMAND = re.compile(r'(?<![\w$.-])([A-Z][A-Za-z]*-[A-Z][A-Za-z]*)\b')
CALLED = re.compile(r'&\s*([\w.]+)')
# A word where a command stands: at the beginning of a line or a block, or behind a pipe.
PLACE = re.compile(r'(?:^|[;{|(]|=\s)\s*([A-Za-z%?][\w.-]*)(?=\s|$)', re.M)
WORDS = {
    'begin', 'break', 'catch', 'continue', 'default', 'do', 'else', 'elseif', 'end', 'exit', 'finally', 'for', 'foreach',
    'function', 'if', 'param', 'process', 'return', 'switch', 'throw', 'trap', 'try', 'until', 'while',
}


def code_of(text):
    """TEXT without comments and what stands in literals; lines stay, and the faults of its tokens."""
    kept, faults, line = [], [], 1
    for kind, value in PowerShellLexer(ensurenl=False, stripnl=False).get_tokens(text):
        if kind in Error:
            faults.append((line, f'not PowerShell: {value!r}'))
        if kind in Comment and not value.lower().startswith('#requires'):
            value = re.sub(r'[^\n]', ' ', value)
        elif kind in String and value not in ('"', "'"):
            value = re.sub(r'[^\n]', '', value)
        kept.append(value)
        line += value.count('\n')
    return ''.join(kept), faults


def check(text, own=()):
    """Yields (line, fault) of a script whose own functions, or those of its other parts, are OWN."""
    code, faults = code_of(text)
    yield from faults
    defined = {name.lower() for name in (*own, *functions(text))}
    allowed = {name.lower() for name in CMDLETS | EXCHANGE}
    for n, line in enumerate(text.split('\n'), 1):
        if not line.isascii():
            yield n, 'not ASCII: Windows reads it in the code page of the machine'
    for n, line in enumerate(code.split('\n'), 1):
        for pattern, why in LATER:
            if re.search(pattern, line, re.I):
                yield n, f'{line.strip()}: {why}'
        for name in COMMAND.findall(line):
            if name.lower() not in defined | allowed:
                yield n, f'{name}: not a cmdlet of PowerShell 2.0, nor a function here'
        for name in CALLED.findall(line):
            if name not in PROGRAMS:
                yield n, f'{name}: not a program that every Windows has'
        for name in PLACE.findall(line):
            if name.lower() not in WORDS | defined | allowed and not re.fullmatch(r'[A-Z]\w*', name):
                yield n, f'{name}: no command of that name; no alias is used, and programs are called with "&"'


def functions(text):
    return re.findall(r'^function\s+([\w-]+)', text, re.M | re.I)


def main():
    top, faults = source.root(), []
    for sample in BAD:
        if not list(check(sample)):
            faults.append(f'tests/lint/powershell.py: does not object to: {sample}')
    bodies = [path for path in source.every_file(top) if path.suffix == '.ps1']
    own = {name for path in bodies for name in functions(path.read_text())}
    for path in [*bodies, *map(pathlib.Path, sys.argv[2:])]:
        shown = path.relative_to(top) if path.is_relative_to(top) else path
        faults += [f'{shown}:{n}: {fault}' for n, fault in check(path.read_text(), own)]
    source.finish(faults)


if __name__ == '__main__':
    main()
