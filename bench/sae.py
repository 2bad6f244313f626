"""A training step of each kind of sparse autoencoder beside other libraries: python bench/sae.py [--rounds 5] [--steps 3] [--kinds topk,gated] [--device cuda] [--memory] [--dry] [--quick]

Each library runs in its own environment and process, one at a time, in turn: ours, theirs, ours, theirs. A step is what the library's own
trainer does with a batch: forward, backward, clipping, Adam, directions of length 1, counts of what fired."""
import argparse, os
args = argparse.ArgumentParser(); args.add_argument('--rounds', type=int, default=5); args.add_argument('--steps', type=int, default=3, help='a round')
args.add_argument('--d', type=int, default=768); args.add_argument('--h', type=int, default=6144); args.add_argument('--batch', type=int, default=1024)
args.add_argument('--k', type=int, default=32); args.add_argument('--l0', type=int, default=48, help='latents active a row where no k says so'); args.add_argument('--threads', type=int, default=1)
args.add_argument('--kinds', default=''); args.add_argument('--device', default='cpu'); args.add_argument('--memory', action='store_true', help='memory against the number of rows, instead of the steps')
args.add_argument('--dry', action='store_true', help='write nothing'); args.add_argument('--quick', action='store_true', help='a small trial, which writes nothing')
args = args.parse_args()
if args.quick: args.dry, args.d, args.h, args.batch, args.rounds, args.steps = True, 64, 512, 256, 2, 2
os.environ['OMP_NUM_THREADS'] = str(args.threads)
import subprocess, sys, tempfile
import numpy as np, pandas as pd, torch
torch.set_num_threads(args.threads)
import report
from sae_workers import Worker

CASES = [('topk', 'k'), ('topk', 'dead'), ('batch_topk', 'k'), ('matryoshka', 'k'), ('relu', 'sparse'), ('relu', 'start'),
         ('jumprelu', 'sparse'), ('jumprelu', 'start'), ('gated', 'sparse'), ('gated', 'start')]
STATES = dict(k='', dead=', a tenth dead', sparse='', start=', at its start')
NAMES = dict(metalign='metalign', saelens='SAELens', dictionary='dictionary_learning', sparsify='sparsify')

def variants(workers, kind):
    "Who can do a kind; SAELens has two ways for TopK"
    return [(w, v) for w in workers for v in w.kinds if v.split(', ')[0] == kind]

def measure(workers, kind, state):
    "(library, variant) -> mean seconds of a step in each round; and latents active a row"
    size = dict(state=state, d=args.d, h=args.h, k=args.k, n=args.batch, l0=args.l0); out, l0 = {}, {}
    for r in range(args.rounds + 1): # the first warms up and makes the models
        for w, v in variants(workers, kind):
            a = w.ask(task='steps', count=args.steps if r else 1, kind=v, **size)
            if r: out.setdefault((w.library, v), []).append(np.mean(a['seconds'])); l0[w.library, v] = a['l0']
    return out, l0

def row(kind, state, out, l0):
    "One line of the table: each library by its fastest way"
    best = {}
    for (lib, v), s in out.items():
        if lib not in best or np.median(s) < np.median(best[lib][1]): best[lib] = v, s
    ours = np.array(best['metalign'][1]); fastest = min((np.median(s), lib) for lib, (_, s) in best.items() if lib != 'metalign')[1]
    ratio = ours/np.array(best[fastest][1]); span = lambda s: f'{np.median(s):.3f} ({min(s):.3f} to {max(s):.3f})'
    active = [f'{l0[lib, v]:.0f}' for lib, (v, _) in best.items()]
    return dict(kind=kind + STATES[state], **{f'{n} (s)': span(best[lib][1]) if lib in best else '' for lib, n in NAMES.items()},
                **{'ours / fastest other': f'{np.median(ratio):.2f} ({ratio.min():.2f} to {ratio.max():.2f})', 'active a row': active[0] if len({*active}) == 1 else ', '.join(active)})

MEMORY = """
import re, sys, tempfile, torch
from metalign.reps import Reps
from metalign.sae.activations import RepsSource, fit_dictionary
from metalign.sae.flat import Dictionary, DictionaryConfig
reps, n, d = Reps.load(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
with tempfile.TemporaryDirectory() as f:
    fit_dictionary(Dictionary(DictionaryConfig(d, 2*d, 'topk', k=32)), RepsSource(reps), torch.randn(1024, d), f + '/run', steps=n//1024)
status = open('/proc/self/status').read(); print(*(int(re.search(k + r':\\s*(\\d+)', status)[1])/2**20 for k in ('VmHWM', 'RssAnon', 'RssFile')))"""
def memory(n, d=768):
    "GiB: at most resident, and of it at the end what is the process's own and what are pages of the file"
    from metalign.reps import RepsWriter
    with tempfile.TemporaryDirectory(dir=os.environ.get('TMPDIR')) as folder:
        with RepsWriter({'layer': d}, n, f'{folder}/reps', {}) as out:
            for i in range(0, n, 10_000): x = torch.randn(min(10_000, n - i), d); out[slice(i, i + len(x))] = {'layer': x}
            out.close()
        return [float(v) for v in subprocess.run([sys.executable, '-c', MEMORY, f'{folder}/reps', str(n), str(d)], capture_output=True, text=True, check=True, env=os.environ | dict(METALIGN_PROGRESS='0')).stdout.split()]

def memories(about):
    small, large = (10_000, 100_000) if args.quick else (100_000, 1_000_000)
    table = pd.DataFrame([dict(zip(['rows', 'file (GiB)', 'resident at most (GiB)', 'at the end its own (GiB)', 'and pages of files (GiB)'],
                                   [f'{n:,}', *(f'{v:.2f}' for v in (n*args.d*4/2**30, *memory(n, args.d)))])) for n in (small, large)])
    print(table.to_string(index=False))
    if not args.dry: report.write('Sparse autoencoders, memory', f'`fit_dictionary` on activations of width {args.d} in a file, each row once, {2*args.d:,} latents, batch 1,024: the whole process. Machine: {about}.\n\n{report.markdown(table)}')

def all_steps(about):
    rows, notes, kinds = [], [], args.kinds.split(',') if args.kinds else None
    workers = [Worker(lib, args.device, args.threads) for lib in NAMES]
    for kind, state in CASES:
        if kinds and kind not in kinds: continue
        out, l0 = measure(workers, kind, state); rows.append(row(kind, state, out, l0)); print(rows[-1], flush=True)
        ways = [f"{'sparse' if ', ' in v else 'dense'} {np.median(s):.3f} s" for (lib, v), s in out.items() if lib == 'saelens' and kind == 'topk']
        if ways: notes.append(f'SAELens, TopK{STATES[state]}, by its two ways of decoding: {", ".join(ways)}; the faster one is in the table.')
    for w in workers: w.__exit__()
    table = pd.DataFrame(rows); print(table.to_string(index=False), *notes, sep='\n')
    if args.dry: return
    on = torch.cuda.get_device_name() if args.device.startswith('cuda') else f'{args.threads} thread{"s"*(args.threads > 1)}'
    report.write(f'Sparse autoencoders, {on}', f'Seconds of a training step as the library\'s own trainer takes it: width {args.d}, {args.h:,} latents, batch {args.batch:,}, float32, k = {args.k}. '
        f'Median and range over {args.rounds} rounds of {args.steps} steps, in turn. Where no k says how many latents are active, a step costs us less the fewer they are: '
        f'such kinds are timed with biases or thresholds at which about {args.l0} are active, as after training, and at their start, where about half are. '
        f'Machine: {about}.\n\n{report.markdown(table)}\n\n' + '\n'.join(f'- {x}' for x in notes))

if __name__ == '__main__': (memories if args.memory else all_steps)(report.machine())
