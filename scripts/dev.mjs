// npm run dev: compiles on every change of src/ and views/ and restarts the server with it, until Ctrl-C.
// Code that doesn't compile is named and leaves the running server as it is.
import { spawn, spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const compile = () => spawnSync(path('node_modules/.bin/tsc'), ['-b'], { stdio: 'inherit' });

compile();
const args = ['--watch', '--watch-preserve-output', path('bin/teamday-identity.js'), 'serve'];
const server = spawn(process.execPath, args, { stdio: 'inherit' });

let soon;
for (const folder of ['src', 'views']) {
  watch(path(folder), { recursive: true }, (_event, file) => {
    if (file?.split(sep).includes('dist')) return; // what the compilation itself writes
    clearTimeout(soon);
    soon = setTimeout(compile, 100); // an editor saves in several steps
  });
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill('SIGTERM'));
server.on('exit', (code) => process.exit(code ?? 0));
