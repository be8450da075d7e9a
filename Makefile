# The project's commands. Each is a line or two: what they do lives in local/launcher, images/*/Makefile and pom.xml.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
LAUNCHER := PYTHONPATH=local python3 -m launcher
PYTHON := .local/venv/bin/python
MAVEN := mvn -q -B

.PHONY: help
help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: tools
tools: ## build what the local AWS needs (once, about 8 minutes)
	@$(LAUNCHER) tools

.PHONY: up
up: ## deploy the whole sandbox on a local AWS
	@$(LAUNCHER) up

.PHONY: preview
preview: ## show what `make up` would change
	@$(LAUNCHER) preview

.PHONY: destroy
destroy: ## remove the local sandbox and stop the local AWS
	@$(LAUNCHER) destroy

.PHONY: env
env: ## print export lines: eval "$$(make -s env)" and pulumi and aws talk to the local AWS
	@$(LAUNCHER) env
