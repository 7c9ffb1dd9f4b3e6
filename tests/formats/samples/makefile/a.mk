include common.mk $(wildcard local/*.mk)
-include .env
BIN := $(shell pwd)/bin
export CGO_ENABLED = 0
.DEFAULT_GOAL := build
.PHONY: build test \
  $(EXTRA)
ifeq ($(OS),x)
build: $(BIN)/app ; @echo done
else
build: | deps
	@go build \
	  ./...
endif
define help
not: a rule
endef
%.o: %.c
	cc $<
$(BIN)/app a.o: main.go # c
	touch $@
test:: FLAGS += -v
test:: build
	-go test ./...
