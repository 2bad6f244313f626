"nbs/index.ipynb -> README.md: by nbdev_readme where Quarto is on the PATH, else by pandoc from pypandoc_binary"
import re, shutil, subprocess
from pathlib import Path
import nbformat

root = Path(__file__).resolve().parent.parent
if shutil.which('quarto'): raise SystemExit(subprocess.call([root/'.venv/bin/nbdev_readme'], cwd=root))

import pypandoc
nb = nbformat.read(root/'nbs/index.ipynb', 4)
nb.cells = [c for c in nb.cells if not c.source.startswith('#| hide')]
for i, c in enumerate(c for c in nb.cells if c.cell_type == 'code'):
    c.execution_count = i + 1  # pandoc refuses the null that nbdev_clean leaves
    for o in c.outputs:
        if 'execution_count' in o: o.execution_count = i + 1
        if 'text/plain' in o.get('data', {}): o.data.pop('text/html', None)
    c.source = re.sub(r'^#\|.*\n', '', c.source, flags=re.M)
text = pypandoc.convert_text(nbformat.writes(nb), 'gfm', 'ipynb', extra_args=['--wrap=none'])
text = re.sub(r'</?div[^>]*>\n*', '', text).replace('](images/', '](nbs/images/').replace('src="images/', 'src="nbs/images/')
text = re.sub(r'\n{3,}', '\n\n', text).strip()
(root/'README.md').write_text('<!-- made from nbs/index.ipynb by `make readme`: edit that -->\n\n' + text + '\n', encoding='utf8')
print('README.md written')
