// Before the projects on the embedded database: one migrated data directory for the whole run, which each test
// file copies. Creating a database takes seconds, opening a copy a fraction of one.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { NODE_FLAGS } from './node-flags.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A data directory to copy and never to open. */
    embeddedTemplate: string;
  }
}

const root = resolve(import.meta.dirname, '../..');
const built = existsSync(join(root, 'dist/src/main.js'));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = join(tmpdir(), `teamday-embedded-template-${process.pid}`);
  project.provide('embeddedTemplate', template);
  if (!existsSync(template)) await prepare(template); // the other embedded project may have been first
  return () => rm(template, { recursive: true, force: true });
}

/** Without a build it stays empty, and every test file pays for the creation of its database. */
async function prepare(template: string): Promise<void> {
  await mkdir(template, { mode: 0o700 });
  if (!built) return;
  const command = join(root, 'bin/teamday-identity.js');
  await promisify(execFile)(process.execPath, [...NODE_FLAGS, command, 'migrate'], { env: { DATA_DIR: template } });
}
