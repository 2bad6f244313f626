"Build the site in _docs from nbs/_quarto.yml: by Quarto where it is on the PATH, else by smalldocs; nothing is downloaded"
import ast, html, json, os, re, shutil, sys, warnings
from inspect import signature
from posixpath import join, normpath, relpath
from pathlib import Path
from textwrap import fill, shorten
import nbdev.processors, nbdev.serve, nbdev.showdoc, yaml
from execnb.nbio import mk_cell
from fastcore.docments import DocmentTbl, empty
from latex2mathml.converter import convert
from nbdev.doclinks import NbdevLookup, _nbpath2html
from nbdev.process import Processor
from nbdev.processors import FilterDefaults
from nbdev.serve_drv import main as process
from smalldocs.config import load
from smalldocs.site import build

root = Path(__file__).resolve().parent.parent
nbs, proc, out = root/'nbs', root/'_proc', root/'_docs'
BAR = '\\|'
home = load(nbs).website['site-url'].rstrip('/') + '/'

def plain(path): return str(_nbpath2html(Path(path)).with_suffix(Path(path).suffix)) # 05_metrics.ipynb -> metrics.ipynb

def hidden(f): return any(p.startswith(('.', '_')) for p in f.relative_to(nbs).parts)

class ParameterTable(DocmentTbl):
    "A table of parameters whose cells may hold a bar, a star or an underscore"
    def _text(self, column, v):
        if v is empty or v is None and column != 'default': return ''
        text = v if isinstance(v, str) and column != 'default' else getattr(v, '__name__', None) or repr(v)
        text = re.sub(r'\s+', ' ', text).replace('|', '\\|')
        if column == 'anno': text = re.sub(r'\b(?:\w+\.)+(?=\w)', '', text) # torch.Tensor -> Tensor
        if column != 'docment': return f'`{text}`'
        return ''.join(t if t.startswith('`') else re.sub(r'([*_<\[$])', r'\\\1', t) for t in re.split('(`[^`]*`)', text))
    @property
    def has_docment(self): return bool(self._row_list and {'docment', 'anno'} & {*self._columns})
    @property
    def has_return(self): return super().has_return and any(self.dm['return'][c] not in (None, type(None), empty) for c in ('anno', 'docment'))
    def _row(self, nm, props): return [f'`{nm}`'] + [self._text(c, props[c]) for c in self._columns]
    @property
    def return_str(self): return f"| {' | '.join(['**returns**'] + self._row('', self.dm['return'])[1:])} |"

class Tables(nbdev.showdoc.BasicMarkdownRenderer):
    "A name with a link to its source, its signature, its docstring and the table of its parameters"
    def __init__(self, sym, **kwargs):
        try: super().__init__(sym, **kwargs); self.table = ParameterTable(self.sym)
        except NameError: # inherited annotations with names of another module
            sym.__signature__ = signature(sym)
            try: super().__init__(sym, **kwargs); self.table = ParameterTable(self.sym)
            finally: del sym.__signature__
    def _repr_markdown_(self):
        src = NbdevLookup().code(self.fn)
        parts = ['---', f'### {self.nm}', src and f'[source]({src}){{.source}}', self.sig and f'```python\n{self._call()}\n```',
                 self.docs, self.table.has_docment and str(self.table)]
        return '\n\n'.join(p for p in parts if p)
    def _call(self):
        names = [p.name if p.default is empty else f'{p.name}={getattr(p.default, "__name__", None) or repr(p.default)}'
                 for p in self.sig.parameters.values() if p.name != 'self']
        return fill(f'{self.nm}({", ".join(names)})', 70, subsequent_indent=' '*(len(self.nm) + 1), break_long_words=False)

class Values(Processor):
    "A table of what a notebook exports beside functions and classes, at its end"
    def begin(self):
        cells = [c for c in self.nb.cells if c.cell_type == 'code' and c.directives_.keys() & {'export', 'exports'}]
        found = [(t.id, ast.unparse(n.value)) for c in cells for n in c.parsed_() or () if isinstance(n, ast.Assign)
                 for t in n.targets if isinstance(t, ast.Name) and t.id[0] != '_']
        rows = [f'| `{k}` | `{shorten(v, 90).replace("`", "").replace("|", BAR)}` |' for k, v in dict(found).items()]
        if rows: self.nb.cells.append(mk_cell('\n'.join(['## Values', '', '| name | value |', '|---|---|', *rows]), 'markdown'))

class Names(NbdevLookup):
    "Names as a notebook means them: what it exports or imports; others if one module alone has them and they are no plain word"
    def __init__(self, nb):
        super().__init__()
        self.modules = {m: {k[len(m)+1:] for k in d} for m, d in self.entries['metalign']['syms'].items()}
        self.known = {}
        for c in nb.cells:
            if c.cell_type != 'code': continue
            for n in c.parsed_() or ():
                if isinstance(n, ast.ImportFrom): self.add(n.module, {a.name for a in n.names})
            if exp := c.directives_.get('default_exp'): self.add(f'metalign.{exp[0]}', {'*'})
    def add(self, module, names):
        if module and module.startswith('metalign'):
            self.known |= dict.fromkeys(self.modules.get(module, ()) if '*' in names else names, module)
    def doc(self, sym):
        head = sym.partition('.')[0]; module = self.known.get(head)
        if module and (found := super().doc(f'{module}.{sym}')): return found
        alone = sum(head in m for m in self.modules.values()) < 2
        return super().doc(sym) if alone and (module or sym != head or not re.fullmatch('[a-z]+', sym)) else None
    def link_line(self, line): # what is a link already stays as it is
        return re.sub(r'\[[^\]]*\]\([^)]*\)|`([^`\s]+?)(?:\(\))?`', lambda m: self._link_sym(m) if m[1] else m[0], line)

class Links(Processor):
    "Links at names in back-ticks, in texts and in the documentation"
    def __init__(self, nb): super().__init__(nb); self.names = Names(nb) # before other processors take cells away
    def cell(self, cell):
        if cell.cell_type == 'markdown': cell.source = self.names.linkify(cell.source)
        for o in cell.get('outputs', []):
            if 'text/markdown' in (d := o.get('data', {})): d['text/markdown'] = [*map(self.names.link_line, d['text/markdown'])]

class Pages(FilterDefaults):
    def base_procs(self): return [Values, *(Links if p is nbdev.processors.add_links else p for p in super().base_procs())]

def definitions(cell, shown, found=nbdev.processors._def_names):
    "What a cell defines, as nbdev wants it: each is put above those before it; what Python alone calls is left out"
    return [n for n in reversed(found(cell, shown)) if not n.startswith('__')]

def is_needed(cell):
    "Whether the documentation needs a cell to be run: what is exported, `show_doc`, and imports that stand alone"
    trees = cell.cell_type == 'code' and cell.source and cell.parsed_()
    if not trees or cell.directives_.get('eval:', [''])[0] == 'false': return False
    return bool(cell.directives_.keys() & {'export', 'exports', 'exporti', 'exec_doc'} or nbdev.processors._show_docs(trees)
                or all(isinstance(t, (ast.Import, ast.ImportFrom)) for t in trees))

def link(target, page):
    "A link as the built page needs it: to the site's own pages relative, and without the numbers of notebooks"
    if target.startswith(home):
        path, mark, anchor = target[len(home):].partition('#')
        anchor = anchor.partition('.')[0] # methods are on the entry of their class
        if anchor.startswith('_'): mark = anchor = ''
        return relpath(path or 'index.html', str(Path(page).parent)) + mark + anchor
    path, mark, anchor = target.partition('#')
    if not path.endswith('.ipynb') or '://' in path: return target
    return normpath(join(str(Path(path).parent), plain(Path(path).name))) + mark + anchor

def relink(text, page):
    text = re.sub(r'(\]\()([^)\s]+)(\))', lambda m: m[1] + link(m[2], page) + m[3], text)
    return re.sub(r'(href=")([^"]+)(")', lambda m: m[1] + link(m[2], page) + m[3], text)

def texts(nb, f):
    "Apply `f` to every Markdown text of a notebook"
    for c in nb['cells']:
        if c['cell_type'] == 'markdown': c['source'] = f(''.join(c['source']))
        for o in c.get('outputs', []):
            d = o.get('data', {})
            if 'text/markdown' in d: d['text/markdown'] = f(''.join(d['text/markdown']))

def make_page(f):
    "A file of nbs in `_proc`: a notebook as nbdev processes it, with its documentation and without what is hidden"
    page = plain(f.relative_to(nbs)) if f.suffix == '.ipynb' else f.relative_to(nbs); to = proc/page
    to.parent.mkdir(parents=True, exist_ok=True)
    if f.suffix != '.ipynb': return shutil.copy2(f, to)
    process((f, to, Pages))
    nb = json.loads(to.read_text(encoding='utf8'))
    if nb['cells'] and nb['cells'][0]['cell_type'] == 'raw': # the name of the page, which the file has already
        nb['cells'][0]['source'] = re.sub(r'(?m)^output-file:.*\n', '', ''.join(nb['cells'][0]['source']))
    texts(nb, lambda s: relink(s, page))
    to.write_text(json.dumps(nb, ensure_ascii=False), encoding='utf8')

def renamed(x):
    "The configuration with the names of the built pages, and with those alone"
    if isinstance(x, dict): return {k: renamed(v) for k, v in x.items()}
    if isinstance(x, list): return [renamed(v) for v in x if not is_page(v) or (proc/link(v, '')).exists()]
    return link(x, '') if is_page(x) else x

def is_page(x): return isinstance(x, str) and x.endswith(('.ipynb', '.qmd'))

def configure():
    cfg = renamed({k: v for k, v in load(nbs).config.items() if k != 'metadata-files'})
    cfg['project']['output-dir'] = '../_docs'
    cfg['format']['html'].pop('html-math-method') # done below
    (proc/'_quarto.yml').write_text(yaml.dump(cfg, allow_unicode=True, sort_keys=False), encoding='utf8')

def without_network(out):
    "Formulas as MathML and the fonts of the machine, so that a page loads nothing from elsewhere"
    for f in out.rglob('*.html'):
        text = f.read_text(encoding='utf8')
        if 'katex' not in text: continue
        text = re.sub(r'<span class="math (?:inline|display)">\\([(\[])(.*?)\\[)\]]</span>',
                      lambda m: convert(html.unescape(m[2]), display='inline' if m[1] == '(' else 'block'), text, flags=re.S)
        f.write_text(re.sub(r'<link[^>]*/katex[^>]*>|<script[^>]*/katex[^>]*></script>', '', text), encoding='utf8')
    for f in (out/'site_libs').rglob('*.css'):
        f.write_text(re.sub(r'@import url\(https?:[^)]*\);', '', f.read_text(encoding='utf8')), encoding='utf8')

def by_smalldocs(words):
    "The whole site, or for a quick look the pages with one of these words in their path"
    for d in proc, out: shutil.rmtree(d, ignore_errors=True)
    for f in sorted(nbs.rglob('*')):
        if f.is_file() and not hidden(f) and f.suffix in ('.ipynb', '.qmd', '.png', '.svg', '.css'):
            if f.suffix != '.ipynb' or not words or any(w in str(f) for w in words): make_page(f)
    configure()
    site = build(proc, quiet=True); without_network(out)
    for w in site.warnings: print('smalldocs:', w)
    print(f'{len(site.pages)} pages in {out}. To see them with search: python3 -m http.server -d _docs')

def by_quarto():
    from nbdev.quarto import nbdev_docs
    nbdev_docs.__wrapped__(n_workers=0)

if __name__ == '__main__':
    os.chdir(root)
    os.environ.update(METALIGN_PROGRESS='0', MPLBACKEND='agg', TOKENIZERS_PARALLELISM='false')
    warnings.filterwarnings('ignore')
    nbdev.showdoc.BasicMarkdownRenderer, nbdev.processors._do_eval, nbdev.serve.FilterDefaults = Tables, is_needed, Pages
    nbdev.processors._def_names = definitions
    by_quarto() if shutil.which('quarto') else by_smalldocs(sys.argv[1:])
