"Plain pages of all notebooks in _docs, for machines without Quarto; nothing is downloaded"
from pathlib import Path
from nbconvert import HTMLExporter

root = Path(__file__).resolve().parent.parent
nbs, out, pages = root/'nbs', root/'_docs', []
for f in sorted(nbs.rglob('*.ipynb')):
    rel = f.relative_to(nbs)
    if any(p.startswith(('.', '_')) for p in rel.parts): continue
    to = out/rel.with_suffix('.html'); to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(HTMLExporter(embed_images=True).from_filename(str(f))[0], encoding='utf8')
    pages.append(rel.with_suffix('.html').as_posix())
items = ''.join(f'<li><a href="{p}">{p[:-5]}</a></li>' for p in pages if p != 'index.html')
front = out/'index.html'
text = front.read_text(encoding='utf8').replace('</body>', f'<nav><h2>Pages</h2><ul>{items}</ul></nav></body>')
front.write_text(text, encoding='utf8')
print(f'Quarto is not on the PATH: {len(pages)} plain pages are in {out}. For the full site install Quarto, then make docs.')
