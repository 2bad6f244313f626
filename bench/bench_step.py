"The share of a training step spent outside the model's forward and backward"
import functools, tempfile, time
import numpy as np, torch
from metalign.data import FunctionLearning
from metalign.model import make_model
from metalign.train import Episodes, fit

def timed(f, seconds):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        start = time.perf_counter()
        try: return f(*args, **kwargs)
        finally: seconds.append(time.perf_counter() - start)
    return inner

def one_run(data, seed, steps, width):
    "(share outside, seconds a step): both from one run of `fit`, in which forward and backward are timed from inside"
    torch.manual_seed(seed)
    sizes = dict(hidden_size=width, intermediate_size=4*width, num_attention_heads=4, num_hidden_layers=4)
    model, inside, marks = make_model('transformer', data.x, **sizes), [], []
    class Marked(Episodes):
        def __getitem__(self, i):
            marks.append((time.perf_counter(), sum(inside)))
            return super().__getitem__(i)
    backward = torch.Tensor.backward
    model.forward, torch.Tensor.backward = timed(model.forward, inside), timed(backward, inside)
    try:
        with tempfile.TemporaryDirectory() as d:
            fit(model, Marked(data, steps, 32, 120, seed=seed), None, f'{d}/run', steps=steps, eval_every=10_000)
    finally: torch.Tensor.backward = backward
    (t0, i0), (t1, i1) = marks[3], marks[-2]
    return 1 - (i1 - i0)/(t1 - t0), (t1 - t0)/(len(marks) - 5)

def rows(repeats=5, steps=15):
    r = np.random.default_rng(0)
    x, y = r.normal(size=(1854*14, 128)).astype(np.float32), r.gamma(.5, size=(1854, 66))
    data = FunctionLearning(x, y, np.arange(len(x)) % 1854)
    out = []
    for width in (128, 256):
        s, t = np.array([one_run(data, k, steps, width) for k in range(repeats)]).T
        out.append(dict(benchmark=f'share of a training step outside forward and backward, width {width}',
                        ratio=f'{100*np.median(s):.1f}%', aim='under 15%', repeats=repeats,
                        spread=f'{100*s.min():.1f} to {100*s.max():.1f}%',
                        detail=f'{1e3*np.median(t):.0f} ms a step; 4 layers, B=32, T=120'))
    return out
