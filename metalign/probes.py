import numpy as np
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
def auroc(y, s):
    y=np.asarray(y).astype(bool); r=rankdata(np.asarray(s)); n=y.sum(); m=len(y)-n
    return (r[y].sum()-n*(n+1)/2)/(n*m)
def auroc_draws(y, s, groups=None, n=1000, seed=0):
    y=np.asarray(y); g=np.unique(groups, return_inverse=True)[1]; rng=np.random.default_rng(seed); k=g.max()+1
    w=rng.multinomial(k,np.full(k,1/k),size=n)[:,g].astype(float)
    u,inv=np.unique(s,return_inverse=True); o=np.argsort(inv,kind='stable'); st=np.searchsorted(inv[o],np.arange(len(u)))
    pos=np.add.reduceat((w*(y==1))[:,o],st,1); neg=np.add.reduceat((w*(y==0))[:,o],st,1)
    return (pos*(neg.cumsum(1)-.5*neg)).sum(1)/np.maximum(pos.sum(1)*neg.sum(1),1e-12)
def ece(y,p,bins=15):
    o=np.array_split(np.argsort(p),bins); return sum(len(i)*abs(np.mean(y[i])-np.mean(p[i])) for i in o if len(i))/len(y)
class LP(LogisticRegression):
    def __init__(self, standardise=True): super().__init__(C=.01,max_iter=200); self.standardise=standardise
PROBES=dict(logistic=LP)
