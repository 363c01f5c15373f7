// teamday-identity users disable and enable, beside a running server where the database allows it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { introspect, logIn } from '../support/oauth.ts';
import { Visitor } from '../support/visitor.ts';

const ADA = { email: 'ada@acme.example', password: 'correct horse battery', organizationId: 'org_acme' };

let identity: IdentityProcess;
let authorization: string;

beforeAll(async () => {
  identity = await startIdentityProcess({
    async before(runCommand) {
      await runCommand(['organizations', 'create', '--id', 'org_acme', '--name', 'Acme']);
      const person = ['--email', ADA.email, '--organization', 'org_acme', '--role', 'admin', '--password-stdin'];
      await runCommand(['users', 'create', ...person], ADA.password);
      const service = JSON.parse(await runCommand(['resource-servers', 'create', '--id', 'service', '--json']));
      authorization = `Basic ${Buffer.from(`service:${service.client_secret}`).toString('base64')}`;
    },
  });
});
afterAll(() => identity?.stop());

/** Runs a command; on the embedded database while the server rests. */
async function run(...args: string[]): Promise<string> {
  if (identity.kind === 'services') return await identity.runCommand(args);
  await identity.kill();
  try {
    return await identity.runCommand(args);
  } finally {
    await identity.restart();
  }
}

it('ends what a person has, keeps them out, and lets them in again without any of it', async () => {
  const login = await logIn(identity.url, ADA);
  const isActive = async (token: string) => (await introspect(identity.url, authorization, token)).body.active;
  expect(await isActive(login.access_token)).toBe(true);

  const disabled = JSON.parse(await run('users', 'disable', '--email', 'Ada@acme.example', '--json'));
  expect(disabled).toEqual({
    id: expect.stringMatching(/^user_/),
    endedSessions: 2,
    revokedTokens: 0,
    organizationsWithoutAdmin: ['org_acme'],
  });
  for (const token of [login.access_token, login.refresh_token]) expect(await isActive(token)).toBe(false);
  await expect(new Visitor(identity.url).signIn(ADA)).rejects.toThrow('401');
  expect(await run('users', 'disable', '--email', ADA.email)).toBe(
    `${disabled.id}: disabled, sign-ins ended: 0, personal tokens revoked: 0\n` +
      'org_acme has no admin any more: add one (teamday-identity users create --role admin)\n',
  );

  expect(await run('users', 'enable', '--email', ADA.email)).toContain(`${disabled.id}: may sign in again`);
  for (const token of [login.access_token, login.refresh_token]) expect(await isActive(token)).toBe(false);
  expect(await isActive((await logIn(identity.url, ADA)).access_token)).toBe(true);
});

it('says so of an address that nobody has', async () => {
  if (identity.kind === 'embedded') await identity.kill();
  const users = (...args: string[]) => identity.runCommand(['users', ...args]);
  await expect(users('disable', '--email', 'eve@acme.example')).rejects.toThrow(
    'there is nobody with the e-mail address eve@acme.example',
  );
  await expect(users('enable', '--email', 'no address')).rejects.toThrow('"no address" is not an e-mail address');
});
