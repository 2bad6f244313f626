"Check the site in _docs: links, pictures, empty pages, references left as text, names without documentation or test"
import ast, json, re, sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import unquote, urlsplit
import yaml

root = Path(__file__).resolve().parent.parent
nbs, out = root/'nbs', root/'_docs'
home = yaml.safe_load((nbs/'nbdev.yml').read_text())['website']['site-url'].rstrip('/') + '/'
VOID = {'br', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr', 'area', 'base', 'col', 'embed', 'track'}

class Page(HTMLParser):
    "What a page links to, its anchors, its headings, and its text: of the main part, in prose and in code"
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.links, self.prose, self.code, self.open, self.no_alt = [], [], [], [], []
        self.ids, self.heads = set(), set()
        self.feed(text)
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if 'id' in a: self.ids.add(a['id'])
        self.links += [a[k] for k in ('href', 'src') if a.get(k)]
        if tag == 'img' and 'main' in self.open and not (a.get('alt') or '').strip():
            self.no_alt.append((a.get('src') or '')[:60])
        if tag not in VOID: self.open.append(tag)
    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag: pass
    def handle_data(self, text):
        if 'main' not in self.open or {'script', 'style'} & {*self.open}: return
        if {'h2', 'h3', 'h4'} & {*self.open}: self.heads.add(text.strip())
        (self.code if {'code', 'pre'} & {*self.open} else self.prose).append(text)

def target(page, href):
    "(file, anchor) of an internal link, or None for an outer one"
    if href.startswith(home): href = '/' + href[len(home):]
    u = urlsplit(href)
    if u.scheme or u.netloc: return
    path = unquote(u.path)
    file = page if not path else normpath(path.lstrip('/') if path.startswith('/') else join(str(Path(page).parent), path))
    return (join(file, 'index.html') if path.endswith('/') or file == '.' else file), unquote(u.fragment)

def broken_links(pages):
    for p, page in pages.items():
        for href in dict.fromkeys(page.links):
            if not (t := target(p, href)): continue
            file, anchor = t
            if not (out/file).is_file(): yield f'{p}: {href}'
            elif anchor and file in pages and anchor not in pages[file].ids: yield f'{p}: {href}: no such anchor'

def empty_pages(pages):
    return [f'{p}: {n} words' for p, page in pages.items() if (n := len(' '.join(page.prose + page.code).split())) < 30]

def literal_references(pages):
    left = r'@(?:fig|eq|tbl|sec|lst)-[\w-]+|\]\([^)\s]+\)|[\w./-]*\.ipynb\b'
    return [f'{p}: {m}' for p, page in pages.items() for m in re.findall(left, ' '.join(page.prose))]

def unlisted():
    "Notebooks that the sidebar does not have, and pages of the sidebar that are not there"
    listed = set(re.findall(r'[\w./-]+\.(?:ipynb|qmd)', (nbs/'sidebar.yml').read_text()))
    files = [f.relative_to(nbs) for f in nbs.rglob('*.ipynb')]
    there = {str(f) for f in files if not any(p[0] in '._' for p in f.parts)}
    return ([f'{x}: not in sidebar.yml' for x in sorted(there - listed)]
            + [f'{x}: in sidebar.yml, but no such file' for x in sorted(listed) if not (nbs/x).exists()])

def exported():
    "Name -> (module that defines it, whether it is a function or a class)"
    found = {}
    for f in sorted((root/'metalign').rglob('*.py')):
        if f.name.startswith('_'): continue
        tree = ast.parse(f.read_text(encoding='utf8'))
        defs = {n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        values = {t.id: n.value for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
        names = ast.literal_eval(values['__all__']) if '__all__' in values else []
        module = f.relative_to(root).with_suffix('').as_posix().replace('/', '.')
        found |= {f'{module}.{n}': n in defs for n in names if n in defs | {*values}}
    return found

def undocumented(pages):
    heads, code = {h for p in pages.values() for h in p.heads}, ' '.join(c for p in pages.values() for c in p.code)
    words = set(re.findall(r'\w+', code))
    return [k for k, definition in exported().items() if k.rpartition('.')[2] not in (heads if definition else words)]

def used(tree):
    return {getattr(n, 'id', None) or getattr(n, 'attr', None) for n in ast.walk(tree) if isinstance(n, (ast.Name, ast.Attribute))}

def strings(tree): return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}

def is_test(tree):
    calls = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
    named = [getattr(f, 'id', '') or getattr(f, 'attr', '') for f in calls]
    return any(isinstance(n, ast.Assert) for n in ast.walk(tree)) or any(n.startswith('test_') for n in named)

def code_cells(f):
    for c in json.loads(f.read_text(encoding='utf8'))['cells']:
        source = ''.join(c['source'])
        if c['cell_type'] != 'code' or re.match(r'#\|\s*export', source): continue
        try: yield ast.parse(re.sub(r'(?m)^[%!].*$', '', source))
        except SyntaxError: continue

def made_by(s):
    if isinstance(s, (ast.FunctionDef, ast.ClassDef)): return {s.name}
    return {n.id for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}

def tested():
    "Names that a test cell uses, by itself or through what was made with them above it; and its strings"
    names, texts = set(), set()
    for f in nbs.rglob('*.ipynb'):
        made = defaultdict(set)
        for tree in code_cells(f):
            for s in tree.body:
                u = used(s); u |= {w for v in u for w in made.get(v, ())}
                for v in made_by(s): made[v] |= u
            if not is_test(tree): continue
            u = used(tree); names |= u | {w for v in u for w in made.get(v, ())}
            texts |= strings(tree)
    return names, texts

def called():
    "Name -> names that its code uses, in the whole package; a row of a table by the name it is added under"
    uses = defaultdict(set)
    for f in (root/'metalign').rglob('*.py'):
        for s in ast.parse(f.read_text(encoding='utf8')).body:
            rows = strings(s) if isinstance(s, (ast.Expr, ast.For)) else ()
            for m in made_by(s) | set(rows): uses[m] |= used(s)
    return uses

def untested():
    "Names that no test cell reaches; and those that it reaches only through other names"
    names, texts = tested(); uses, reached = called(), set()
    commands = re.findall(r'(\w+)=metalign', (root/'settings.ini').read_text())
    names |= texts | {c for c in commands if any(c in t for t in texts)}
    todo = [*names]
    while todo:
        if (n := todo.pop()) not in reached: reached.add(n); todo += uses.get(n, ())
    short = lambda k: k.rpartition('.')[2]
    return [k for k in exported() if short(k) not in reached], [k for k in exported() if short(k) in reached - names]

def outside(pages):
    "Pages and style sheets that load something from another host"
    loaded = r'<(?:script|img|iframe)[^>]*\bsrc="https?:[^"]*|<link[^>]*rel="(?:stylesheet|preload|icon)"[^>]*href="https?:[^"]*'
    found = [(p, m) for p in pages for m in re.findall(loaded, (out/p).read_text(encoding='utf8'))]
    found += [(f.relative_to(out), m) for f in out.rglob('*.css') for m in re.findall(r'url\(["\']?https?:[^)]*', f.read_text(encoding='utf8'))]
    return [f'{p}: {m[-100:]}' for p, m in found]

def unsearchable(pages):
    "The search index has CKA, and every page"
    if not (out/'search.json').exists(): return ['search.json is not there']
    rows = json.loads((out/'search.json').read_text(encoding='utf8'))
    found = {r['href'].partition('#')[0] for r in rows}
    return ['no entry has CKA']*(not any('CKA' in r['text'] for r in rows)) + [f'{p} is not in it' for p in pages if p not in found]

def check():
    files = [f for f in sorted(out.rglob('*.html')) if 'site_libs' not in f.parts]
    pages = {f.relative_to(out).as_posix(): Page(f.read_text(encoding='utf8')) for f in files}
    if not pages: sys.exit(f'{out} has no pages: run make docs first')
    return len(pages), {
        'broken links': [*broken_links(pages)], 'empty pages': empty_pages(pages),
        'references left as text': literal_references(pages), 'loads from elsewhere': outside(pages),
        'pictures without a text': [f'{p}: {s}' for p, page in pages.items() for s in page.no_alt],
        'sidebar': unlisted(), 'search': unsearchable(pages),
        'names without documentation': undocumented(pages), 'names without a test cell': untested()[0]}

if __name__ == '__main__':
    n, offenders = check()
    indirect = untested()[1]
    if '--indirect' in sys.argv: print('names that test cells reach through other names:', *indirect, sep='\n  ')
    for what, found in offenders.items():
        if found: print(f'{what} ({len(found)}):', *found, sep='\n  ')
    print(f'{n} pages, {len(exported())} exported names: ' + ', '.join(f'{len(v)} {k}' for k, v in offenders.items())
          + f' ({len(indirect)} are tested through other names: --indirect lists them)')
    sys.exit(any(offenders.values()))
