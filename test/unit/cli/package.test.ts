// The command is published with dependencies of its own, and built and tested here with the root's.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
type Manifest = { dependencies: Record<string, string>; devDependencies: Record<string, string> };
const manifest = (path: string) => JSON.parse(readFileSync(resolve(root, path), 'utf8')) as Manifest;

it('depends on the versions that it is tested with', () => {
  const { dependencies, devDependencies } = manifest('package.json');
  expect({ ...devDependencies, ...dependencies }).toMatchObject(manifest('src/cli/package.json').dependencies);
});
