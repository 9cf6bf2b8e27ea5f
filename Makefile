# make run · make test · make lint · make messages · make bench
PYTHON ?= python3
PORT ?= 8000
# What Python compiles is kept, wherever else it is told not to: the tests start a dozen processes.
unexport PYTHONDONTWRITEBYTECODE
export BASE_URL ?= http://127.0.0.1:$(PORT)
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python site/manage.py
# Where the first is set, the tests run a second time, on PostgreSQL and, with the other, Redis.
TEST_POSTGRES_URL ?=
TEST_REDIS_URL ?=
TEMPLATES := ess_pages/templates ess_forum/templates site/templates

# Makes the virtual environment $(1), anew if pip is missing: Debian's Python leaves one without
# pip behind where python3-venv is not installed.
define make_venv
@$(1)/bin/python -m pip --version >/dev/null 2>&1 || { \
	echo "▸ Making $(1)"; \
	$(PYTHON) -m venv --clear $(1) >/dev/null || { \
		rm -rf $(1); \
		echo "$(1) could not be made: on Debian, install the package python3-venv" >&2; \
		exit 1; }; }
endef

.DEFAULT_GOAL := help
.PHONY: help run portal test catalogues test-embedded test-services test-next lint format messages bench clean

help:
	@echo "make run       start the portal on http://127.0.0.1:$(PORT)/ (PORT=… for another port)"
	@echo "make test      check the code and run every test"
	@echo "make lint      check the code only"
	@echo "make format    put code and templates in form"
	@echo "make messages  extract the texts to translate (needs GNU gettext)"
	@echo "make bench     measure the portal that runs on PORT"
	@echo "make clean     remove what the commands above have made, data included"

# One stamp for each set of dependencies: nothing is installed twice.
$(VENV)/.site $(VENV)/.dev: $(VENV)/.%: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	$(call make_venv,$(VENV))
	@echo "▸ Installing the pinned dependencies (a minute or two, the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$*]'
	@touch $@

portal: $(VENV)/.site
	@echo "▸ Compiling the catalogues"
	@$(MANAGE) compilemessages
	@echo "▸ Migrating the database"
	@$(MANAGE) migrate --verbosity 0
	@echo "▸ Loading the demonstration content (once)"
	@$(MANAGE) load_demo

run: portal
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2>/dev/null || { echo "Port $(PORT) is taken: stop what runs there, or choose another with PORT=…"; exit 1; }
	@echo "▸ Starting the portal and its task worker (Ctrl+C stops both)"
	@echo
	@echo "    français   http://127.0.0.1:$(PORT)/fr/"
	@echo "    العربية    http://127.0.0.1:$(PORT)/ar/"
	@echo "    admin      http://127.0.0.1:$(PORT)/admin/"
	@echo
	@$(BIN)/honcho start --no-prefix --no-colour --port $(PORT)

# The code is checked while the database of PostgreSQL is migrated, which only one process can do.
test: $(VENV)/.dev
	@$(MAKE) --no-print-directory --jobs=2 lint test-services
	@$(MAKE) --no-print-directory test-embedded

catalogues: $(VENV)/.dev
	@$(MANAGE) compilemessages

test-embedded: catalogues
	@echo "▸ Testing on SQLite and local memory"
	@$(BIN)/pytest --numprocesses auto

# Each process empties a Redis database of its own, of which a server has 16.
test-services: catalogues
ifeq ($(TEST_POSTGRES_URL),)
	@echo "▸ PostgreSQL and Redis: skipped, TEST_POSTGRES_URL is not set"
else
	@echo "▸ Testing on PostgreSQL and $(if $(TEST_REDIS_URL),Redis,local memory)"
	@env $(if $(TEST_REDIS_URL),'CACHE_URL=$(TEST_REDIS_URL)',-u CACHE_URL) 'DATABASE_URL=$(TEST_POSTGRES_URL)' \
		$(BIN)/pytest -m services --numprocesses auto --maxprocesses 8
endif

# The next Wagtail, beside the one that the portal pins: not part of `make test`.
test-next:
	$(call make_venv,.venv-next)
	@.venv-next/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' 'wagtail==8.0.*'
	@.venv-next/bin/pytest --numprocesses auto tests/pages

lint: $(VENV)/.dev
	@echo "▸ Checking the code"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djhtml --tabwidth 2 --check $(TEMPLATES)
	@$(BIN)/curlylint $(TEMPLATES)
	@PYTHONPATH=site $(BIN)/lint-imports
	@$(BIN)/mypy ess_ground ess_pages ess_forum site/ess_site

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/djhtml --tabwidth 2 $(TEMPLATES)

messages: $(VENV)/.dev
	@$(MANAGE) makemessages --locale fr --locale ar

bench: $(VENV)/.dev
	@$(BIN)/python bench/front_page.py $(BASE_URL)

clean:
	rm -rf $(VENV) .venv-next var dist test-results .*_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
