"Run every bench_*.py beside this file; print the table and write results.md"
import importlib, os, platform, sys
from pathlib import Path
import pandas as pd, torch

here = Path(__file__).parent; sys.path.insert(0, str(here))

def machine():
    info = Path('/proc/cpuinfo')
    lines = info.read_text().splitlines() if info.exists() else []
    cpu = next((l.split(': ')[1] for l in lines if l.startswith('model name')), platform.machine())
    load = f', load {os.getloadavg()[0]:.1f} at the start' if hasattr(os, 'getloadavg') else ''
    return (f'{cpu}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads{load}; '
            f'torch {torch.__version__}, Python {platform.python_version()}')

about = machine()
table = pd.DataFrame([r for f in sorted(here.glob('bench_*.py')) for r in importlib.import_module(f.stem).rows()])
line = lambda cells: '| ' + ' | '.join(str(c) for c in cells) + ' |'
text = '\n'.join([line(table.columns), line(['---']*len(table.columns)), *map(line, table.values)])
note = 'Median over repeats measured side by side in one run; spread is the range.'
(here/'results.md').write_text(f'# Benchmarks\n\n{note} Machine: {about}.\n\n{text}\n')
print(table.to_string(index=False)); print(f'\n{here/"results.md"} written; machine: {about}')
