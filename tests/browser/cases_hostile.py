# SPDX-License-Identifier: MIT
"""cases_hostile.py - texts that want to be more than text stay text, whatever is done with them"""

# Every section of every host, unfolded; every page of the table; every button.
EVERYTHING = '''
const rows = JSON.parse(document.getElementById('data').textContent).rows.length;
for (let i = 1; i <= rows; i++) {
    const link = document.createElement('a');
    link.href = `#host-${i}`;
    document.body.append(link);
    link.click();
    link.remove();
}
document.querySelectorAll('details').forEach((details) => { details.open = true; });
document.querySelectorAll('th[data-sort] button, #pager button').forEach((button) => button.click());
document.querySelectorAll('button[data-copy], button[data-names]').forEach((button) => button.click());
document.querySelectorAll('button[data-show]').forEach((button) => button.click());
document.querySelectorAll('*').forEach((element) => {
    for (const kind of ['mouseover', 'focus', 'load', 'error'])
        element.dispatchEvent(new Event(kind));
});
return rows;
'''
INERT = '''
const faults = [];
if (window.owned !== undefined)
    faults.push('a script ran');
if (document.querySelectorAll('script').length !== 2)
    faults.push('there are more scripts');
for (const element of document.querySelectorAll('*')) {
    if (['IMG', 'IFRAME', 'LINK', 'OBJECT', 'BASE'].includes(element.tagName))
        faults.push(`<${element.tagName}>`);
    for (const attribute of element.attributes)
        if (/^on/.test(attribute.name) || (attribute.name === 'href' && attribute.value[0] !== '#'))
            faults.push(`${element.tagName} ${attribute.name}`);
}
const text = document.body.innerText;
const acts = text.match(/[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]/);
if (acts)
    faults.push(`U+${acts[0].codePointAt(0).toString(16)} is on the page: ${text.substr(acts.index - 40, 80)}`);
if (!text.includes('<script>window.owned=1</script>'))
    faults.push('the text itself is not to be read');
return [...new Set(faults)];
'''


def stays_text(stage, language):
    browser, path = stage.browser, stage.page('hostile', language)
    browser.open(path)
    if not browser.run("return document.documentElement.classList.contains('scripted')"):
        yield 'the script did not start'
    if browser.run(EVERYTHING) < 100:
        yield 'there is not much to try'
    yield from browser.run(INERT)
    yield from browser.trouble(path)


def searched_for(stage):
    """The same texts typed into the fields."""
    browser, path = stage.browser, stage.page('hostile')
    browser.open(path)
    for text in ('<script>window.owned=1</script>', '"><svg onload=window.owned=1>', '${window.owned=1}',
                 '__proto__', '[', '\\', '%s', '🜚' * 5000):
        browser.run('''for (const name of ['find', 'by-network'])
            document.getElementById(name).value = arguments[0];
            document.querySelector('.filters').requestSubmit();
            document.getElementById('by-network').value = '';
            document.querySelector('.filters').requestSubmit();''', text)
    for place in ('#host-0', '#host-99999999', '#host-1e3', '#"><b>', '#__proto__'):
        browser.run('location.hash = arguments[0]', place)
    yield from (fault for fault in browser.run(INERT) if 'itself' not in fault)
    yield from browser.trouble(path)


def refused(stage):
    """A script that got into the page all the same would not run: the policy is not for show."""
    browser = stage.browser
    text = stage.page('one').read_text()
    path = stage.folder / 'broken-into.html'
    path.write_text(text.replace(
        '<main', '<img src=http://127.0.0.1:9/x onerror="window.owned=1"><script>window.owned=1</script><main'))
    browser.open(path)
    if browser.run('return window.owned'):
        yield 'a script that is not ours ran'
    seen = browser.run('return window.seen')
    for rule in ('script-src', 'img-src'):
        if not any(rule in words for words in seen):
            yield f'nothing of {rule} was refused: {seen}'
    requests = [words for words in browser.trouble(path) if 'a request' in words and '127.0.0.1' in words]
    if requests and not any('img-src' in words for words in seen):
        yield f'{requests}'


def cases(stage):
    for language in stage.languages:
        stage.case(f'hostile texts stay text, {language}', lambda: stays_text(stage, language))
    stage.case('hostile texts in the fields', lambda: searched_for(stage))
    stage.case('the policy refuses what is not ours', lambda: refused(stage))
