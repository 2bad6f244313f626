"A process for each library, in its own environment, that answers one question at a time (see sae_peers.py)"
import json, os, subprocess, sys
from pathlib import Path

HERE = Path(__file__).parent
def python(library):
    "The interpreter of a library's environment"
    if library == 'metalign': return Path(sys.executable)
    path = HERE/f'.venv-{library}/bin/python'
    if not path.exists(): raise FileNotFoundError(f'{path} is missing: run `make bench.sae`, which makes it')
    return path

class Worker:
    def __init__(self, library, device='cpu', threads=1):
        env = os.environ | dict(OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), TOKENIZERS_PARALLELISM='false', WANDB_MODE='disabled')
        self.library = library
        self.process = subprocess.Popen([python(library), HERE/'sae_peers.py', library, device], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.kinds = self._answer()['kinds']
    def _answer(self):
        for line in self.process.stdout:
            if line.startswith('@'): return json.loads(line[1:])
        raise RuntimeError(f'the process of {self.library} ended with {self.process.wait()}: its error stands above')
    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + '\n'); self.process.stdin.flush()
        return self._answer()
    def __enter__(self): return self
    def __exit__(self, *_): self.process.stdin.close(); self.process.wait()
