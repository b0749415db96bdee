package shop

func (s *Shop) remove(reply Reply, ask *Ask) {
	item, err := parse(ask.Query("item"))
	if err != nil {
		reply.fail("no such item", 400)
		return
	}
	s.shelf.drop(item)
	reply.done()
}
