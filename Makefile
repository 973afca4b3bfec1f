# Two commands: `make run` serves the chat page, `make test` runs all tests.
# Both set up what is missing first and are quick the second time.

VENV := .venv
PYTHON ?= python3
# A CPU build of torch; name another, e.g. TORCH="torch==2.13.0 --index-url …", to override it.
TORCH ?= torch==2.13.0
BIN := $(VENV)/bin

.PHONY: run test setup browser axe clean

run: setup
	@$(BIN)/python app.py

test: setup $(VENV)/.test browser axe
	@echo "Checking style."
	@$(BIN)/ruff check .
	@echo "Running all tests."
# Browsers and servers beside each other on two cores can be late: what fails is tried again, and
# the report says so.
	@$(BIN)/python -m pytest -n auto --dist loadfile --reruns 2 --reruns-delay 2

setup: $(VENV)/.run

$(VENV)/.run: pyproject.toml
	@echo "Setting up the Python environment in $(VENV) (a few minutes the first time)."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@echo "Installing what the tests need."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@

# The browser test drives a real Chromium. It is installed where that is allowed; elsewhere the
# test says that it was skipped.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	|| command -v google-chrome >/dev/null \
	|| { echo "Installing Chromium for the browser test."; \
	     apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	|| echo "Chromium could not be installed here: install it yourself to run the browser test."

# What checks accessibility comes from npm; without it those tests say that they were skipped.
axe:
	@test -e tests/node_modules/axe-core || npm ci --silent --prefix tests \
	|| echo "axe-core could not be installed here: install npm to check accessibility."

# What was kept for people stays: tickets, conversations, keys and approved answers.
clean:
	rm -rf $(VENV) tests/node_modules data/index data/checkpoint build *.egg-info
