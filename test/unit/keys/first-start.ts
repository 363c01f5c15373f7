// A process of its own for the test of encryption-key: `node first-start.ts DIRECTORY ROUNDS START` loads a key in one new
// directory after another, each at the millisecond at which all others do, and prints what it got, a line each.
import { join } from 'node:path';
import { loadEncryptionKey } from '../../../src/keys/encryption-key.ts';

const [directory = '', rounds, start] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); round += 1) {
  while (Date.now() < Number(start) + round * 2);
  console.log(loadEncryptionKey(undefined, join(directory, String(round)), false).toString('hex'));
}
