import { join, resolve } from 'node:path';

export const root = resolve('src', 'lib');
