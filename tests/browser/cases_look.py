# SPDX-License-Identifier: MIT
"""cases_look.py - how the page looks and sounds: colours, narrow screens, paper, landmarks"""
import shutil
import subprocess

# Text over the surfaces it stands on (WCAG 2.2, 1.4.3: 4.5 to 1), by their names in page.css.
PAIRS = [(state, f'{state}-soft') for state in
         ('critical', 'warning', 'unreachable', 'outside', 'ok', 'note', 'accent')] + [
    (text, surface) for text in ('ink', 'dim', 'accent') for surface in ('paper', 'sheet')] + [
    ('critical', 'paper'), ('warning', 'paper'), ('unreachable', 'paper'), ('ok', 'paper'),
    ('ink', 'accent-soft'), ('ink', 'warning-soft'), ('dim', 'critical-soft'), ('dim', 'ok-soft'),
    ('dim', 'warning-soft'), ('dim', 'unreachable-soft')]
COLOR = 'return getComputedStyle(document.documentElement).getPropertyValue("--" + arguments[0]).trim()'


def luminance(color):
    channels = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722)))


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colours(stage, scheme):
    browser = stage.browser
    browser.scheme(scheme)
    browser.open(stage.page('one'))
    paper = luminance(browser.run(COLOR, 'paper'))
    if (paper < 0.2) != (scheme == 'dark'):
        yield f'the paper has a luminance of {paper:.2f}'
    for text, surface in PAIRS:
        ratio = contrast(browser.run(COLOR, text), browser.run(COLOR, surface))
        if ratio < 4.5:
            yield f'{text} on {surface}: {ratio:.2f} to 1'
    browser.scheme('light')


def narrow(stage, language):
    browser = stage.browser
    browser.size(360, 700)
    browser.open(stage.page('fleet', language), '#host-1')
    wide = browser.run('return document.documentElement.scrollWidth')
    browser.size(1360, 900)
    if wide > 360:
        yield f'the page is {wide} wide on a screen of 360'


def text_of(path):
    return subprocess.run(['pdftotext', '-layout', path, '-'], capture_output=True, check=True).stdout.decode()


def printed(stage, language):
    browser = stage.browser
    browser.open(stage.page('fleet', language))
    path = stage.folder / f'{language}.pdf'
    path.write_bytes(browser.pdf())
    if not path.read_bytes().startswith(b'%PDF-'):
        yield 'no PDF'
    if not shutil.which('pdftotext'):
        return
    text = text_of(path)
    for words in ('www.example.gov.hk:443', 'migration.retired-intermediate', 'ssl-ca-3-17-2025', '2001:db8::3'):
        if words not in text:
            yield f'{words} is not on paper'
    if text.count('SHA-256') < 10:
        yield 'the sections are folded up on paper'
    if browser.run("return document.querySelectorAll('details[open].host').length"):
        yield 'what was folded up before printing is not afterwards'


def printed_filtered(stage):
    browser = stage.browser
    browser.open(stage.page('fleet'))
    browser.run('''document.getElementById('find').value = 'imap.example';
        document.querySelector('.filters').requestSubmit();
        dispatchEvent(new Event('beforeprint'));''')
    seen = browser.run('''return [...document.querySelectorAll('#sections > .host')]
        .filter((section) => !section.hidden).map((section) => section.textContent)''')
    if len(seen) != 1 or 'imap.example.gov.hk:143' not in seen[0]:
        yield f'{len(seen)} sections are printed'
    browser.run("dispatchEvent(new Event('afterprint'))")
    if browser.run("return document.querySelectorAll('#sections > [hidden]').length"):
        yield 'sections stay hidden'


def heard(stage):
    """What a screen reader is told."""
    browser = stage.browser
    browser.open(stage.page('fleet'))
    yield from browser.run('''
        const faults = [], all = (selector) => [...document.querySelectorAll(selector)];
        if (all('main').length !== 1 || all('header, nav[aria-label]').length < 2)
            faults.push('landmarks are missing');
        if (all('h1').length !== 1)
            faults.push('there is not one h1');
        let last = 1;
        for (const heading of all('h1, h2, h3, h4')) {
            const level = Number(heading.tagName[1]);
            if (level > last + 1)
                faults.push(`h${last} is followed by h${level}: ${heading.textContent}`);
            last = level;
        }
        for (const drawing of all('svg'))
            if (drawing.getAttribute('aria-hidden') !== 'true' &&
                    (drawing.getAttribute('role') !== 'img' || !drawing.querySelector(':scope > title')))
                faults.push('a drawing has no words');
        for (const field of all('input, select'))
            if (!field.labels.length)
                faults.push(`${field.id} has no label`);
        for (const button of all('button'))
            if (!button.textContent && !button.getAttribute('aria-label'))
                faults.push('a button has no name');
        for (const section of all('main > section'))
            if (!document.getElementById(section.getAttribute('aria-labelledby')))
                faults.push(`${section.id} has no name`);
        for (const table of all('#table, .tables table'))
            if (!table.caption || !table.tHead || all('th:not([scope])').some((head) => table.contains(head)))
                faults.push('a table lacks its caption or its heads');
        if (!document.querySelector('#found[role=status]') || !document.querySelector('#toast[role=status]'))
            faults.push('what changes is not said');
        return [...new Set(faults)];''')


def cases(stage):
    for scheme in ('light', 'dark'):
        stage.case(f'colours can be told apart, {scheme}', lambda: colours(stage, scheme))
    for language in stage.languages:
        stage.case(f'fits a narrow screen, {language}', lambda: narrow(stage, language))
        stage.case(f'prints, {language}', lambda: printed(stage, language))
    stage.case('prints what the filter leaves', lambda: printed_filtered(stage))
    stage.case('speaks to a screen reader', lambda: heard(stage))
