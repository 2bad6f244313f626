"What the benchmarks share: the machine in words, and sections of README.md"
import os, platform, re
from pathlib import Path
import torch

def machine():
    info = Path('/proc/cpuinfo')
    lines = info.read_text().splitlines() if info.exists() else []
    cpu = next((l.split(': ')[1] for l in lines if l.startswith('model name')), platform.machine())
    load = f', load {os.getloadavg()[0]:.1f} at the start' if hasattr(os, 'getloadavg') else ''
    return (f'{cpu}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads{load}; '
            f'torch {torch.__version__}, Python {platform.python_version()}')

def markdown(table):
    line = lambda cells: '| ' + ' | '.join(str(c) for c in cells) + ' |'
    return '\n'.join([line(table.columns), line(['---']*len(table.columns)), *map(line, table.values)])

def write(section, text):
    "Put a section into README.md, in place of the one of that name"
    path = Path(__file__).with_name('README.md'); old = path.read_text() if path.exists() else '# Benchmarks\n'
    head, *parts = re.split(r'(?m)^(?=## )', old)
    parts = [p for p in parts if not p.startswith(f'## {section}\n')] + [f'## {section}\n\n{text.strip()}\n']
    path.write_text('\n\n'.join(p.strip() for p in [head, *sorted(parts)]) + '\n')
