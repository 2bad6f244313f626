"""Dictionaries to and from SAELens and dictionary_learning, outputs compared: python bench/sae_exchange.py (`make bench.sae` makes the environments)

Each library loads what metalign saved and saves its own, with random parameters; latents and reconstructions of 200 rows are compared."""
import os
os.environ.setdefault('OMP_NUM_THREADS', '1')
import tempfile
from pathlib import Path
import pandas as pd, torch
from safetensors.torch import load_file, save_file
from metalign.sae.exchange import load_dictionary_learning, load_saelens, save_dictionary_learning, save_saelens
from metalign.sae.flat import BIASES, KINDS, NORMALISE, Dictionary, DictionaryConfig
import report
from sae_workers import Worker

D, H = 12, 40
def made(kind, bias, how, g):
    "A dictionary with no parameter at 0 or 1"
    m = Dictionary(DictionaryConfig(D, H, kind, k=4, groups=[8, 12, 20], bias=bias, normalise=how)).eval()
    with torch.no_grad():
        for p in m.parameters(): p.add_(.2*torch.randn(p.shape, generator=g))
        m.W_dec.div_(m.W_dec.norm(dim=1, keepdim=True)); m.threshold.fill_(.3)
        if how == 'scale': m.scale.fill_(1.6)
    return m

def gap(m, path, x):
    "Largest differences of latents and reconstructions, and latents active a row"
    t = load_file(path/'theirs.safetensors')
    with torch.no_grad(): z = m.encode(x); return (z - t['latents']).abs().max().item(), (m(x).reconstruction - t['reconstruction']).abs().max().item(), (t['latents'] > 0).sum().item()/len(x)

def compare(library, save, load, hows):
    torch.manual_seed(4); rows, g = [], torch.Generator().manual_seed(3); x = .5*torch.randn(200, D, generator=g) + torch.linspace(-.3, .3, D)
    with tempfile.TemporaryDirectory() as folder, Worker(library) as worker:
        folder = Path(folder); save_file(dict(x=x), folder/'x.safetensors'); ours = {f'{k}, {b}, {how}': made(k, b, how, g) for k in KINDS for b in BIASES for how in hows}
        for k, m in ours.items(): save(m, folder/'ours'/k)
        worker.ask(task='exchange', folder=str(folder))
        rows += [('metalign', k, *gap(m, folder/'ours'/k, x)) for k, m in ours.items()]
        rows += [(library, f.name, *gap(load(f), f, x)) for f in sorted((folder/'theirs').iterdir())]
    t = pd.DataFrame(rows, columns=['saved by', 'which', 'latents', 'reconstruction', 'l0']); t['opened by'] = [library if s == 'metalign' else 'metalign' for s in t['saved by']]
    return t

if __name__ == '__main__':
    t = pd.concat([compare('saelens', save_saelens, load_saelens, NORMALISE), compare('dictionary', save_dictionary_learning, load_dictionary_learning, ['none', 'scale'])])
    t['kind'] = t.which.str.split(', ').str[0]; t['input'] = ['each row normalised' if 'sample' in w or 'layer_norm' in w else 'as it is or times a number' for w in t.which]
    keys = ['saved by', 'opened by', 'input', 'kind']
    table = t.groupby(keys).agg(**{'files': ('which', 'size'), 'latents': ('latents', 'max'), 'reconstructions': ('reconstruction', 'max'), 'active a row': ('l0', 'mean')}).reset_index()
    bad = t[t[['latents', 'reconstruction']].max(axis=1) > 1e-5]; print(t.to_string(index=False), table.to_string(index=False), sep='\n')
    verdict = f'{len(bad)} of {len(t)} files differ by more than 1e-5' + (f': {", ".join(sorted(set(bad.input)))}.' if len(bad) else '.')
    for c in ('latents', 'reconstructions'): table[c] = [f'{v:.0e}' for v in table[c]]
    table['active a row'] = table['active a row'].round(1)
    report.write('Sparse autoencoders, exchange', f'Largest absolute differences between what the library that saved and the library that opened give for 200 rows of width {D}; {H} latents, random parameters, values up to about 5. '
                 f'Files of one kind differ in bias and in the scale of the input. Versions: SAELens 6.54.12, dictionary_learning 0.1.0, torch {torch.__version__}.\n\n'
                 + report.markdown(table.replace(dict(saelens='SAELens', dictionary='dictionary_learning'))) + f'\n\n{verdict}')
    print(verdict)
