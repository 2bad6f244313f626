"Run every bench_*.py beside this file; print the table and write results.md"
import importlib, os, platform, sys
from pathlib import Path
import pandas as pd, torch

here = Path(__file__).parent; sys.path.insert(0, str(here))
rows = [r for f in sorted(here.glob('bench_*.py')) for r in importlib.import_module(f.stem).rows()]
table = pd.DataFrame(rows)
machine = f'{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads, torch {torch.__version__}, Python {platform.python_version()}'
line = lambda cells: '| ' + ' | '.join(str(c) for c in cells) + ' |'
text = '\n'.join([line(table.columns), line(['---']*len(table.columns)), *map(line, table.values)])
(here/'results.md').write_text(f'# Benchmarks\n\nMedian over repeats measured side by side in one run; spread is the range. Machine: {machine}.\n\n{text}\n')
print(table.to_string(index=False)); print(f'\n{here/"results.md"} written; machine: {machine}')
