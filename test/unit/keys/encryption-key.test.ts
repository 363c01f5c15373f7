// The key file: made once, whole, whoever else makes it at the same moment. What a server says of a bad one is in
// protocol/commands.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';

const PROCESSES = 4;
const ROUNDS = 150;

it('processes that start at once share one key, and leave one file, for its owner alone', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'teamday-keys-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const script = new URL('./first-start.ts', import.meta.url).pathname;
  const start = Date.now() + 500; // by then all of them run
  const results = await Promise.all(
    Array.from({ length: PROCESSES }, async () => {
      const child = spawn(process.execPath, [script, directory, String(ROUNDS), String(start)]);
      const [keys, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { keys: keys.trim().split('\n'), problems };
    }),
  );
  expect(results.map(({ problems }) => problems).join('')).toBe('');

  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = join(directory, String(round));
    const stored = Buffer.from(readFileSync(join(folder, 'encryption.key'), 'utf8'), 'base64').toString('hex');
    expect(results.map(({ keys }) => keys[round])).toEqual(Array.from({ length: PROCESSES }, () => stored));
    expect(readdirSync(folder)).toEqual(['encryption.key']);
    expect(statSync(join(folder, 'encryption.key')).mode & 0o777).toBe(0o600);
  }
});
