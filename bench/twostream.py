"""A forward and backward pass of the two-stream model beside LXMERT of transformers: python bench/twostream.py [--rounds 7] [--batch 8] [--text 20] [--side 6] [--threads 1] [--dry] [--quick]

Equal depth, width, tokens and batch: 12 layers a stream, 768 wide, three of them with co-attention. LXMERT counts 9 + 9 layers of one stream and 3 of both;
a layer of both is cross-attention, self-attention and an MLP for each stream. Our meetings may have an MLP of their own, which LXMERT has not: both forms are
measured. Time: models in turn, one step each; of the processor where there is one thread, which other processes disturb less than the clock. Memory: a fresh process for each model, and what autograd keeps from the forward for the backward pass."""
import argparse, os
args = argparse.ArgumentParser(); args.add_argument('--rounds', type=int, default=7); args.add_argument('--batch', type=int, default=8)
args.add_argument('--text', type=int, default=20, help='tokens of a text'); args.add_argument('--side', type=int, default=6, help='patches down and across; a class token is added')
args.add_argument('--width', type=int, default=768); args.add_argument('--layers', type=int, default=12); args.add_argument('--threads', type=int, default=1)
args.add_argument('--memory', default='', help='model,dropout: print the memory of one model and stop'); args.add_argument('--dry', action='store_true', help='write nothing')
args.add_argument('--quick', action='store_true', help='a small trial, which writes nothing'); args = args.parse_args()
if args.quick: args.dry, args.width, args.layers, args.batch, args.rounds = True, 192, 4, 4, 3
os.environ['OMP_NUM_THREADS'] = str(args.threads)
import subprocess, sys, time
import numpy as np, pandas as pd, torch
from transformers import LxmertConfig, LxmertModel
from metalign.twostream.model import TwoStream, TwoStreamConfig
import report
torch.set_num_threads(args.threads)

NAMES = dict(lxmert='LXMERT', shared='metalign, cross-attention shared as in LXMERT', ours='metalign', mlp='metalign, an MLP after each co-attention')
DROPOUTS, MEETINGS = [.1, 0.], 3

def build(name, dropout):
    "A model in training mode"
    w, n, heads = args.width, args.layers, args.width//64
    torch.manual_seed(0)
    if name == 'lxmert':
        return LxmertModel(LxmertConfig(hidden_size=w, num_attention_heads=heads, intermediate_size=4*w, l_layers=n - MEETINGS, r_layers=n - MEETINGS, x_layers=MEETINGS,
                                        visual_feat_dim=w, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout)).train()
    last = tuple(range(n - MEETINGS, n)); each = {f'{s}_{k}': v for s in 'tv' for k, v in dict(layers=n, width=w, heads=heads, mlp=4*w, biattention_ids=last).items()}
    return TwoStream(TwoStreamConfig(**each, channels=w, image_size=(args.side, args.side), patch_size=1, co_width=w, co_heads=heads, co_mlp=name == 'mlp', co_shared=name == 'shared', dropout=dropout)).train()

def inputs(name):
    "Texts of unequal length, features of a picture; as many tokens for LXMERT as patches and class token"
    g = torch.Generator().manual_seed(0); b, t, s, w = args.batch, args.text, args.side, args.width
    length = torch.randint(t//2, t + 1, (b,), generator=g); length[0] = t
    text = dict(input_ids=torch.randint(1, 30000, (b, t), generator=g), attention_mask=(torch.arange(t) < length[:, None]).long())
    draw = lambda *shape: torch.randn(*shape, generator=g)
    if name == 'lxmert': return text | dict(visual_feats=draw(b, s*s + 1, w), visual_pos=draw(b, s*s + 1, 4).sigmoid())
    return text | dict(pixel_values=draw(b, w, s, s))

def loss(name, model, x):
    "Of a vector of each stream"
    out = model(**x)
    a, b = (out.pooled_output, out.vision_output[:, 0]) if name == 'lxmert' else (out.text_pooled, out.vision_pooled)
    return (a*b).square().mean()

def step(name, model, x):
    "Seconds of forward and backward, and of forward"
    now = time.process_time if args.threads == 1 else time.perf_counter
    model.zero_grad(set_to_none=True); start = now(); l = loss(name, model, x); middle = now(); l.backward()
    return now() - start, middle - start

def kept(name, model, x):
    "MiB that autograd keeps for the backward pass, parameters and inputs left out; each storage once"
    own, seen = {t.untyped_storage().data_ptr() for t in (*model.parameters(), *model.buffers(), *x.values())}, {}
    def pack(t):
        s = t.untyped_storage()
        if s.data_ptr() not in own: seen[s.data_ptr()] = s.nbytes()
        return t
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t): alive = loss(name, model, x)
    del alive
    return sum(seen.values())/2**20

def memory(name, dropout):
    "Prints MiB: resident at most in two steps, of it above the model alone, kept for the backward pass"
    resident = lambda key: int(open('/proc/self/status').read().split(f'{key}:')[1].split()[0])/1024
    model, x = build(name, dropout), inputs(name); before = resident('VmRSS')
    for _ in range(2): step(name, model, x)
    peak = resident('VmHWM') # not ru_maxrss, which a child takes over from its parent
    model.zero_grad(set_to_none=True); print(peak, peak - before, kept(name, model, x))

def memories(name, dropout):
    same = [a for a in sys.argv[1:] if a != '--dry']
    out = subprocess.run([sys.executable, __file__, *same, '--memory', f'{name},{dropout}'], capture_output=True, text=True)
    if out.returncode: raise RuntimeError(out.stderr)
    return [float(v) for v in out.stdout.split()[-3:]]

def measure(dropout):
    "name -> (rounds, 2) seconds of forward and backward, of forward; and parameters"
    models, data = {n: build(n, dropout) for n in NAMES}, {n: inputs(n) for n in NAMES}; out = {n: [] for n in NAMES}
    for r in range(args.rounds + 1): # the first warms up
        for n in list(NAMES)[::1 if r%2 else -1]:
            s = step(n, models[n], data[n]); models[n].zero_grad(set_to_none=True)
            if r: out[n].append(s)
    return {n: np.array(s) for n, s in out.items()}, {n: sum(p.numel() for p in m.parameters())/1e6 for n, m in models.items()}

def rows(dropout):
    seconds, parameters = measure(dropout); span = lambda s, d=2: f'{np.median(s):.{d}f} ({min(s):.{d}f} to {max(s):.{d}f})'
    mem = {n: memories(n, dropout) for n in NAMES}
    return [{'dropout': dropout, 'model': NAMES[n], 'parameters (million)': f'{parameters[n]:.0f}', 'time (s)': span(s[:, 0]), 'of it forward (s)': f'{np.median(s[:, 1]):.2f}',
             'time / LXMERT': '' if n == 'lxmert' else span(s[:, 0]/seconds['lxmert'][:, 0]), 'process at most (MiB)': f'{mem[n][0]:.0f}',
             'above the model (MiB)': f'{mem[n][1]:.0f}', 'kept for backward (MiB)': f'{mem[n][2]:.0f}'} for n, s in seconds.items()]

if __name__ == '__main__':
    if args.memory: n, d = args.memory.split(','); memory(n, float(d)); sys.exit()
    about = report.machine(); table = pd.DataFrame([r for d in DROPOUTS for r in rows(d)]); print(table.to_string(index=False))
    if not args.dry:
        report.write(f'Two streams, {args.threads} thread{"s"*(args.threads > 1)}',
            f'A forward and backward pass in training mode, float32: {args.layers} layers a stream, {MEETINGS} of them with co-attention, width {args.width}, {args.width//64} heads, '
            f'MLP {4*args.width}, {args.text} text tokens with padding, {args.side**2 + 1} vision tokens, batch {args.batch}. Median and range over {args.rounds} rounds, in turn{" (seconds of the processor)"*(args.threads == 1)}; ratios within a round. '
            'LXMERT uses the same weights for cross-attention in both directions, we do not, hence our further parameters. `Process at most`: a fresh process, two steps, gradients included; '
            '`above the model`: of it what came after the model was built; `kept for backward`: tensors that autograd keeps from the forward pass, each storage once. '
            'The aim, LXMERT\'s time and memory or less, is kept in both by shared cross-attention; without sharing time is the same and memory within 1%; with an MLP after each co-attention (the default) neither is. One thread, no GPU. '
            f'Machine: {about}.\n\n{report.markdown(table)}')
