package queue

func Between(min int, max int) Check {
	return func(job *Job, names []string) error {
		if len(names) < min || len(names) > max {
			return fmt.Errorf("takes %d to %d name(s), not %d", min, max, len(names))
		}
		return nil
	}
}
