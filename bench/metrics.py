"""The alignment engine against published implementations: python bench/metrics.py [--threads 1] [--n 512,1536] [--rounds 3] [--full]

Seconds for 12 x 12 layers of width 768. Published forms run on a few pairs a round, in turn with this engine, and are scaled to 144 pairs."""
import argparse, os, subprocess, sys, tempfile, time
args = argparse.ArgumentParser(); args.add_argument('--threads', type=int, default=2); args.add_argument('--n', default='512,1536')
args.add_argument('--rounds', type=int, default=3); args.add_argument('--full', action='store_true', help='also chance levels and the stream of a million rows')
args = args.parse_args()
for k in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'): os.environ[k] = str(args.threads)
os.environ['METALIGN_PROGRESS'] = '0'
import numpy as np, pandas as pd, torch
torch.set_num_threads(args.threads)
import peers, report
from metalign.compare import _keep, _measured, _null
from metalign.layers import Layer
from metalign.metrics import METRICS, align

L, d = 12, 768
def data(n, seed=0):
    g = torch.Generator().manual_seed(seed); z = torch.randn(n, 64, generator=g)
    layer = lambda: z @ torch.randn(64, d, generator=g) + 4*torch.randn(n, d, generator=g)
    return [layer() for _ in range(L)], [layer() for _ in range(L)]

def timed(f, *a):
    start = time.perf_counter(); v = f(*a)
    return time.perf_counter() - start, v

def engine(a, b, names, null=0):
    "Seconds for values (and chance levels) of each metric, all pairs, sharing what the metrics share"
    a, b = ({f'l{i}': Layer(x) for i, x in enumerate(side)} for side in (a, b)); out = {}
    order = sorted(names, key=lambda m: METRICS[m].base[0].__name__ if METRICS[m].base else '')
    for i, name in enumerate(order):
        m = METRICS[name]; s, _ = timed(_measured, m, a, b)
        t = timed(_null, m, [*a.values()], [*b.values()], null, 1)[0] if null else 0.
        out[name] = s, t
        for l in [*a.values(), *b.values()]: l.forget(*_keep([METRICS[k] for k in order[i + 1:]]))
    return out

def measure(n):
    a, b = data(n); names = [*peers.PAIRWISE, *peers.ONCE]; ours, theirs = {k: [] for k in names}, {k: [] for k in names}
    differences = {}
    for f, _, _ in peers.PAIRWISE.values(): f(a[0][:100], b[0][:100]) # warm up
    for r in range(args.rounds):
        for k, (f, _, agrees) in peers.PAIRWISE.items():
            s, v = timed(f, a[r], b[r]); theirs[k].append(s*L*L)
            if r == 0 and agrees: differences[k] = abs(float(v) - align(a[r], b[r], k, raw=agrees == 'raw').item())
        once, (p, q) = timed(lambda: (peers.rdms(a[:2]), peers.rdms(b[:2]))) # 4 of 24 layers
        for k, method in peers.ONCE.items():
            s, v = timed(peers.rsa, p, q, method); theirs[k].append(once*6 + s*L*L/4)
            if r == 0: differences[k] = abs(float(v[0, 0]) - align(a[0], b[0], k).item())
        for k, (s, _) in engine(a, b, names).items(): ours[k].append(s)
        print(f'n = {n}, round {r + 1}: engine {sum(o[-1] for o in ours.values()):.1f} s, published {sum(t[-1] for t in theirs.values()):.0f} s', flush=True)
    row = lambda k, o, t, source, diff: dict(metric=k, published=source, n=n, threads=args.threads, **{'published (s)': f'{np.median(t):.1f}', 'metalign (s)': f'{np.median(o):.2f}',
        'ratio': f'{np.median(np.divide(t, o)):.0f}x', 'spread': f'{np.divide(t, o).min():.0f} to {np.divide(t, o).max():.0f}', 'difference': diff})
    rows = [row(k, ours[k], theirs[k], peers.PAIRWISE[k][1] if k in peers.PAIRWISE else 'rsatoolbox', f'{differences[k]:.0e}' if k in differences else 'other definition') for k in names]
    return rows + [row('the set', np.sum([*ours.values()], 0), np.sum([*theirs.values()], 0), '', '')], (a, b, names)

def stream_million():
    code = """
import numpy as np, re, sys, time, torch
from metalign.streams import stream
a, b = np.load(sys.argv[1], mmap_mode='r'), np.load(sys.argv[2], mmap_mode='r'); start = time.perf_counter()
t = stream({'a': a}, {'b': b}); print(time.perf_counter() - start, int(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])/2**20, t.value[0], t.lo[0], t.hi[0])"""
    with tempfile.TemporaryDirectory() as folder:
        g = np.random.default_rng(0); paths = [f'{folder}/{k}.npy' for k in 'ab']
        a, b = (np.lib.format.open_memmap(p, 'w+', 'float32', (1_000_000, w)) for p, w in zip(paths, (768, 256)))
        mix = g.normal(size=(768, 256)).astype('float32')/28
        for i in range(0, 1_000_000, 10_000):
            a[i:i + 10_000] = g.standard_normal((10_000, 768), dtype='float32'); b[i:i + 10_000] = a[i:i + 10_000] @ mix + g.standard_normal((10_000, 256), dtype='float32')
        del a, b
        out = subprocess.run([sys.executable, '-c', code, *paths], capture_output=True, text=True, check=True).stdout.split()
    return [float(v) for v in out]

if __name__ == '__main__':
    about, rows, notes = report.machine(), [], []
    for n in map(int, args.n.split(',')): r, last = measure(n); rows += r
    a, b, names = last
    grams = [timed(lambda: [x @ x.T for x in a + b])[0] for _ in range(args.rounds)]; alone = [sum(engine(a, b, ['cka'])['cka']) for _ in range(args.rounds)]
    notes.append(f'Linear CKA of 12 x 12 layers takes {np.median(np.divide(alone, grams)):.1f} times as long as the 24 matrix products that it cannot avoid (aim: at most 3).')
    if args.full:
        e = engine(a, b, names, null=200); v, c = (sum(x[i] for x in e.values()) for i in (0, 1)); p = e['procrustes']
        notes.append(f'Chance levels of the set, n = {len(a[0])}: {c:.0f} s, {c/v:.1f} times the {v:.0f} s of the values (aim: at most 5). 200 random pairings or more each, but only 6 for Procrustes, '
                     f'which takes {p[1]:.0f} s of them; without it {(c - p[1])/(v - p[0]):.1f} times.')
        s, gib, value, lo, hi = stream_million()
        notes.append(f'A million rows of width 768 against 256, memory-mapped: {s:.0f} s, {gib:.2f} GiB at most (the whole process); unbiased CKA {value:.4f} [{lo:.4f}, {hi:.4f}].')
    table = pd.DataFrame(rows); print(table.to_string(index=False), *notes, sep='\n')
    report.write(f'Metrics, {args.threads} thread{"s"*(args.threads > 1)}', 'Seconds for 12 x 12 layers of width 768, values alone. Median over rounds, in turn; published forms are measured on one pair a round '
                 f'(rsatoolbox: 2 x 2 layers) and scaled to 144. What several metrics share (such as Gram matrices) is counted at the first of them. `difference`: of the values on one pair, where the definitions agree. Machine: {about}.\n\n{report.markdown(table)}\n\n' + '\n'.join(f'- {x}' for x in notes))
