"nbs/index.ipynb -> README.md: by nbdev_readme where Quarto is on the PATH, else by pandoc from a wheel"
import re, shutil, subprocess
from pathlib import Path
import nbformat

root = Path(__file__).resolve().parent.parent
readme = root/'README.md'

def by_pandoc():
    "pandoc refuses the null execution_count that nbdev_clean leaves, so it is filled first"
    import pypandoc
    nb = nbformat.read(root/'nbs/index.ipynb', 4)
    nb.cells = [c for c in nb.cells if not c.source.startswith('#| hide')]
    for i, c in enumerate(c for c in nb.cells if c.cell_type == 'code'):
        c.execution_count = i + 1
        for o in c.outputs:
            if 'execution_count' in o: o.execution_count = i + 1
            if 'text/plain' in o.get('data', {}): o.data.pop('text/html', None)
        c.source = re.sub(r'^#\|.*\n', '', c.source, flags=re.M)
    text = pypandoc.convert_text(nbformat.writes(nb), 'gfm', 'ipynb', extra_args=['--wrap=none'])
    text = re.sub(r'\n{3,}', '\n\n', re.sub(r'</?div[^>]*>\n*', '', text)).strip()
    return f'<!-- made from nbs/index.ipynb by `make readme`: edit that -->\n\n{text}\n'

def by_quarto():
    subprocess.run([root/'.venv/bin/nbdev_readme'], cwd=root, check=True)
    return readme.read_text(encoding='utf8')

text = by_quarto() if shutil.which('quarto') else by_pandoc()
for before in ('](', 'src="'): text = text.replace(f'{before}images/', f'{before}nbs/images/')
readme.write_text(text, encoding='utf8')
print('README.md written')
