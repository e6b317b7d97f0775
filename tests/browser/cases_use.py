# SPDX-License-Identifier: MIT
"""cases_use.py - the page as people use it: search, filter, sort, copy, turn, open"""
import time

SHOWN = "return [...document.querySelectorAll('#table tbody tr')].map((row) => row.children[{}].textContent)"
FOUND = "return document.getElementById('found').textContent"
ENTER, CONTROL = '\ue007', '\ue009'


def shown(browser, column=1):
    return browser.run(SHOWN.format(column))


def wait(what, seconds=5):
    """The first value of WHAT that is true, or the last one."""
    end = time.monotonic() + seconds
    while not (value := what()) and time.monotonic() < end:
        time.sleep(0.05)
    return value


def element(browser, selector):
    return browser.driver.find_element('css selector', selector)


def choose(browser, name, value):
    browser.run('''const select = document.getElementById(arguments[0]);
        select.value = [...select.options].find((option) => option.textContent === arguments[1]).value;
        select.dispatchEvent(new Event('input', { bubbles: true }));''', name, value)


def reset(browser):
    element(browser, '.filters button[type=reset]').click()
    wait(lambda: len(shown(browser)) > 10)


def starts(stage, path):
    browser = stage.browser
    browser.open(path)
    if not browser.run("return document.documentElement.classList.contains('scripted')"):
        yield 'the script did not start'
    yield from browser.trouble(path)


def searches(stage, path):
    browser = stage.browser
    browser.open(path)
    total = len(shown(browser))
    element(browser, '#find').send_keys('MAIL')
    if not wait(lambda: len(shown(browser)) < total):
        yield 'nothing was filtered'
    if not all('mail' in browser.run(f'return document.querySelectorAll("#table tbody tr")[{i}].textContent')
               for i in range(len(shown(browser)))):
        yield f'shown: {shown(browser)}'
    if str(len(shown(browser))) not in browser.run(FOUND):
        yield f'the count says {browser.run(FOUND)}'
    element(browser, '#find').send_keys(' imap')
    if not wait(lambda: shown(browser) == ['imap.example.gov.hk:143 imap']):
        yield f'two words: {shown(browser)}'
    reset(browser)
    if len(shown(browser)) != total:
        yield f'after "show all": {len(shown(browser))} of {total}'


def filters(stage, path):
    browser = stage.browser
    browser.open(path)
    choose(browser, 'by-status', 'Warning')
    if not wait(lambda: set(shown(browser, 0)) == {'! Warning'}):
        yield f'by status: {shown(browser, 0)}'
    reset(browser)
    choose(browser, 'by-rule', 'migration.cross-missing')
    if not wait(lambda: shown(browser) == ['pay.example.gov.hk:8443']):
        yield f'by rule: {shown(browser)}'
    reset(browser)
    choose(browser, 'by-owner', 'web team')
    if not wait(lambda: set(shown(browser, 3)) == {'web team'}):
        yield f'by owner: {shown(browser, 3)}'
    reset(browser)
    for network, count in (('2001:db8::/32', 1), ('192.0.2.2', 1), ('192.0.2.0/31', 15), ('10', 0)):
        element(browser, '#by-network').send_keys(network)
        if not wait(lambda: len(shown(browser)) == count):
            yield f'{network}: {len(shown(browser))} shown'
        reset(browser)
    element(browser, '#by-network').send_keys('192.0.2.0/40')
    if not wait(lambda: element(browser, '#by-network').get_attribute('aria-invalid') == 'true'):
        yield 'a wrong network is taken'


def tiles(stage, path):
    browser = stage.browser
    browser.open(path)
    element(browser, '.tile.critical button').send_keys(ENTER)
    if not wait(lambda: set(shown(browser, 0)) == {'✕ Critical'}):
        yield f'{shown(browser, 0)}'


def owners(stage, path):
    browser = stage.browser
    browser.open(path)
    cell = element(browser, '.owners th[data-owner="web team"]')
    counts = [int(text) for text in browser.run(
        'return [...arguments[0].parentElement.querySelectorAll(".number")].map((c) => c.textContent)', cell)]
    cell.find_element('css selector', 'button').send_keys(ENTER)
    if not wait(lambda: set(shown(browser, 3)) == {'web team'}) or len(shown(browser)) != sum(counts):
        yield f'{counts}: {shown(browser, 3)}'


def sorts(stage, path):
    browser = stage.browser
    browser.open(path)
    for column, key in ((1, 'service'), (6, 'until'), (3, 'owner')):
        head = element(browser, f'th[data-sort={key}]')
        for direction in ('ascending', 'descending'):
            head.find_element('css selector', 'button').send_keys(ENTER)
            if head.get_attribute('aria-sort') != direction:
                yield f'{key}: aria-sort is {head.get_attribute("aria-sort")}'
            texts = [text for text in shown(browser, column) if text]
            if texts != sorted(texts, reverse=direction == 'descending'):
                yield f'{key} {direction}: {texts}'
            if '' in shown(browser, column) and shown(browser, column)[-1] != '':
                yield f'{key} {direction}: empty cells do not come last'
    if browser.run("return document.querySelectorAll('[aria-sort]').length") != 1:
        yield 'more than one column says that it is sorted'


def opens(stage, path):
    browser = stage.browser
    browser.open(path)
    element(browser, '#table tbody tr:nth-child(2) a.service').click()
    if not wait(lambda: browser.run("return document.querySelector('#host-2').open")):
        yield 'the section did not open'
    if not wait(lambda: browser.run('return document.activeElement.parentElement.id') == 'host-2'):
        yield 'the keyboard is elsewhere'
    browser.open(path, '#host-3')
    if not wait(lambda: browser.run("return document.querySelector('#host-3').open")):
        yield 'an address with a section does not open it'


def copied(browser):
    """What the clipboard holds, as it is pasted."""
    field = element(browser, '#find')
    field.clear()
    field.send_keys(CONTROL + 'v')
    return field.get_property('value')


def copies(stage, path):
    browser = stage.browser
    browser.open(path, '#host-1')
    print_ = element(browser, '#host-1 .print code')
    browser.run("arguments[0].nextElementSibling.scrollIntoView({ block: 'center' })", print_)
    print_.find_element('xpath', 'following-sibling::button').click()
    if not wait(lambda: 'shown' in element(browser, '#toast').get_attribute('class')):
        yield 'nothing says that it was copied'
    if copied(browser) != print_.text.replace('\n', ''):
        yield f'{copied(browser)!r} instead of {print_.text!r}'
    browser.open(path)
    button = element(browser, '.problem [data-names]')
    browser.run("arguments[0].scrollIntoView({ block: 'center' })", button)
    button.click()
    wait(lambda: 'shown' in element(browser, '#toast').get_attribute('class'))
    if 'www.example.gov.hk:443' not in copied(browser):
        yield f'the names: {copied(browser)!r}'
    button = element(browser, '.problem [data-copy=work]')
    browser.run("arguments[0].scrollIntoView({ block: 'center' })", button)
    button.click()
    time.sleep(0.2)
    order = copied(browser)
    for words in ('migration.retired-intermediate', '1. Add', '2. Remove'):
        if words not in order:
            yield f'the work order lacks {words}: {order!r}'
    if 'Copy' in order:
        yield 'the work order has the buttons in it'


def shows_problem(stage, path):
    browser = stage.browser
    browser.open(path)
    button = element(browser, '.problem [data-show]')
    browser.run("arguments[0].scrollIntoView({ block: 'center' })", button)
    button.click()
    if not wait(lambda: set(shown(browser, 4)) == {'migration.retired-intermediate '}):
        yield f'{shown(browser, 4)}'
    reset(browser)
    if len(shown(browser)) < 10:
        yield 'the way back is missing'


def by_keyboard(stage, path):
    browser = stage.browser
    browser.open(path)
    browser.driver.switch_to.active_element.send_keys('\ue004')
    if browser.run('return document.activeElement.className') != 'skip':
        yield 'the first stop is not the way past the navigation'
    browser.driver.switch_to.active_element.send_keys(ENTER)
    if not wait(lambda: browser.run('return document.activeElement.id') == 'main'):
        yield 'it does not lead to the report'
    browser.driver.switch_to.active_element.send_keys('/')
    if browser.run('return document.activeElement.id') != 'find':
        yield '"/" does not lead to the search'
    if browser.run("return document.getElementById('find').value"):
        yield '"/" was typed as well'
    element(browser, '#host-1 > summary').send_keys(ENTER)
    if not browser.run("return document.getElementById('host-1').open"):
        yield 'a section does not unfold'


def large(stage):
    browser, path = stage.browser, stage.page('many')
    browser.open(path)
    if len(shown(browser)) != 100:
        yield f'{len(shown(browser))} rows at once'
    element(browser, '#pager button:last-child').click()
    if browser.run("return document.querySelector('#pager span').textContent") != 'Page 2 of 200':
        yield 'the pages cannot be turned'
    element(browser, '#find').send_keys('host-019999')
    if not wait(lambda: len(shown(browser)) == 1):
        yield f'{len(shown(browser))} are called so'
    element(browser, '#table tbody a.service').click()
    opened = "return document.querySelector('details.host[open] svg.chain') !== null"
    if not wait(lambda: browser.run(opened)):
        yield 'the chain of one that was not written out is not drawn'
    if '19999' not in browser.run("return document.querySelector('details.host[open] .chain').textContent"):
        yield 'it is not its own'
    spent = browser.run('''const begin = performance.now();
        document.getElementById('find').value = 'dept-7.';
        document.querySelector('.filters').requestSubmit();
        document.querySelector('th[data-sort=owner] button').click();
        return performance.now() - begin;''')
    if spent > 1500:
        yield f'filtering and sorting took {spent:.0f} ms'
    yield from browser.trouble(path)


def without_script(stage, path):
    browser = stage.browser
    browser.scripts(False)
    try:
        browser.open(path)
        if element(browser, '.filters').is_displayed():
            yield 'there are fields that do nothing'
        if any(button.is_displayed() for button in browser.driver.find_elements('css selector', 'button')):
            yield 'there are buttons that do nothing'
        if len(browser.driver.find_elements('css selector', '#table tbody tr')) != 18:
            yield 'the table has not all rows'
        for part in ('.bar', '.histogram', '#work .problem', '#table', '#host-1 > summary'):
            if not element(browser, part).is_displayed():
                yield f'{part} is not to be seen'
        element(browser, '#host-1 > summary').send_keys(ENTER)
        if not element(browser, '#host-1 svg.chain').is_displayed():
            yield 'a chain cannot be looked at'
    finally:
        browser.scripts(True)


def cases(stage):
    path = stage.page('fleet')
    for name, case in (('the script starts', starts), ('searches', searches), ('filters', filters),
                       ('a count is a filter', tiles), ('an owner is a filter', owners),
                       ('sorts', sorts), ('opens a section', opens), ('copies', copies), ('shows one problem', shows_problem),
                       ('by the keyboard alone', by_keyboard), ('reads without a script', without_script)):
        stage.case(name, lambda: case(stage, path))
    stage.case(f'{stage.results} results stay quick', lambda: large(stage))
