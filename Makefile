# The project's commands, each a line or two: what they do lives in testbench/launcher, pom.xml and images/*/Makefile.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
LAUNCHER := PYTHONPATH=testbench python3 -m launcher
VENV := $(CURDIR)/.local/venv/bin
# Puts the tools that `make tools` has built on PATH.
WITH_TOOLS := PATH="$(CURDIR)/.local/bin:$$PATH"
GO_MODULES := testbench/plugin-process testbench/aws-plugin testbench/docker-plugin
IMAGES := images/environment images/orchestration
# The checks around a deployment run in a virtual environment of their own, with no more than an AWS user installs.
OPERATE := operate/.venv/bin/python
# Tests that judge a recorded deployment. They mostly wait for the AWS provider.
JUDGES := testbench/tests/judged testbench/tests/test_deployer_life.py
# What each suite needs first. `make test` builds it once and empties this variable for its suites.
TOOLS := tools
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.7
# Runs a suite so that it prints two lines if it passes, and its failure last if it does not.
QUIETLY := .ci/quietly

.PHONY: help
help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: tools
tools: ## build what the local AWS needs (once, about five minutes on two cores)
	@$(LAUNCHER) tools

.PHONY: up
up: ## deploy the whole sandbox on a local AWS
	@$(LAUNCHER) up

.PHONY: preview
preview: ## show what `make up` would change
	@$(LAUNCHER) preview

.PHONY: refresh
refresh: ## look for what was changed by hand, and change nothing
	@$(LAUNCHER) refresh

.PHONY: prove
prove: ## read what the local AWS holds and prove the promises over it
	@$(LAUNCHER) prove

operate/.venv/installed: operate/requirements.txt
	@python3 -m venv --clear operate/.venv
	@$(OPERATE) -m pip install --quiet --disable-pip-version-check --require-hashes -r operate/requirements.txt
	@touch $@

.PHONY: preflight
preflight: operate/.venv/installed ## before `pulumi up`: say what would stop it, on AWS or after eval "$$(make -s env)"
	@$(OPERATE) -m operate preflight

.PHONY: verify-aws
verify-aws: operate/.venv/installed ## after `pulumi up`: check what was deployed and write a report for an issue to .local/verify/
	@$(OPERATE) -m operate verify

.PHONY: demo
demo: ## play a whole task with a scripted model; screenshot and record go to .local/demo/
	@PYTHONPATH=testbench python3 -m demo

.PHONY: destroy
destroy: ## remove the local sandbox and stop the local AWS
	@$(LAUNCHER) destroy

.PHONY: env
env: ## print export lines: eval "$(make -s env)" lets pulumi and aws talk to the local AWS
	@$(LAUNCHER) env

.PHONY: test
test: tools ## run every test, two suites at a time: the engine's mostly wait
	@$(QUIETLY) --begin
	@export FAILURES=later; $(MAKE) --no-print-directory --jobs=2 TOOLS= first-lane second-lane \
	    && $(MAKE) --no-print-directory TOOLS= test-built-images \
	    && $(MAKE) --no-print-directory TOOLS= test-story \
	    || { $(QUIETLY) --failures; exit 1; }

.PHONY: first-lane second-lane
first-lane:
	@for suite in program local policy; do $(MAKE) --no-print-directory --jobs=1 test-$$suite; done
second-lane:
	@for suite in images judges; do $(MAKE) --no-print-directory --jobs=1 test-$$suite; done

.PHONY: test-program
test-program: $(TOOLS) ## the Java program: values, components, and whole lives of the stack on the real engine
	@$(WITH_TOOLS) $(QUIETLY) test-program mvn -B -ntp -Pengine verify

.PHONY: test-local
test-local: $(TOOLS) ## the local AWS: plugins, emulator, launcher
	@$(QUIETLY) test-plugins bash -ec 'for module in $(GO_MODULES); do go -C $$module test ./...; done'
	@$(WITH_TOOLS) $(QUIETLY) test-local $(VENV)/python -m pytest -q -c testbench/pyproject.toml \
	    $(JUDGES:%=--ignore=%) --ignore=testbench/tests/story --ignore=testbench/tests/built_images testbench/tests bench

.PHONY: test-judges
test-judges: $(TOOLS) ## AWS's schemas, a table of mistakes, the deployer's policy: over deployments that are recorded
	@$(LAUNCHER) test-tools
	@$(WITH_TOOLS) $(QUIETLY) test-judges \
	    $(VENV)/python -m pytest -q --timeout=1800 -c testbench/pyproject.toml $(JUDGES)

.PHONY: test-policy
test-policy: $(TOOLS) ## the policy pack, the reachability report, the checks around a deployment
	@for folder in policy/tests policy/mutation prove operate; do \
	    $(WITH_TOOLS) $(QUIETLY) test-$${folder/\//-} $(VENV)/python -m pytest -q $$folder; done

.local/venv-moto/installed: testbench/moto-compatibility/requirements.txt
	@python3 -m venv --clear .local/venv-moto
	@.local/venv-moto/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: test-moto
test-moto: .local/venv-moto/installed ## the emulated AWS on another version of moto than the pinned one
	@$(QUIETLY) test-moto .local/venv-moto/bin/python -m pytest -q -c testbench/pyproject.toml testbench/tests/emulated_aws

.PHONY: test-story
test-story: $(TOOLS) ## the whole story: a clean clone, up, a task, kills, destroy, on a machine of its own (root on Linux)
	@$(WITH_TOOLS) $(QUIETLY) test-story \
	    $(VENV)/python -m pytest -q -s -x --timeout=3600 -c testbench/pyproject.toml testbench/tests/story

.PHONY: test-built-images
test-built-images: $(TOOLS) ## the images as built from their Dockerfiles, in containers (root on Linux, with podman)
	@$(QUIETLY) test-built-images \
	    $(VENV)/python -m pytest -q --timeout=1800 -c testbench/pyproject.toml testbench/tests/built_images

.PHONY: test-images
test-images: ## the two images: a real X server, real browsers, a fake Claude API
	@for image in $(IMAGES); do $(QUIETLY) test-$${image/\//-} $(MAKE) -C $$image test; done

.PHONY: check
check: tools ## formatting, lint, types
	mvn -q -B -ntp spotless:check test-compile
	for module in $(GO_MODULES); do test -z "$$(gofmt -l $$module)" && go -C $$module vet ./...; done
	for module in $(GO_MODULES); do GOOS=darwin GOARCH=arm64 go -C $$module vet ./...; done
	for folder in testbench policy prove operate; do (cd $$folder && $(VENV)/ruff check . && $(VENV)/ruff format --check . && $(VENV)/mypy .); done
	$(VENV)/ruff check bench && $(VENV)/ruff format --check bench
	MYPYPATH=testbench $(VENV)/mypy --config-file testbench/pyproject.toml bench
	$(VENV)/shellcheck $$(git ls-files | xargs awk 'FNR == 1 && /^#(!.*[\/ ](ba)?sh| shellcheck shell=bash)$$/ { print FILENAME }')
	go run $(ACTIONLINT) -shellcheck $(VENV)/shellcheck .github/workflows/*.yml
	for image in $(IMAGES); do $(MAKE) -C $$image check; done
	MYPYPATH=testbench:images/orchestration/src:images/orchestration/tests .local/venv-orchestration/bin/mypy \
	    --config-file images/orchestration/pyproject.toml testbench/demo/stage

.PHONY: deployer-policy
deployer-policy: $(TOOLS) ## make the deployer's least-privilege policy anew from a recorded life of the stack
	PYTHONPATH=testbench $(VENV)/python -m deployer deployer-policy

.PHONY: soak
soak: ## what takes minutes: the first task of a fresh console, 200 times; the emulator on another moto
	$(MAKE) -C images/orchestration soak
	$(MAKE) test-moto

.PHONY: redteam
redteam: ## play attacks on a model that obeys them; the table goes to images/orchestration/README.md
	$(MAKE) -C images/orchestration redteam

.PHONY: bench
bench: tools ## print tables of speed, each beside its baseline
	$(WITH_TOOLS) PYTHONPATH=testbench $(VENV)/python -m bench
	PYTHONPATH=policy:policy/tests $(VENV)/python policy/benchmark.py
	$(VENV)/python -m prove.benchmark
	PYTHONPATH=testbench $(VENV)/python -m bench.image_sizes
	for image in $(IMAGES); do $(MAKE) -C $$image bench; done

.PHONY: stress
stress: tools ## repeat up, refresh, up, destroy twenty times and say whether each run was clean
	$(WITH_TOOLS) PYTHONPATH=testbench $(VENV)/python -m bench.stress
