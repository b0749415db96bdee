all: build

build:
	cc -o app app.c

clean:
	rm -f app

install: build
	cp app /usr/local/bin
