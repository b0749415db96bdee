package shelf

import "sync"

// Shelf keeps jars by name.
type Shelf struct {
	mu   sync.Mutex
	jars map[string]string
}

// Find looks a jar up.
func (s *Shelf) Find(name string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	jar, ok := s.jars[name]
	return jar, ok
}

// Store puts a jar in.
func (s *Shelf) Store(name, jar string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jars[name] = jar
}
