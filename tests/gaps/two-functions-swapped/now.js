import { readFile } from 'node:fs/promises';

const LIMIT = 10;

export function body(note) {
  return note.split(':').slice(1).join(':').trim();
}

export function title(note) {
  return note.split(':')[0].trim();
}

export function body(note) {
  return note.split(':').slice(1).join(':').trim();
}
