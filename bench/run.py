"Run every bench_*.py beside this file; print the table and put it into README.md"
import importlib, sys
from pathlib import Path
import pandas as pd

here = Path(__file__).parent; sys.path.insert(0, str(here))
import report

about = report.machine()
table = pd.DataFrame([r for f in sorted(here.glob('bench_*.py')) for r in importlib.import_module(f.stem).rows()])
report.write('Training', f'Median over repeats measured side by side in one run; spread is the range. Machine: {about}.\n\n{report.markdown(table)}')
print(table.to_string(index=False)); print(f'\n{here/"README.md"} written; machine: {about}')
