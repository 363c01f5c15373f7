import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds config/, views/assets/ and the migrations, whether this runs from src/ or from dist/src/. */
export const projectRoot = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json')) && existsSync(join(from, 'config'))) return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Error('The project folder (package.json and config/) was not found above the program.');
  return findRoot(parent);
}
