package main

type Server struct {
	addr string
	port int
	wg sync.WaitGroup
}

func (s *Server) Start() error {
	log.Println("start")
	return s.listen()
}

func (s *Server) Stop() {
	log.Println("stop")
	s.close()
	s.wg.Wait()
}
