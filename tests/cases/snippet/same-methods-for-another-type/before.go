package rail

// Couple puts a wagon at the end of the train. Wagons are pulled in the order they were coupled.
func (t *Train) Couple(wagons ...Wagon) {
	for _, w := range wagons {
		t.wagons = append(t.wagons, w)
	}
}

// coupleOne puts one wagon at the end of the train.
func (t *Train) coupleOne(w Wagon) {
	t.wagons = append(t.wagons, w)
}

// Length counts the wagons.
func (t *Train) Length() int {
	return len(t.wagons)
}
