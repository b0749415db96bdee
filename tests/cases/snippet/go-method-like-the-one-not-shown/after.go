package shelf

import "sync"

// Shelf keeps jars by name.
type Shelf struct {
	mu   sync.Mutex
	jars map[string]string
}

// Find looks a jar up.
func (s *Shelf) Find(name string) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	jar, ok := s.jars[name]
	return jar, ok
}

func (s *Shelf) Drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.jars, name)
}

// Store puts a jar in.
func (s *Shelf) Store(name, jar string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jars[name] = jar
}
