import { readFile } from 'node:fs/promises';

const LIMIT = 10;

export async function readNotes(path) {
  const text = await readFile(path, 'utf8');
  return text.split('\n').slice(0, LIMIT);
}

export function title(note) {
  return note.split(':')[0].trim();
}

export function body(note) {
  return note.split(':').slice(1).join(':').trim();
}
