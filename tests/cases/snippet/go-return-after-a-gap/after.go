package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// ErrNotFound is returned when a row does not exist.
var ErrNotFound = fmt.Errorf("not found")

type Item struct {
	ID      int64
	Name    string
	Tags    []string
	Created time.Time
}

type Store struct {
	db *sql.DB
}

func New(db *sql.DB) *Store {
	return &Store{db: db}
}

func (s *Store) Get(ctx context.Context, id int64) (*Item, error) {
	row := s.db.QueryRowContext(ctx, "SELECT id, name, created FROM items WHERE id = ?", id)
	var item Item
	if err := row.Scan(&item.ID, &item.Name, &item.Created); err != nil {
		if err == sql.ErrNoRows {
			return nil, ErrNotFound
		}
		return nil, err
	}
	return s.withTags(ctx, &item)
}

func (s *Store) List(ctx context.Context, limit int) ([]Item, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, name, created FROM items LIMIT ?", limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []Item
	for rows.Next() {
		var item Item
		if err := rows.Scan(&item.ID, &item.Name, &item.Created); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, rows.Err()
}

func (s *Store) Delete(ctx context.Context, id int64) error {
	result, err := s.db.ExecContext(ctx, "DELETE FROM items WHERE id = ?", id)
	if err != nil {
		return err
	}
	if n, _ := result.RowsAffected(); n == 0 {
		return ErrNotFound
	}
	return nil
}
