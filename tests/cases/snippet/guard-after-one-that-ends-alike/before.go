package notes

func (s *Server) put(reply Reply, ask *Ask) {
	switch ask.Method {
	case "POST":
		var note Note
		if err := ask.Decode(&note); err != nil {
			reply.Fail(err.Error(), 400)
			return
		}
		if err := s.shelf.Add(&note); err != nil {
			reply.Fail(err.Error(), 500)
			return
		}
		reply.Send(note)
	}
}
