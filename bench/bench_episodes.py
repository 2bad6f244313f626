"Episodes a second: the batched sampler against one episode at a time"
import random, time
import numpy as np, torch
from metalign.data import FunctionLearning, join_labels

B, T, d, concepts = 256, 120, 128, 1854

def naive_episode(x, y, items_of, rng):
    "One episode as a `Dataset.__getitem__` would draw it: a mixture, a ranking, then trial by trial"
    k = rng.randint(1, 16); dims = rng.sample(range(3, y.shape[1]), k)
    score = sum(rng.gauss(0, 1)*y[:, j] for j in dims); order = np.argsort(score)
    low, high = list(order[:int(.5*len(order))]), list(order[-int(.1*len(order)):])
    rng.shuffle(low); rng.shuffle(high)
    labels = [0]*(T//2) + [1]*(T - T//2); rng.shuffle(labels)
    inputs, previous = [], [0., 0.]
    for label in labels:
        concept = high.pop() if label else low.pop()
        inputs.append(torch.cat([torch.tensor(previous), x[rng.choice(items_of[concept])]]))
        previous = [1. - label, float(label)]
    return torch.stack(inputs), torch.tensor(labels, dtype=torch.float)

def rows(repeats=7):
    r = np.random.default_rng(0); n = concepts*14
    x, y = r.normal(size=(n, d)).astype(np.float32), r.gamma(.5, size=(concepts, 66))
    data = FunctionLearning(x, y, np.arange(n) % concepts)
    y, items_of, rng = data.y.numpy(), [list(range(c, n, concepts)) for c in range(concepts)], random.Random(0)
    g = torch.Generator().manual_seed(0)
    def batched():
        start = time.perf_counter(); data.batch(B, T, generator=g); return B/(time.perf_counter() - start)
    def one_by_one(k=32):
        start = time.perf_counter()
        torch.stack([naive_episode(data.x, y, items_of, rng)[0] for _ in range(k)])
        return k/(time.perf_counter() - start)
    def sampled(k=32):
        start = time.perf_counter()
        for i in range(k): X, Y = data.sample_episode(3 + i, T); join_labels(X[None], Y[None])
        return k/(time.perf_counter() - start)
    batched(), one_by_one(), sampled()
    t = np.array([(batched(), one_by_one(), sampled()) for _ in range(repeats)])
    def row(what, other, aim):
        ratio = t[:, 0]/other
        return dict(benchmark=f'batched episodes / {what}', ratio=f'{np.median(ratio):.1f}x', aim=aim, repeats=repeats,
                    spread=f'{ratio.min():.1f} to {ratio.max():.1f}',
                    detail=f'{np.median(t[:, 0]):.0f} against {np.median(other):.0f} episodes/s; B={B}, T={T}, d={d}')
    return [row('a Python loop over trials', t[:, 1], '50x'), row('sample_episode in a loop', t[:, 2], '')]
