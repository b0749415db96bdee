package main

type Server struct {
	addr string
	port int
}

func (s *Server) Start() error {
	log.Println("start")
	return s.listen()
}

func (s *Server) Stop() {
	log.Println("stop")
	s.close()
}
