import numpy as np
from scipy.stats import rankdata
def auroc(y, s):
    y=np.asarray(y).astype(bool); r=rankdata(np.asarray(s)); n=y.sum(); m=len(y)-n
    return (r[y].sum()-n*(n+1)/2)/(n*m)
