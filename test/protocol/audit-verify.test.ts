// `teamday-identity audit verify` as the operator runs it: on the log of a server that has run, on one that was tampered
// with, and on an export.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { demoOf, quickPolls } from '../support/cli.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { logIn } from '../support/oauth.ts';

let identity: IdentityProcess;
let folder: string;
let exported: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teamday-audit-'));
  exported = join(folder, 'audit.jsonl');
  identity = await startIdentityProcess({ settings: quickPolls() });
  const { access_token: token } = await logIn(identity.url, { ...demoOf(identity), organizationId: 'org_acme' });
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${identity.url}/api/organizations/org_acme/audit/export`, { headers });
  await writeFile(exported, await answer.text());
  await identity.kill();
});
afterAll(async () => {
  await identity?.stop();
  await rm(folder, { recursive: true, force: true });
});

const verify = (...args: string[]) => identity.runCommand(['audit', 'verify', ...args]);

async function tamper(statement: string): Promise<void> {
  const database = await openDatabase(loadConfig(identity.env));
  await database.query('ALTER TABLE audit_records DISABLE TRIGGER USER');
  await database.query(statement);
  await database.query('ALTER TABLE audit_records ENABLE TRIGGER USER');
  await database.close();
}

it('says that the log is whole and how far it is sealed, which the server’s log says too', async () => {
  const out = await verify();
  expect(out).toMatch(/^org_acme: \d+ records, head \d+ [0-9a-f]{64}, sealed through \d+ at 20\d\d-/m);
  expect(out).toMatch(/^server: \d+ records, /m);
  expect(out).toMatch(/\nThe audit log is whole: \d+ records in 2 chains; last seals: round 1, /);
  const [, digest = ''] = /digest ([0-9a-f]{64})/.exec(out) ?? [];
  expect(identity.output).toContain(`"digest":"${digest}"`);
});

it('checks an export', async () => {
  const lines = (await readFile(exported, 'utf8')).trimEnd().split('\n');
  await writeFile(exported, [...lines.slice(0, 1), ...lines.slice(2)].join('\n'));
  const records = lines.length - 1;
  expect(JSON.parse(await verify('--file', exported, '--json'))).toEqual({
    whole: true,
    records,
    gaps: 1,
    unchecked: 0,
  });
  await writeFile(exported, lines.join('\n').replace('"action":"session.created"', '"action":"session.refused"'));
  await expect(verify('--file', exported)).rejects.toThrow(
    /line \d+: record \d+ .*session\.refused at .*, was altered/,
  );
});

it('names the record that was altered, and exits with 1', async () => {
  await tamper("UPDATE audit_records SET actor_id = 'user_eve' WHERE action = 'login.approved'");
  await expect(verify()).rejects.toThrow(
    /the audit log is not what was written to it:\n {2}org_acme: record \d+ \(id \d+\), login\.approved at 20\S+Z, was altered\n/,
  );
});
