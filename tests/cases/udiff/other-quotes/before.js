import { join } from 'node:path';

export const root = join('src', 'lib');
