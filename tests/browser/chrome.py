# SPDX-License-Identifier: MIT
"""chrome.py - headless Chromium, and what it did behind a page's back"""
import base64
import json
import pathlib
import shutil
import sys
import tempfile

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
except ImportError:
    webdriver = None

# Root has no sandbox, and a browser that looks for updates would spoil the count of requests.
FLAGS = ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--disable-dev-shm-usage', '--hide-scrollbars')
SCRIPT_SECONDS = 120
# Runs before the page's own script: what the policy stopped, and what nobody caught.
WATCH = '''
window.seen = [];
addEventListener('securitypolicyviolation', (event) => seen.push(`policy: ${event.violatedDirective}`));
addEventListener('error', (event) => seen.push(`error: ${event.message}`));
addEventListener('unhandledrejection', (event) => seen.push(`rejection: ${event.reason}`));
'''


def missing():
    """What has to be installed first; None when all is there."""
    if webdriver is None:
        return f'{sys.executable} has no selenium (python3-selenium)'
    for program in ('chromium', 'chromedriver'):
        if not shutil.which(program):
            return f'{program} is not installed'
    return None


class Chrome:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='chainmend-chrome-'))
        options = Options()
        options.binary_location = shutil.which('chromium')
        for flag in (*FLAGS, f'--user-data-dir={self.folder}'):
            options.add_argument(flag)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        self.driver = webdriver.Chrome(service=Service(shutil.which('chromedriver')), options=options)
        self.driver.set_script_timeout(SCRIPT_SECONDS)
        self.cdp('Page.addScriptToEvaluateOnNewDocument', source=WATCH)
        self.size(1360, 900)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def size(self, width, height):
        self.cdp('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1,
                 mobile=False)

    def scheme(self, name):
        self.cdp('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': name}])

    def scripts(self, allowed):
        self.cdp('Emulation.setScriptExecutionDisabled', value=not allowed)

    def open(self, path, place=''):
        self.driver.get('about:blank')
        self.driver.get_log('performance')
        self.driver.get_log('browser')
        self.driver.get(pathlib.Path(path).resolve().as_uri() + place)

    def trouble(self, path):
        """Whatever went on that a page without a network does not do."""
        page = pathlib.Path(path).resolve().as_uri()
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] in ('Network.requestWillBeSent', 'Network.webSocketCreated'):
                asked = message['params'].get('request', message['params'])
                url = asked['url'].split('#')[0]
                if url not in (page, 'about:blank'):
                    yield f'a request: {url[:200]}'
            if message['method'] == 'Page.javascriptDialogOpening':
                yield 'a dialogue'
        for entry in self.driver.get_log('browser'):
            yield f'said: {entry["message"][:300]}'
        yield from self.run('return window.seen') or ()

    def pdf(self):
        made = self.cdp('Page.printToPDF', preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(made['data'])
