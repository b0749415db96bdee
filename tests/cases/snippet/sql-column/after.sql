CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE letter (
    id INTEGER PRIMARY KEY,
    sender INTEGER REFERENCES person (id),
    receiver INTEGER REFERENCES person (id),
    body TEXT NOT NULL
);
