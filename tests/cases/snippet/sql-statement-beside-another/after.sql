CREATE TABLE stops (
    id integer PRIMARY KEY,
    tour_id integer NOT NULL,
    state text
);

CREATE INDEX stops_tour_idx ON stops (tour_id);
CREATE INDEX stops_state_idx ON stops (state) WHERE state <> 'done';

CREATE VIEW open_stops AS
SELECT id FROM stops
WHERE state = 'open';
