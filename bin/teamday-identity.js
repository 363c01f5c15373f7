#!/usr/bin/env node
const { node } = process.versions;
const [major, minor] = node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `teamday-identity needs Node 22.12 or later (this is ${node}). Run it with npx from the project's root, which brings Node 24.\n`,
  );
  process.exitCode = 1;
} else {
  await import('../dist/src/main.js');
}
