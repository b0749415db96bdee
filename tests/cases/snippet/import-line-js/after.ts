import { a, b, c } from './letters';
import fs from 'node:fs';

export const first = a;
