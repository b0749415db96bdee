package queue

import (
	"errors"
	"fmt"
)

// ErrEmpty says that nothing waits.
var ErrEmpty = errors.New("queue is empty")

// Queue holds what waits, first in, first out.
type Queue struct {
	jobs []string
}

// Push adds a job.
func (q *Queue) Push(job string) {
	q.jobs = append(q.jobs, job)
}

// Pop takes the oldest job.
func (q *Queue) Pop() (string, error) {
	if len(q.jobs) == 0 {
		return "", ErrEmpty
	}
	job := q.jobs[0]
	q.jobs = q.jobs[1:]
	return job, nil
}
