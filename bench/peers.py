"""Alignment metrics as they are published, pair by pair: ckatorch and rsatoolbox themselves; the others written in the form of
their papers and repositories (platonic-rep, llm_repsim, ReSi, netrep), which are not on the package index"""
import numpy as np, torch, torch.nn.functional as F
from sklearn.neighbors import NearestNeighbors

def neighbours(x, k=10):
    x = F.normalize(x, dim=1)
    return (x @ x.T).fill_diagonal_(-1e8).argsort(dim=1, descending=True)[:, :k]

def cka(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    return (x.T @ y).square().sum()/((x.T @ x).norm()*(y.T @ y).norm())

def hsic1(k, l):
    n = len(k); k, l = (m.clone().fill_diagonal_(0) for m in (k, l))
    return ((k*l.T).sum() + k.sum()*l.sum()/((n - 1)*(n - 2)) - 2*(k @ l).sum()/(n - 2))/(n*(n - 3))
def cka_unbiased(x, y):
    k, l = x @ x.T, y @ y.T
    return hsic1(k, l)/(hsic1(k, k)*hsic1(l, l)).sqrt()

def ckatorch_rbf(x, y):
    from ckatorch.core import cka_base
    return cka_base(x, y, kernel='rbf')

def svcca(x, y, dims=10):
    u, v = (np.linalg.svd((z - z.mean(0)).numpy(), full_matrices=False)[0][:, :dims] for z in (x, y))
    return np.linalg.svd(u.T @ v, compute_uv=False).mean()

def procrustes(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    return torch.linalg.matrix_norm(x.T @ y, 'nuc')/x.norm()/y.norm()

def mutual_knn(x, y, k=10):
    a, b = (torch.zeros(len(x), len(x)).scatter_(1, neighbours(z, k), 1.) for z in (x, y))
    return (a*b).sum(1).mean()/k

def cycle_knn(x, y):
    a = neighbours(x)[neighbours(y)]
    return (a == torch.arange(len(x)).view(-1, 1, 1)).flatten(1).any(1).float().mean()

def by_row(x, y, f): return np.mean([f(list(p), list(q)) for p, q in zip(neighbours(x).numpy(), neighbours(y).numpy())])
def lcs_length(p, q):
    t = [[0]*(len(q) + 1) for _ in range(len(p) + 1)]
    for i in range(len(p)):
        for j in range(len(q)): t[i + 1][j + 1] = t[i][j] + 1 if p[i] == q[j] else max(t[i][j + 1], t[i + 1][j])
    return t[-1][-1]
def edit_distance(p, q):
    row = list(range(len(q) + 1))
    for i in range(len(p)):
        last, row[0] = row[0], i + 1
        for j in range(len(q)): last, row[j + 1] = row[j + 1], min(row[j + 1] + 1, row[j] + 1, last + (p[i] != q[j]))
    return row[-1]
def lcs_knn(x, y): return by_row(x, y, lcs_length)
def edit_knn(x, y): return 1 - by_row(x, y, edit_distance)/10

def cknna(x, y, k=10):
    x, y = F.normalize(x, dim=1), F.normalize(y, dim=1); a, b = x @ x.T, y @ y.T; n = len(x)
    def masked(u, v):
        m, w = (torch.zeros(n, n).scatter_(1, z.clone().fill_diagonal_(-torch.inf).topk(k, 1).indices, 1) for z in (u, v))
        return hsic1(m*w*u, m*w*v)
    return masked(a, b)/((masked(a, a)*masked(b, b)).sqrt() + 1e-6)

def sklearn_lists(x, k=10): return NearestNeighbors(n_neighbors=k + 1, metric='cosine').fit(x.numpy()).kneighbors(x.numpy())[1][:, 1:]
def jaccard_knn(x, y): return np.mean([len({*p} & {*q})/len({*p} | {*q}) for p, q in zip(sklearn_lists(x), sklearn_lists(y))])
def rank_similarity(x, y):
    def one(p, q):
        common = {*p} & {*q}
        if not common: return 0
        ranks = [(np.argwhere(p == j)[0][0] + 1, np.argwhere(q == j)[0][0] + 1) for j in common]
        return sum(2/((1 + abs(r - s))*(r + s)) for r, s in ranks)/sum(1/i for i in range(1, len(common) + 1))
    return np.mean([one(p, q) for p, q in zip(sklearn_lists(x), sklearn_lists(y))])

def linear_r2(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    return 1 - (y - x @ torch.linalg.lstsq(x, y).solution).square().sum()/y.square().sum()

def rdms(layers):
    from rsatoolbox.data import Dataset
    from rsatoolbox.rdm import calc_rdm, concat
    return concat([calc_rdm(Dataset(x.double().numpy()), method='correlation') for x in layers])
def rsa(a, b, method):
    from rsatoolbox.rdm import compare
    return compare(a, b, method=method)

# ours -> (theirs, where from, whether the definitions agree; the value to compare with is raw or not)
PAIRWISE = dict(cka=(cka, 'feature form', True), cka_unbiased=(cka_unbiased, 'platonic-rep', True), cka_rbf=(ckatorch_rbf, 'ckatorch', None), svcca=(svcca, 'ReSi, exact, 10 dimensions', True),
                procrustes=(procrustes, 'netrep, ReSi', True), mutual_knn=(mutual_knn, 'platonic-rep', True), cycle_knn=(cycle_knn, 'platonic-rep', 'raw'),
                lcs_knn=(lcs_knn, 'platonic-rep', 'raw'), edit_knn=(edit_knn, 'platonic-rep', True), cknna=(cknna, 'platonic-rep', True), jaccard_knn=(jaccard_knn, 'ReSi, llm_repsim', True),
                rank_similarity=(rank_similarity, 'ReSi', True), linear_r2=(linear_r2, 'least squares', None))
ONCE = dict(rsa='corr', rsa_spearman='spearman') # rsatoolbox: dissimilarities once a layer, then every pair
