package vote

func allOrNone(data map[string]map[string]bool) error {
	for _, ballot := range sorted(data) {
		marks := data[ballot]

		missing := []string{}
		for name, isSet := range marks {
			if !isSet {
				missing = append(missing, name)
			}
		}
		if len(missing) == len(marks) || len(missing) == 0 {
			continue
		}

		// In order, so that messages are stable.
		sort.Strings(missing)
		return fmt.Errorf("ballot [%v] lacks %v", ballot, missing)
	}
	return nil
}

func atLeastOne(data map[string]map[string]bool) error {
	for _, ballot := range sorted(data) {
		marks := data[ballot]
		var set []string
		for name, isSet := range marks {
			if isSet {
				set = append(set, name)
			}
		}
		if len(set) >= 1 {
			continue
		}

		// In order, so that messages are stable.
		sort.Strings(set)
		return fmt.Errorf("ballot [%v] is empty", ballot)
	}
	return nil
}

func atMostOne(data map[string]map[string]bool) error {
	for _, ballot := range sorted(data) {
		marks := data[ballot]
		var set []string
		for name, isSet := range marks {
			if isSet {
				set = append(set, name)
			}
		}
		if len(set) <= 1 {
			continue
		}

		// In order, so that messages are stable.
		sort.Strings(set)
		return fmt.Errorf("ballot [%v] has several: %v", ballot, set)
	}
	return nil
}
