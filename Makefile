# Two commands do everything on a fresh machine: `make train` and `make test`.
.PHONY: setup train test test-parity test-large test-pages test-hostile test-notebooks notebooks bench-tokenizers check data world-base clean

train: setup
	npm run --silent train -- --recipe plug-ko

test: setup
	npm run --silent check
	npm test --silent

# Tokenizers and models against Python's libraries, live; see docs/tokenizers.md and docs/models.md.
test-parity: node_modules .venv-parity/ready
	node --import tsx scripts/parity/run.ts .venv-parity/bin/python
	node --import tsx scripts/parity/pipelines.ts .venv-parity/bin/python
	node --import tsx scripts/parity/models.ts .venv-parity/bin/python

# A random model of a billion parameters: loaded, tuned by adapters on DATA, merged, read by transformers. Minutes, 8 GB.
test-large: setup .venv-parity/ready
	node --import tsx scripts/large/run.ts $(DATA) .venv-parity/bin/python

# The pages of runs and comparisons in a headless Chromium, wide and narrow, light and dark; pictures in .cache/pages.
test-pages: node_modules scripts/pages/node_modules
	node --import tsx scripts/pages/run.ts

# Hostile models, data, recipes and paths: each ends in one line, in bounded time and memory. Minutes; see docs/hostile.md.
test-hostile: setup
	node --import tsx scripts/hostile/run.ts

scripts/pages/node_modules: scripts/pages/package-lock.json
	npm ci --prefix scripts/pages --ignore-scripts --no-fund --no-audit
	@touch $@

# The notebook top to bottom in a real tslab kernel; the executed copy in .cache/notebooks.
test-notebooks: setup scripts/notebooks/node_modules
	node --import tsx scripts/notebooks/run.ts

# The same, with the outputs put into the notebook itself.
notebooks: setup scripts/notebooks/node_modules
	node --import tsx scripts/notebooks/run.ts --write

scripts/notebooks/node_modules: scripts/notebooks/package-lock.json
	npm ci --prefix scripts/notebooks --ignore-scripts --no-fund --no-audit
	@touch $@

bench-tokenizers: node_modules
	node --import tsx scripts/parity/throughput.ts

.venv-parity/ready: scripts/parity/requirements.txt
	python3 -m venv .venv-parity
	.venv-parity/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# Types and style alone.
check: node_modules
	npm run --silent check

data: node_modules
	npm run --silent data

# The base model that the recipes of the made-up world start from: under 45 minutes on 2 cores. It is trained in a folder
# of its own, then its files take the place of those that come with the project.
world-base: setup data
	npm run --silent train -- --recipe world-base --output checkpoints/world-base-again --overwrite
	cd checkpoints/world-base-again && cp config.json generation_config.json model.safetensors tokenizer*.json ../world-base/

# Packages, then TensorFlow and its binding; nothing to do when both stand.
setup: node_modules
	npm run --silent setup

node_modules: package-lock.json
	npm ci
	@touch node_modules

clean:
	rm -rf node_modules reports
	find checkpoints -mindepth 1 -maxdepth 1 -type d ! -name world-base -exec rm -rf {} +
