// `teamday-identity users set-password` and `users list`, as an operator runs them.
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { logIn, refresh } from '../support/oauth.ts';
import { Visitor } from '../support/visitor.ts';

let identity: IdentityProcess;
let demo: { email: string; password: string };

beforeAll(async () => {
  identity = await startIdentityProcess();
  demo = identity.demo ?? { email: '', password: '' };
});
afterAll(() => identity?.stop());

/** On the embedded database the server must be stopped for it. */
async function asOperator<T>(work: (run: IdentityProcess['runCommand']) => Promise<T>): Promise<T> {
  if (inject('backend') === 'services') return await work(identity.runCommand);
  await identity.kill();
  try {
    return await work(identity.runCommand);
  } finally {
    await identity.restart();
  }
}

const setPassword = (email: string) => ['users', 'set-password', '--email', email, '--password-stdin'];

it('a new password signs its person out everywhere, at once', async () => {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(demo);
  const login = await logIn(identity.url, { ...demo, organizationId: 'org_acme' }, visitor);
  const password = 'set by the operator';
  const [set, list] = await asOperator(async (run) => {
    await expect(run(setPassword('nobody@acme.example'), password)).rejects.toThrow(
      'there is nobody with the e-mail address nobody@acme.example',
    );
    return [
      JSON.parse(await run([...setPassword(demo.email.toUpperCase()), '--json'], `${password}\n`)),
      JSON.parse(await run(['users', 'list', '--json'])),
    ];
  });
  const { id, endedSessions } = set;
  expect([id, endedSessions]).toEqual([expect.stringMatching(/^user_/), 2]);
  const organizations = [{ id: 'org_acme', role: 'admin' }];
  expect(list).toEqual({ users: [{ id, email: demo.email, name: 'Demo Person', disabled: false, organizations }] });

  expect((await visitor.get('/settings/password')).status).toBe(303);
  expect((await refresh(identity.url, login.refresh_token)).body.error).toBe('invalid_grant');
  await expect(new Visitor(identity.url).signIn(demo)).rejects.toThrow('401');
  await new Visitor(identity.url).signIn({ email: demo.email, password });
});

it.each([
  ['nonsense', 'correct horse battery', '"nonsense" is not an e-mail address'],
  ['demo@acme.example', 'short', 'the password must have at least 8 characters'],
])('is refused for %s and %s', async (email, password, words) => {
  await expect(identity.runCommand(setPassword(email), password)).rejects.toThrow(words);
});
