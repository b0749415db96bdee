import { a, b } from './letters';
import fs from 'node:fs';

export const first = a;
