"""Sparse autoencoders of one library, in its own environment: python bench/sae_peers.py LIBRARY [DEVICE]

Reads a question a line and answers it: `steps` times training steps as the library's own trainer takes them, `exchange` opens what
metalign saved, saves dictionaries of its own and keeps the outputs of both. One library is imported, so that each can live alone."""
import json, sys, time
from pathlib import Path
import torch

GROUPS = [1/16, 1/16, 1/8, 1/4, 1/2] # Matryoshka: shares of the latents
LR = 1e-6 # so small that a timed step leaves the number of active latents as it is

def batches(d, n, device, count=4):
    "Rows of mean 0 and mean square 1"
    g = torch.Generator().manual_seed(0)
    return [torch.randn(n, d, generator=g).to(device) for _ in range(count)]

def level(pre, l0):
    "What l0 outputs a row exceed"
    return pre.flatten().kthvalue(pre.numel() - l0*len(pre)).values

class Metalign:
    kinds = ['relu', 'topk', 'batch_topk', 'jumprelu', 'gated', 'matryoshka']
    def __init__(self, kind, d, h, k, x):
        from metalign.sae.flat import Dictionary, DictionaryConfig
        from metalign.train import make_optimizer
        torch.manual_seed(0); self.m = Dictionary(DictionaryConfig(d, h, kind, k=k)).to(x.device).train(); self.m.start(x)
        self.optimizer = make_optimizer(self.m, 'adam', lr=LR)
    def step(self, x):
        out = self.m(x); out.loss.backward(); torch.nn.utils.clip_grad_norm_(self.m.parameters(), 1.)
        self.m.before_step(); self.optimizer.step(); self.m.after_step(); self.optimizer.zero_grad(); self.z = out.latents
    def sparse(self, x, l0):
        m, kind = self.m, self.m.config.kind; y = m.centred(m.normalised(x)[0]); t = level(y @ m.W_enc.T + m.b_enc, l0)
        m.log_threshold.fill_(t.log()) if kind == 'jumprelu' else m.b_enc.sub_(t)
    def dead(self, which): self.m.silent[which] = 1e9; self.m.b_enc[which] = -20.
    def active(self, x): return self.z

class SAELens:
    kinds = ['relu', 'topk', 'topk, sparse', 'batch_topk', 'jumprelu', 'gated', 'matryoshka']
    def __init__(self, kind, d, h, k, x):
        import sae_lens as s
        from sae_lens.config import SAETrainerConfig
        from sae_lens.training.sae_trainer import SAETrainer
        of = dict(relu=('Standard', {}), topk=('TopK', dict(k=k)), batch_topk=('BatchTopK', dict(k=k)), jumprelu=('JumpReLU', {}), gated=('Gated', {}),
                  matryoshka=('MatryoshkaBatchTopK', dict(k=k, matryoshka_widths=[int(h*sum(GROUPS[:i + 1])) for i in range(5)])))
        self.kind, _, sparse = kind.partition(', '); name, more = of[self.kind]
        if sparse: more |= dict(use_sparse_activations=True, rescale_acts_by_decoder_norm=False) # with rescaling its backward pass ends in an error (torch 2.13, CPU)
        torch.manual_seed(0); make = lambda part: getattr(s, f'{name}TrainingSAE{part}')
        self.m = make('')(make('Config')(d_in=d, d_sae=h, device=str(x.device), **more))
        self.trainer = SAETrainer(SAETrainerConfig(10**9, len(x), lr=LR, lr_end=LR, device=str(x.device)), self.m, iter([]))
    def step(self, x): self.out = self.trainer.step(x); self.trainer.n_training_steps += 1
    def sparse(self, x, l0):
        m = self.m; t = level((x - m.b_dec) @ m.W_enc, l0)
        m.threshold.fill_(t) if self.kind == 'jumprelu' else (m.b_gate if self.kind == 'gated' else m.b_enc).fill_(-t)
    def dead(self, which): self.trainer.n_forward_passes_since_fired[which] = 1e9; self.m.b_enc[which] = -200.
    def active(self, x): z = self.out.feature_acts; return z.to_dense() if z.is_sparse else z

class DictionaryLearning:
    kinds = ['relu', 'topk', 'batch_topk', 'jumprelu', 'gated', 'matryoshka']
    def __init__(self, kind, d, h, k, x):
        from importlib import import_module
        file, name, more = dict(relu=('standard', 'StandardTrainer', {}), topk=('top_k', 'TopKTrainer', dict(k=k)), batch_topk=('batch_top_k', 'BatchTopKTrainer', dict(k=k)),
            jumprelu=('jumprelu', 'JumpReluTrainer', {}), gated=('gdm', 'GatedSAETrainer', {}),
            matryoshka=('matryoshka_batch_top_k', 'MatryoshkaBatchTopKTrainer', dict(k=k, group_fractions=GROUPS)))[kind]
        torch.manual_seed(0); self.kind, self.at = kind, 0
        make = getattr(import_module(f'dictionary_learning.trainers.{file}'), name)
        self.trainer = make(steps=10**6, activation_dim=d, dict_size=h, layer=0, lm_name='', lr=LR, device=str(x.device), **more); self.m = self.trainer.ae
    def step(self, x): self.trainer.update(self.at, x); self.at = max(2000, self.at + 1) # after its warm-up, when thresholds are kept
    def sparse(self, x, l0):
        m = self.m; t = level(x @ m.W_enc if self.kind == 'jumprelu' else m.encoder(x), l0)
        m.threshold.fill_(t) if self.kind == 'jumprelu' else (m.gate_bias if self.kind == 'gated' else m.encoder.bias).sub_(t)
    def dead(self, which): self.trainer.num_tokens_since_fired[which] = 10**9; (self.m.encoder.bias if self.kind != 'matryoshka' else self.m.b_enc)[which] = -20.
    def active(self, x): return self.m.encode(x, use_threshold=False) if 'topk' in self.kind or self.kind == 'matryoshka' else self.m.encode(x)

class Sparsify:
    "EleutherAI's sparsify: TopK, whose decoder and encoder gradient touch the k active latents alone; a step as in its `Trainer.fit`, with its Adam"
    kinds = ['topk']
    def __init__(self, kind, d, h, k, x):
        from sparsify import SparseCoderConfig
        from sparsify.sparse_coder import SparseCoder
        torch.manual_seed(0); self.m = SparseCoder(d, SparseCoderConfig(num_latents=h, k=k), device=x.device); self.optimizer = torch.optim.Adam(self.m.parameters(), lr=LR)
        self.since = torch.zeros(h, dtype=torch.long, device=x.device)
    def step(self, x):
        self.m.set_decoder_norm_to_unit_norm(); dead = self.since > 10_000_000
        self.out = self.m(x=x, y=x, dead_mask=dead, total_variance=(x - x.mean(0)).square().sum())
        (self.out.fvu + self.out.auxk_loss/32).backward(); self.m.remove_gradient_parallel_to_decoder_directions()
        self.optimizer.step(); self.optimizer.zero_grad(); self.since += len(x); self.since[self.out.latent_indices.flatten()] = 0
    def dead(self, which): self.since[which] = 10**9; self.m.encoder.bias[which] = -20.
    def active(self, x): return self.out.latent_acts

LIBRARIES = dict(metalign=Metalign, saelens=SAELens, dictionary=DictionaryLearning, sparsify=Sparsify)

def steps(run, xs, count):
    "Seconds of each of some steps, and latents active a row"
    out, wait = [], torch.cuda.synchronize if xs[0].is_cuda else lambda: None
    for i in range(count):
        x = xs[i % len(xs)]; wait(); start = time.perf_counter(); run.step(x); wait(); out.append(time.perf_counter() - start)
    with torch.no_grad(): return dict(seconds=out, l0=(run.active(x) > 0).sum().item()/len(x))

def prepare(library, kind, state, d, h, k, n, l0, device):
    "A model that is ready to be timed: as it starts, with l0 latents active, or with a tenth of the latents dead"
    xs = batches(d, n, device); run = LIBRARIES[library](kind, d, h, k, xs[0])
    with torch.no_grad():
        if state == 'sparse': run.sparse(xs[0], l0)
    steps(run, xs, 1)
    with torch.no_grad():
        if state == 'dead': run.dead(torch.arange(0, h, 10))
    steps(run, xs, 1)
    return run, xs

@torch.no_grad()
def shaken(m, g):
    "A model with no parameter at 0 or 1"
    for n, p in m.named_parameters():
        p.add_(.2*torch.randn(p.shape, generator=g)*(p.abs().mean() + .1))
        if n == 'threshold': p.abs_()
    return m

def answers(encode, forward, x):
    with torch.no_grad(): return dict(latents=encode(x), reconstruction=forward(x))

def exchange_saelens(folder, x):
    "Open `ours/*`, save `theirs/*`"
    import sae_lens as s
    from safetensors.torch import save_file
    for f in sorted((folder/'ours').iterdir()): m = s.SAE.load_from_disk(f); save_file(answers(m.encode, m, x), f/'theirs.safetensors')
    g, d, h = torch.Generator().manual_seed(5), x.shape[1], 40
    for name, of, more in [('standard', 'Standard', {}), ('topk', 'TopK', dict(k=4)), ('topk, not rescaled', 'TopK', dict(k=4, rescale_acts_by_decoder_norm=False)), ('jumprelu', 'JumpReLU', {}),
                           ('gated', 'Gated', {}), ('batchtopk', 'BatchTopK', dict(k=4)), ('matryoshka', 'MatryoshkaBatchTopK', dict(k=4, matryoshka_widths=[10, 40]))]:
        for bias in ('tied', 'free'):
            for how in ('none', 'layer_norm'):
                cfg = getattr(s, of + 'TrainingSAEConfig')(d_in=d, d_sae=h, apply_b_dec_to_input=bias == 'tied', normalize_activations=how, decoder_init_norm=1., **more)
                m = shaken(getattr(s, of + 'TrainingSAE')(cfg), g); f = folder/'theirs'/f'{name}, {bias}, {how}'
                if hasattr(m, 'topk_threshold'): m.topk_threshold.fill_(.3)
                m.save_inference_model(f); last = s.SAE.load_from_disk(f); save_file(answers(last.encode, last, x), f/'theirs.safetensors')
                if hasattr(m, 'topk_threshold'): # the checkpoint of the class that trains is another file for the same function
                    c = folder/'theirs'/f'{name}, checkpoint, {bias}, {how}'; m.save_model(c); save_file(answers(last.encode, last, x), c/'theirs.safetensors')

def exchange_dictionary(folder, x):
    "Open `ours/*`, save `theirs/*`"
    from safetensors.torch import save_file
    from dictionary_learning import dictionary as D
    from dictionary_learning.trainers.batch_top_k import BatchTopKSAE
    from dictionary_learning.trainers.matryoshka_batch_top_k import MatryoshkaBatchTopKSAE
    from dictionary_learning.trainers.top_k import AutoEncoderTopK
    from dictionary_learning.utils import load_dictionary
    def same_latents(f): # its loader brings the directions of AutoEncoder to length 1; without that, latents are those that were saved
        if json.loads((f/'config.json').read_text())['trainer']['dict_class'] == 'AutoEncoder': return D.AutoEncoder.from_pretrained(f/'ae.pt', normalize_decoder=False)
        return load_dictionary(str(f), 'cpu')[0]
    for f in sorted((folder/'ours').iterdir()): m = same_latents(f); load_dictionary(str(f), 'cpu'); save_file(answers(m.encode, m, x), f/'theirs.safetensors')
    g, d, h = torch.Generator().manual_seed(5), x.shape[1], 40
    for make, more in [(D.AutoEncoder, ()), (D.AutoEncoderNew, ()), (D.GatedAutoEncoder, ()), (D.JumpReluAutoEncoder, ()), (AutoEncoderTopK, (4,)), (BatchTopKSAE, (4,)), (MatryoshkaBatchTopKSAE, (4, [10, 30]))]:
        m = shaken(make(d, h, *more), g); f = folder/'theirs'/make.__name__; f.mkdir(parents=True)
        if make in (BatchTopKSAE, MatryoshkaBatchTopKSAE): m.threshold.fill_(.3)
        torch.save(m.state_dict(), f/'ae.pt'); (f/'config.json').write_text(json.dumps(dict(trainer=dict(dict_class=make.__name__, activation_dim=d, dict_size=h, k=4))))
        m = same_latents(f); save_file(answers(m.encode, m, x), f/'theirs.safetensors')

if __name__ == '__main__':
    library, device = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else 'cpu'; key, ready = None, None
    print('@' + json.dumps(dict(kinds=LIBRARIES[library].kinds)), flush=True)
    for line in sys.stdin:
        q = json.loads(line); task = q.pop('task')
        if task == 'exchange':
            from safetensors.torch import load_file
            torch.manual_seed(6); folder = Path(q['folder']); dict(saelens=exchange_saelens, dictionary=exchange_dictionary)[library](folder, load_file(folder/'x.safetensors')['x']); out = dict(done=True)
        else:
            count = q.pop('count')
            if key != q: ready = None; ready = prepare(library, device=device, **q); key = q # one model at a time
            out = steps(*ready, count)
        print('@' + json.dumps(out), flush=True)
