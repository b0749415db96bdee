package shop

func (s *Shop) Sell() error {
	s.checkThatItIsOpen()
	return s.sell()
}

func (s *Shop) Close() {
	s.close()
}
