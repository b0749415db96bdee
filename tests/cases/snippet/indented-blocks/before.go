package ferry

import "time"

type Ferry struct {
	speed int
}

// Speed is how fast the ferry goes.
func (f *Ferry) Speed() int {
	return f.speed
}

// Wait is how long the ferry stays at a pier.
func (f *Ferry) Wait() time.Duration {
	return time.Minute * time.Duration(
		10)
}
