// npm runs it whenever it has changed node_modules: links what lies in this repository into it, so that npx finds both
// commands and a service among the examples finds @teamday/resource-server. npm's workspaces would write these folders
// into the lock file as places to resolve from; it names packages of the registry alone.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const links = {
  '.bin/teamday': 'src/cli/bin/teamday.js',
  '.bin/teamday-identity': 'bin/teamday-identity.js',
  '@teamday/resource-server': 'src/resource-server',
};

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

for (const [name, target] of Object.entries(links)) {
  const link = path(`node_modules/${name}`);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true, recursive: true });
  symlinkSync(relative(dirname(link), path(target)), link);
}
