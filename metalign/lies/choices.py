import torch
class Choices:
    def __init__(self, tokenizer, no=('No',' No','no',' no','False',' False'), yes=('Yes',' Yes','yes',' yes','True',' True')):
        f=lambda vs: torch.tensor(sorted({i[0] for i in (tokenizer(v, add_special_tokens=False).input_ids for v in vs) if len(i)==1}))
        self.ids=[f(no),f(yes)]
def choice_logprobs(logits, choices):
    l=logits.log_softmax(-1); return torch.stack([l.index_select(-1,i.to(l.device)).logsumexp(-1) for i in choices.ids],-1)
def p_yes(logp): return (logp[...,1]-logp[...,0]).sigmoid()
def coverage(logp): return logp.exp().sum(-1)
