"Plain pages of all notebooks in _docs, for machines without Quarto; nothing is downloaded"
import html
from pathlib import Path
from nbconvert import HTMLExporter

root = Path(__file__).resolve().parent.parent
nbs, out, links = root/'nbs', root/'_docs', []
for f in sorted(nbs.rglob('*.ipynb')):
    rel = f.relative_to(nbs)
    if any(p.startswith(('.', '_')) for p in rel.parts): continue
    to = out/rel.with_suffix('.html'); to.parent.mkdir(parents=True, exist_ok=True)
    page, _ = HTMLExporter(embed_images=True).from_filename(str(f))
    to.write_text(page, encoding='utf8'); links.append(rel.with_suffix('.html').as_posix())
items = ''.join(f'<li><a href="{l}">{html.escape(l[:-5])}</a></li>' for l in links if l != 'index.html')
front = out/'index.html'
front.write_text(front.read_text(encoding='utf8').replace('</body>', f'<nav><h2>Pages</h2><ul>{items}</ul></nav></body>'), encoding='utf8')
print(f'Quarto is not on the PATH: {len(links)} plain pages are in {front.parent}. For the full site install Quarto and run make docs again.')
