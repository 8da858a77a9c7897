# `make run` is all it takes. Needs Python 3.11 or newer and make; the rest lives in .venv and var.

VENV := .venv
PYTHON := $(VENV)/bin/python
HOST ?= 127.0.0.1
PORT ?= 8000
SOURCES := assistant_project knowledge chat tests manage.py

# What a real site sets; the values are nobody's.
PRODUCTION := ENV_FILE=/dev/null DEBUG=false ALLOWED_HOSTS=assistant.example.org SIGN_UP=closed \
	SITE_URL=https://assistant.example.org SECRET_KEY=only-for-the-check-of-deployment-0123456789-abcdefghijklmnopqrstuvwxyz

.PHONY: help run setup test check bench fix translations vendor

help:
	@echo "make run     start everything: database, web and worker (HOST=, PORT=)"
	@echo "make test    all tests, without network"
	@echo "make check   format, lint, types, borders, migrations, deployment"
	@echo "make fix     mend what format and lint can mend"
	@echo "make bench   the benchmarks, on the material of BENCHMARK_DATA=FOLDER"
	@echo "make translations  collect the sentences for assistant_project/locale, and compile them (needs gettext)"
	@echo "make vendor  fetch the PDF viewer's library again, or another version of it (needs npm and network)"

run: $(VENV)/.ready
	@$(PYTHON) manage.py up --host $(HOST) --port $(PORT)

setup: $(VENV)/.ready-dev

test: $(VENV)/.ready-dev
	$(PYTHON) -m pytest

check: $(VENV)/.ready-dev
	$(PYTHON) -m ruff format --check $(SOURCES)
	$(PYTHON) -m ruff check $(SOURCES)
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.ready-dev
	$(PYTHON) -m tests.benchmarks $(BENCHMARK_DATA)

fix: $(VENV)/.ready-dev
	$(PYTHON) -m ruff check --fix $(SOURCES)
	$(PYTHON) -m ruff format $(SOURCES)

translations: $(VENV)/.ready-dev
	$(PYTHON) manage.py translations

# A new version: set both, run it, try the viewer, and name the version in $(PDFJS)/README.md.
PDFJS_VERSION := 6.5.438
PDFJS_SHA256 := 7461aefcd27c4ef0dd76f9ca5760f09466eb6b3f934432670c12132e7b3d6faa
PDFJS := templates/static/vendor/pdfjs

vendor:
	@set -eu; draft=$$(mktemp -d); trap 'rm -rf "$$draft"' EXIT; \
	npm pack --silent --pack-destination "$$draft" pdfjs-dist@$(PDFJS_VERSION) > /dev/null; \
	echo "$(PDFJS_SHA256)  $$draft/pdfjs-dist-$(PDFJS_VERSION).tgz" | sha256sum --check --quiet -; \
	find $(PDFJS) -mindepth 1 ! -name README.md -delete; \
	tar -xzf "$$draft/pdfjs-dist-$(PDFJS_VERSION).tgz" -C $(PDFJS) --strip-components 1 --wildcards --no-same-owner \
		--exclude '*quickjs*' --exclude '*QUICKJS*' package/LICENSE package/build/pdf.min.mjs \
		package/build/pdf.worker.min.mjs 'package/cmaps/*' 'package/standard_fonts/*' 'package/wasm/*' 'package/iccs/*'

# Readable for all, because root lends the embedded database to an account of its own.
$(VENV)/.ready: $(PYTHON) requirements.txt
	umask 022 && $(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	umask 022 && $(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(PYTHON):
	@for python in python3.11 python3.12 python3.13 python3; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done || { echo "Python 3.11 or newer is needed. Install it, then run make again."; exit 1; }; \
	umask 022; \
	$$python -m venv $(VENV) || { \
		rm -rf $(VENV); \
		echo "$$python cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
