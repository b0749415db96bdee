all: build test

build:
	cc -o app app.c

test:
	./app --self-test
