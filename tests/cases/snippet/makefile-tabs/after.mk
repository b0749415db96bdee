all: build test

build:
	cc -O2 -o app app.c

test:
	./app --self-test
