"Run every notebook by nbdev_test, two at a time, and end with `N passed, N failed, N skipped`"
import os, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

root = Path(__file__).resolve().parent.parent
shared = root.parent/'shared'/'data'
env = dict(os.environ, METALIGN_SCALE='quick', METALIGN_PROGRESS='0', OMP_NUM_THREADS='1', MPLBACKEND='agg',
           TOKENIZERS_PARALLELISM='false')
if shared.is_dir(): env.setdefault('METALIGN_DATA', str(shared))

def run(nb):
    start = time.time()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as tmp: # what a notebook leaves there goes with it
        os.chmod(tmp, 0o711) # a notebook may look at it as another user
        p = subprocess.run([Path(sys.executable).with_name('nbdev_test'), '--path', nb, '--n_workers', '0'], cwd=root,
                           env=env | {'TMPDIR': tmp}, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    state = 'failed' if p.returncode else 'skipped' if 'No files were eligible' in p.stdout else 'passed'
    print(f'{state:8}{time.time() - start:6.0f} s  {nb.relative_to(root)}', flush=True)
    if state == 'failed': print(p.stdout[-6000:], p.stderr[-6000:], flush=True)
    return state

hidden = lambda f: any(p.startswith(('.', '_')) for p in f.relative_to(root).parts)
notebooks = sorted(f for f in (root/'nbs').rglob('*.ipynb') if not hidden(f))
notebooks.sort(key=lambda f: 'studies' not in f.parts)  # the long ones first
with ThreadPoolExecutor(2) as pool: states = list(pool.map(run, notebooks))
print(', '.join(f'{states.count(s)} {s}' for s in ('passed', 'failed', 'skipped')))
sys.exit('failed' in states or not states.count('passed'))
