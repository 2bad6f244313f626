"What the lies study costs: states of base and adapter against bare forward passes, probes on important features against probes on all"
import time
import numpy as np, torch
from metalign.language import encode, length_batches, load_lm, pad
from metalign.lies.adapters import add_adapter
from metalign.lies.statements import statements
from metalign.lies.states import read_states
from metalign.probes import PROBES

def seconds(f):
    start = time.perf_counter(); f()
    return time.perf_counter() - start

def ratio_row(name, ratios, aim, detail, form='{:.2f}'):
    f = lambda v: form.format(v)
    return dict(benchmark=name, ratio=f(np.median(ratios)), aim=aim, repeats=len(ratios), spread=f'{f(min(ratios))} to {f(max(ratios))}', detail=detail)

def states_row(repeats, n=400):
    model, tokenizer = load_lm(); df = statements('gen_cities', n); df['ids'] = encode(df.text, tokenizer)
    net = add_adapter(model, 'ia3'); batches = length_batches([len(i) for i in df.ids])
    @torch.no_grad()
    def bare():
        for rows in batches:
            b = pad([df.ids[i] for i in rows], tokenizer)
            with net.disable_adapter(): net(**b, use_cache=False, logits_to_keep=1)
            net(**b, use_cache=False, logits_to_keep=1)
    bare(); pairs = [(seconds(lambda: read_states(net, df, tokenizer)), seconds(bare)) for _ in range(repeats)]
    ours, theirs = np.array(pairs).T
    return ratio_row('states of base and adapter, 31 layers, against two bare forward passes', ours/theirs, 'at most 1.15',
                     f'{n} statements of {np.mean([len(i) for i in df.ids]):.0f} tokens, IA3: {np.median(ours):.1f} s')

def probe_rows(repeats, d=30*576, share=.03):
    from sklearn.linear_model import LogisticRegression
    out, g = [], np.random.default_rng(0); k = round(share*d)
    fits = dict(metalign=lambda x, y: PROBES['logistic']().fit(x, y), sklearn=lambda x, y: LogisticRegression(C=.01, max_iter=300).fit(x, y))
    for n in (300, 1500, 5000):
        x = g.normal(size=(n, d)).astype(np.float32); y = (x[:, :k].sum(1) + 20*g.normal(size=n) > 0).astype(int)
        for name, fit in fits.items():
            fit(x[:, :k], y); pairs = np.array([(seconds(lambda: fit(x, y)), seconds(lambda: fit(x[:, :k], y))) for _ in range(repeats)])
            out.append(ratio_row(f'probe on all features against the top {share:.0%}, {name}, n = {n}', pairs[:, 0]/pairs[:, 1], 'at least 20',
                                 f'{d:,} against {k} features: {np.median(pairs[:, 0]):.2f} s against {np.median(pairs[:, 1]):.3f} s' + (', penalty by cross-validation' if name == 'metalign' else ', one penalty'), '{:.0f}'))
    return out

def rows(repeats=3): return [states_row(repeats), *probe_rows(repeats)]
