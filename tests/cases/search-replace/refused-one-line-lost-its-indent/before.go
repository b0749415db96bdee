package shop

func check(t *T, s *Shop) {
	t.Equal(1, s.Sold())
	t.Equal("open at last", s.Sign())
}
