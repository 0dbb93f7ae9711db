# The front door. Everything below works on a machine with git, make, gcc, Rust by rustup and Node, with what
# .ci/setup installs or asks for.
SHELL := /bin/bash
.DEFAULT_GOAL := help

help: ## This list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install what is missing (idempotent, asks nothing)
	@.ci/setup

serve: setup ## Build and start on http://127.0.0.1:3000; an empty database becomes a demo company
	@.ci/build --release
	@. .ci/env && DRAWDOWN_SITE=target/site-release exec "$$CARGO_TARGET_DIR/release/drawdown" serve

watch: setup ## Rebuild and restart the office at every change
	@.ci/build
	@rm -f target/site/office.made
	@. .ci/env && LEPTOS_BIN_TARGET_DIR="$$CARGO_TARGET_DIR" cargo leptos watch --split -p office -- serve

test: setup ## Everything: format, lint, unit, property, both databases, HTTP, browser
	@.ci/test

bench: setup ## Measure, as ratios within one run
	@.ci/bench

soak: setup ## The long round: laws and lives over many more cases, two people at once, kill -9 under load
	@.ci/soak

pictures: setup ## Take screenshots of every page into end2end/pictures, those of the README too, once what is served passes a few browser tests
	@.ci/build --release
	@.ci/browser --release; came=$$?; .ci/postgres stop; exit $$came
	@.ci/pictures

.PHONY: help setup serve watch test bench soak pictures
