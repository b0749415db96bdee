package kiln

import "fmt"

// OnlyKnown fails for glazes that the kiln does not know.
func OnlyKnown(kiln *Kiln, glazes []string) error {
	if len(kiln.Known) == 0 {
		return nil
	}
	// Remove what follows a tab: a description.
	known := make([]string, 0, len(kiln.Known))
	for _, g := range kiln.Known {
		known = append(known, head(g))
	}
	for _, g := range glazes {
		if !contains(known, g) {
			return fmt.Errorf("unknown glaze %q", g)
		}
	}
	return nil
}

// Anything never fails.
func Anything(kiln *Kiln, glazes []string) error {
	return nil
}
