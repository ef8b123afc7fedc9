# `make` lists the targets that a person calls; each does its own set-up.

PYTHON ?= python3.11
PORT ?= 8000
export PORT
BIN := .venv/bin
export DJANGO_SETTINGS_MODULE := forv.settings
# On machines with few cores, torch's threads spin against everything else.
export OMP_WAIT_POLICY ?= PASSIVE

.PHONY: help run setup test lint format fuzz chaos attack image-check audit sbom bench training measures openapi messages requirements dependencies clean

help:  ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: setup  ## run the whole service at http://localhost:8000/; PORT=9000 make run: elsewhere
	@exec $(BIN)/python -m forv.supervisor

setup: .venv/service frontend/dist/index.html  ## install what the service needs, and build the page

test: .venv/development .venv/training .venv/measures frontend/dist/index.html .venv/browser .venv/monitoring  ## run the tests; ARGS=tests/synth make test: some of them
	$(BIN)/python -m pytest $(ARGS)
	cd frontend && npm test --silent

chaos: .venv/development  ## break real processes, one fault at a time (minutes); CHAOS_SEED=… plays a random mix again
	$(BIN)/python -m pytest -m chaos -s tests/chaos $(ARGS)

fuzz: .venv/development  ## bring 10,000 damaged voices: each is refused by a code, or speaks (minutes); ARGS=--seed=1: others
	$(BIN)/python -m testing.fuzz $(ARGS)

lint: .venv/development frontend/node_modules/.package-lock.json  ## check style, types, layers, migrations, the API's schema, licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --format openapi-json | diff - frontend/openapi.json
	$(BIN)/python -m requirements.licenses --check
	cd frontend && npm run lint --silent

format: .venv/development  ## format the Python code, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

image-check: .venv/development  ## build both images in a Debian root, without a container engine, run them, and hear a sentence (ten minutes; needs root)
	$(BIN)/python -m testing.image_check $(ARGS)

attack: .venv/development  ## attack real processes on loopback, and print what held (minutes); ARGS='--hostile DIR --examples 10'
	$(BIN)/python -m attack $(ARGS)

audit: .venv/audit  ## ask for known vulnerabilities of what is pinned, where the advisories can be reached
	$(BIN)/python -m requirements.audit

sbom: .venv/audit frontend/node_modules/.package-lock.json  ## write sbom/*.cdx.json: what the images and the page are made of (CycloneDX)
	@mkdir -p sbom
	cat requirements/web.txt requirements/web-no-deps.txt | $(BIN)/cyclonedx-py requirements --output-reproducible --output-file sbom/web.cdx.json -
	cat requirements/worker.txt requirements/worker-no-deps.txt requirements/torch.txt | $(BIN)/cyclonedx-py requirements --output-reproducible --output-file sbom/worker.cdx.json -
	cd frontend && npm sbom --sbom-format cyclonedx --package-lock-only --omit dev > ../sbom/page.cdx.json

bench: .venv/development  ## measure how fast it is, here (ten minutes); ARGS='load read_text': some of it
	$(BIN)/python -m bench $(ARGS)

training: .venv/training  ## install what `manage.py train_voice` and training/ need

measures: .venv/measures  ## install what training/measure_*.py need besides (takes a C compiler)

openapi: .venv/development  ## after a change of the API: write its schema and the page's types
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --format openapi-json > frontend/openapi.json
	cd frontend && npm run types --silent

messages: .venv/development  ## after a change of locale/ko/LC_MESSAGES/django.po: compile it
	$(BIN)/pybabel -q compile -D django -d locale

requirements: .venv/development  ## after a change of requirements/*.in: pin exact versions and their hashes
	@# torch.txt has torch; pip and setuptools come with Python.
	for name in web worker dev audit; do $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --unsafe-package torch --unsafe-package pip --unsafe-package setuptools \
		--output-file requirements/$$name.txt requirements/$$name.in; sed -i -e '/^#/d' -e '/^$$/d' requirements/$$name.txt; done
	$(BIN)/python -m requirements.hashes $(addprefix requirements/,web-no-deps.txt worker-no-deps.txt training.txt measures.txt)

dependencies: .venv/development  ## after a change of the pins or of package-lock.json: write docs/dependencies.md
	$(BIN)/python -m requirements.licenses

clean:  ## remove what was installed, built and stored here, .data/ too
	rm -rf .venv .data frontend/node_modules frontend/dist staticfiles sbom

# The files pin everything that is needed, so nothing is installed that has no hash in them.
HASHED := pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.venv/service: requirements/web.txt requirements/web-no-deps.txt requirements/worker.txt requirements/worker-no-deps.txt requirements/torch.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m $(HASHED) -r requirements/web.txt -r requirements/web-no-deps.txt -r requirements/worker.txt -r requirements/worker-no-deps.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/torch.txt
	@touch $@

.venv/development: .venv/service requirements/dev.txt
	$(BIN)/python -m $(HASHED) -r requirements/dev.txt
	@touch $@

.venv/training: .venv/service requirements/training.txt
	$(BIN)/python -m $(HASHED) -r requirements/training.txt
	@touch $@

.venv/measures: .venv/training requirements/measures.txt
	if command -v cc >/dev/null; then $(BIN)/python -m $(HASHED) -r requirements/measures.txt; \
		else echo "No C compiler: the tests of training/measure_*.py will be skipped."; fi
	@touch $@

.venv/audit: .venv/development requirements/audit.txt
	$(BIN)/python -m $(HASHED) -r requirements/audit.txt
	@touch $@

.venv/browser: .venv/development
	command -v chromium >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -qqy chromium >/dev/null; } \
		|| $(BIN)/playwright install chromium || echo "No Chromium: the tests of the page will be skipped."
	@touch $@

.venv/monitoring: .venv/development
	command -v promtool >/dev/null || test -x $(BIN)/promtool || { command -v apt-get >/dev/null && cd .venv && apt-get download -qq prometheus \
		&& dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x --strip-components=3 -C bin ./usr/bin/promtool && rm prometheus_*.deb; } \
		|| echo "No promtool: some tests of deploy/monitoring/ will be skipped."
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package-lock.json
	cd frontend && npm ci --silent --no-fund --no-audit
	@touch $@

frontend/dist/index.html: frontend/node_modules/.package-lock.json frontend/index.html frontend/vite.config.ts $(shell find frontend/src frontend/public -type f 2>/dev/null)
	cd frontend && npm run build --silent
	@touch $@
