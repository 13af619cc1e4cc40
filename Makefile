# What people and machines do with ilonews. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test lint check bench pages shots lock clean

PYTHON ?= $(shell for name in python3.11 python3; do $$name -c "" 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
export ILONEWS_ENV ?= development

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F '|' '{ printf "  %-10s  %s\n", $$1, $$2 }'

run: $(VENV)/.installed ## install, prepare the database and serve the site on 127.0.0.1:8000 (PORT=8001 changes that)
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/python manage.py serve

test: $(VENV)/.installed-dev ## run every test, with coverage (ARGS="-k word" chooses some)
	@$(BIN)/python -m pytest -n auto --dist loadscope --cov --cov-report=term $(ARGS)

lint: $(VENV)/.installed-dev ## look at the style of code and templates
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/djlint templates --check --lint --quiet --allow-empty-input

check: $(VENV)/.installed ## look for a missing migration and for weak production settings
	@folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && export VAR_DIR="$$folder" \
	&& $(BIN)/python manage.py makemigrations --check --dry-run \
	&& ILONEWS_ENV=production ALLOWED_HOSTS=example.org \
	   SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	   $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.installed-dev ## measure how fast the site is
	@$(BIN)/python -m tests.benchmarks

pages: $(VENV)/.installed-dev ## look at every instrument and country in the HTML checker and axe
	@$(BIN)/python -m tests.browser.every_page

shots: $(VENV)/.installed-dev ## photograph eight kinds of page in four views, into docs/shots/
	@$(BIN)/python -m tests.browser.shots

lock: $(BIN)/pip ## pin requirements*.in anew, with hashes
	@$(PYTHON) -m venv var/lock && var/lock/bin/pip install --quiet pip-tools==7.6.2
	@for name in requirements requirements-dev; do CUSTOM_COMPILE_COMMAND="make lock" var/lock/bin/pip-compile --quiet \
		--generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $$name.in || exit 1; done

clean: ## remove the virtual environment and the caches; what the site wrote in var/ stays
	@rm -rf $(VENV) .pytest_cache .ruff_cache .coverage
	@find articles conventions ilonews tests -name __pycache__ -prune -exec rm -r {} +

$(BIN)/pip:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "ilonews needs Python 3.11 or newer and found $(or $(PYTHON),none): install it, or name it with PYTHON=."; exit 1; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) \
	|| { echo "The virtual environment could not be made: on Debian, apt-get install python3-venv."; exit 1; }

# The lock names every package, so nothing is left to resolve: --no-deps keeps pip from looking for a newer one by an extra's name.
$(VENV)/.installed: requirements.txt | $(BIN)/pip
	@echo "Installing what requirements.txt pins"
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(BIN)/pip
	@echo "Installing what requirements.txt and requirements-dev.txt pin"
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@ $(VENV)/.installed
