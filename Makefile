# Two commands do everything on a fresh machine: `make train` and `make test`.
.PHONY: setup train test check data clean

train: setup
	npm run --silent train -- --recipe plug-ko

test: setup
	npm run --silent check
	npm test --silent

# Types and style alone.
check: node_modules
	npm run --silent check

data: node_modules
	npm run --silent data

# Packages, then TensorFlow and its binding; nothing to do when both stand.
setup: node_modules
	npm run --silent setup

node_modules: package-lock.json
	npm ci
	@touch node_modules

clean:
	rm -rf node_modules checkpoints/*/ reports
