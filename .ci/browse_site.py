"Open the site of _docs in headless Chromium: search, a study's figure, light and dark, a phone; no page may write an error"
import json, shutil, subprocess, sys, tempfile, threading, time
from base64 import b64decode
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

out = Path(__file__).resolve().parent.parent/'_docs'
FLAGS = '''--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1300,1000'''.split()

class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args): pass

class Browser:
    "A page of Chromium, by the WebDriver protocol"
    def __init__(self, profile):
        self.process = subprocess.Popen([shutil.which('chromedriver'), '--port=0'], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try: self.start(profile)
        except Exception: self.process.kill(); raise
    def start(self, profile):
        late = threading.Timer(120, self.process.kill); late.start()
        port = next(l.rpartition(' ')[2].strip().rstrip('.') for l in self.process.stdout if 'started successfully on port' in l)
        late.cancel()
        self.url = f'http://127.0.0.1:{port}/session'
        options = dict(binary=find_chromium(), args=[*FLAGS, f'--user-data-dir={profile}'])
        wanted = {'goog:chromeOptions': options, 'goog:loggingPrefs': dict(browser='ALL')}
        self.url += '/' + self.post('', capabilities=dict(alwaysMatch=wanted))['sessionId']
    def post(self, path, **data):
        request = Request(self.url + path, json.dumps(data).encode(), {'Content-Type': 'application/json'})
        with urlopen(request, timeout=120) as r: return json.load(r)['value']
    def run(self, script, *args): return self.post('/execute/sync', script=script, args=[*args])
    def open(self, url): self.post('/url', url=url)
    def errors(self): return [m['message'] for m in self.post('/se/log', type='browser') if m['level'] == 'SEVERE']
    def wait(self, script, what, seconds=120):
        end = time.time() + seconds
        while not (found := self.run(script)):
            assert time.time() < end, f'{what}: not in {seconds} s'
            time.sleep(.2)
        return found
    def size(self, width, height): self.post('/goog/cdp/execute', cmd='Emulation.setDeviceMetricsOverride',
                                             params=dict(width=width, height=height, deviceScaleFactor=1, mobile=width < 600))
    def picture(self, path):
        with urlopen(self.url + '/screenshot', timeout=120) as r: Path(path).write_bytes(b64decode(json.load(r)['value']))
    def close(self):
        try: urlopen(Request(self.url, method='DELETE'), timeout=60).close() # Chromium; ChromeDriver alone would leave it behind
        finally: self.process.terminate(); self.process.wait()

def find_chromium(): return next((p for n in ('chromium', 'chromium-browser', 'google-chrome') if (p := shutil.which(n))), None)

TOGGLE = '(window.quartoToggleColorScheme || window.smalldocsToggleScheme)()'
BACKGROUND = "return getComputedStyle(document.body).backgroundColor"
HITS = """const found = [...document.querySelectorAll('[class*=search] a, [id*=search] a')].filter(a => /CKA/.test(a.textContent));
    return found.length && [...new Set(found.map(a => a.href))]"""
WIDE = "return document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"

def browse(b, home, pictures=None):
    "Each check is an assertion; pictures of what was seen go into a folder, if one is given"
    shot = lambda name: pictures and b.picture(Path(pictures)/f'{name}.png')
    b.open(home + 'index.html')
    b.wait("return document.querySelector('#quarto-sidebar a')", 'sidebar')
    shot('front'); light = b.run(BACKGROUND)
    b.run(TOGGLE); b.wait(f"{BACKGROUND} !== '{light}'", 'the other colours'); shot('dark')
    b.run(TOGGLE)
    b.run("document.querySelector('#quarto-search button, .aa-DetachedSearchButton')?.click()") # where Quarto built it
    box = b.wait("return document.querySelector('input[type=search]')", 'search box')
    b.post(f'/element/{[*box.values()][0]}/value', text='CKA')
    hits = b.wait(HITS, 'search for CKA')
    assert any('metrics' in h or 'compare' in h for h in hits), hits
    shot('search')
    b.open(home + 'studies/things.html')
    b.wait("return [...document.querySelectorAll('main img')].some(i => i.complete && i.naturalWidth > 300)", 'figure of a study')
    shot('study')
    b.size(390, 844)
    for page in 'index', 'metrics', 'studies/things', 'guides/metrics', 'guides/data':
        b.open(f'{home}{page}.html'); shot('phone-' + page.replace('/', '-'))
        assert not b.run(WIDE), f'{page} is wider than a phone'
    assert not (e := b.errors()), e
    return len(hits)

if __name__ == '__main__':
    if not (find_chromium() and shutil.which('chromedriver')):
        print('The site was not opened in a browser: Chromium and ChromeDriver are not here '
              '(Debian: apt-get install chromium chromium-driver)')
        sys.exit()
    server = ThreadingHTTPServer(('127.0.0.1', 0), partial(Quiet, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        try: b = Browser(profile)
        except (OSError, StopIteration) as e: # no room for it, no rights, or a driver of another version
            print(f'The site was not opened in a browser: Chromium does not start here ({type(e).__name__}: {e})'); sys.exit()
        try: n = browse(b, f'http://127.0.0.1:{server.server_port}/', *sys.argv[1:2])
        finally: b.close()
    print(f'The site was opened in Chromium: {n} results for CKA, a study with its figure, light and dark, a phone, no error.')
