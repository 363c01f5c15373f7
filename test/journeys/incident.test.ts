// An incident whose truth is known: three services, two people, one leaked token, one session. What `teamday audit` reports
// is that truth and nothing else, and what is revoked stays revoked on every instance.
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { RunningServer } from '../../src/server.ts';
import { type Cli, quickPolls, terminalOf } from '../support/cli.ts';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, postForm, read } from '../support/oauth.ts';
import { Visitor } from '../support/visitor.ts';

const OFFICE = '198.51.100.1';
const THIEF = '203.0.113.66';

let identity: Identity;
let instances: readonly Pick<RunningServer, 'url' | 'services'>[];
let grace: TestPerson;
let admin: TestPerson;
let services: Record<'newsletter' | 'agents' | 'spaces', string>;

beforeAll(async () => {
  identity = await startIdentity({ settings: quickPolls() });
  const others = inject('backend') === 'services' ? [await identity.another(), await identity.another()] : [];
  instances = [{ url: identity.url, services: identity.services }, ...others];
  admin = await identity.addPerson({ role: 'admin', name: 'Ada Admin' });
  grace = await identity.addPerson({ organizationId: admin.organizationId, name: 'Grace Hopper' });
  const register = async (id: string) => (await identity.addResourceServer(id)).authorization;
  services = {
    newsletter: await register('newsletter'),
    agents: await register('agents'),
    spaces: await register('spaces'),
  };
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => identity?.close());

async function api(authorization: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${identity.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${authorization}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await read(answer)).body;
}

/** A service is shown a credential, so often, and asks one of the instances about it. */
async function use(token: string, service: keyof typeof services, request: string, address: string, times: number) {
  const [method = '', route = ''] = request.split(' ');
  for (let n = 0; n < times; n += 1) {
    const told = { service, method, route, remote_address: address };
    const { url } = instances[n % instances.length] ?? identity;
    const { body } = await postForm(
      `${url}/oauth/introspect`,
      { token, ...told },
      { authorization: services[service] },
    );
    expect(body.active).toBe(true);
  }
}

async function terminalFor(person: TestPerson): Promise<Cli> {
  const cli = await terminalOf(identity.url);
  const visitor = new Visitor(identity.url);
  await visitor.signIn(person);
  const login = cli.start('auth', 'login', '--manual');
  await visitor.decide(await login.code(), 'authorize', person.organizationId);
  expect(await login.finished).toMatchObject({ code: 0, err: '' });
  return cli;
}

const parsed = async (command: ReturnType<Cli['run']>) => {
  const { code, out, err } = await command;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

describe('an incident', () => {
  it('is reported as it was, and is over everywhere', async () => {
    const now = new Date();
    // Ten days ago: Grace makes tokens, one of which will leak. Nothing of this is within the week that is asked about.
    stopClock(new Date(now.getTime() - 10 * DAY * 1000));
    const { access_token: login } = await logIn(identity.url, grace);
    const leaked = await api(login, 'POST', '/api/users/me/tokens', { name: 'Deploy' });
    const spare = await api(login, 'POST', '/api/users/me/tokens', { name: 'Spare' });
    const { access_token: adminsLogin } = await logIn(identity.url, admin);
    const innocent = await api(adminsLogin, 'POST', '/api/users/me/tokens', { name: 'Innocent' });
    await use(leaked.token, 'newsletter', 'GET /subscribers', OFFICE, 3);

    // Three days ago: what it is for. Two days ago: the thief; and others, who use the same services meanwhile.
    advance(7 * DAY);
    const at = (days: number) => new Date(now.getTime() - days * DAY * 1000).toISOString();
    await use(leaked.token, 'newsletter', 'POST /subscribers', OFFICE, 5);
    await use(innocent.token, 'newsletter', 'POST /subscribers', OFFICE, 4);
    advance(DAY);
    await use(leaked.token, 'agents', 'GET /api/v1/agents', THIEF, 7);
    await use(innocent.token, 'agents', 'GET /api/v1/agents', THIEF, 2);
    const session = await logIn(identity.url, grace);
    await use(session.access_token, 'agents', 'GET /api/v1/agents', OFFICE, 6);
    advance(DAY);
    await use(leaked.token, 'spaces', 'DELETE /api/v1/spaces/:id', THIEF, 1);
    vi.useRealTimers();
    await api(leaked.token, 'POST', `/api/users/me/tokens/${spare.id}/revoke`); // with the leaked token, by the thief
    await Promise.all(instances.map((instance) => instance.services.background.usage.flush()));

    const ada = await terminalFor(admin);
    const truth = [
      {
        service: 'spaces',
        method: 'DELETE',
        route: '/api/v1/spaces/:id',
        address: THIEF,
        requests: 1,
        firstAt: at(1),
        lastAt: at(1),
      },
      {
        service: 'agents',
        method: 'GET',
        route: '/api/v1/agents',
        address: THIEF,
        requests: 7,
        firstAt: at(2),
        lastAt: at(2),
      },
      {
        service: 'newsletter',
        method: 'POST',
        route: '/subscribers',
        address: OFFICE,
        requests: 5,
        firstAt: at(3),
        lastAt: at(3),
      },
    ];
    const organization = `/api/organizations/${admin.organizationId}`;
    const signedIn = (await ada.saved()).accessToken;
    await api(signedIn, 'POST', `${organization}/personal-tokens/${leaked.id}/revoke`);
    const sid = JSON.parse(Buffer.from(session.access_token.split('.')[1] ?? '', 'base64url').toString()).sid as string;
    await api(signedIn, 'POST', `${organization}/sessions/${sid}/revoke`);
    for (const { url } of instances) {
      for (const credential of [leaked.token, spare.token, session.refresh_token]) {
        expect((await introspect(url, services.agents, credential)).body).toEqual({ active: false });
      }
      expect((await introspect(url, services.agents, innocent.token)).body.active).toBe(true);
    }

    const report = await parsed(ada.run('audit', '--token', leaked.id, '--since', '1 week ago', '--json'));
    const revoke = {
      service: 'TeamDay Identity',
      method: 'POST',
      route: '/api/users/me/tokens/:id/revoke',
      requests: 1,
    };
    expect(report.usage).toEqual([expect.objectContaining(revoke), ...truth]);
    expect(report.token).toMatchObject({
      id: leaked.id,
      name: 'Deploy',
      owner: { id: grace.id, email: grace.email },
      revokeReason: 'revoked',
    });
    expect(report.records).toMatchObject([
      { action: 'token.revoked', target: `token:${leaked.id}`, actor: { name: 'Ada Admin' } },
      { action: 'token.revoked', target: `token:${spare.id}`, credential: `token:${leaked.id}` },
    ]);
    expect(report.records).toHaveLength(2);

    const { code, out } = await ada.run('audit', '--token', leaked.id);
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(`^Token: Deploy \\(${leaked.id}\\)\\nPreview: td_\\*{4}[0-9a-f]{8}\\nOwner: Grace Hopper <`),
    );
    expect(out).toMatch(/\nRevoked: \d{4}-\d\d-\d\d \d\d:\d\d UTC \(revoked\)\n/);
    expect(out).toMatch(/\nagents {3,}GET {6}\/api\/v1\/agents {2,}203\.0\.113\.66 {4}7 /);
    expect(out).toMatch(/\nnewsletter {3,}GET {6}\/subscribers /); // that of ten days ago, too
    expect(out).toMatch(/ {3}token\.created {3}success {3}Grace Hopper /);

    const ofSession = await parsed(ada.run('audit', '--session', sid, '--json'));
    expect(ofSession.usage).toMatchObject([{ service: 'agents', address: OFFICE, requests: 6 }]);
    expect(ofSession.records.map(({ action }: { action: string }) => action)).toEqual([
      'session.ended',
      'session.created',
      'login.approved',
    ]);
  });

  it('is not searched in vain: what was rotated, what belongs to a person, who is unknown', async () => {
    const cli = await terminalFor(admin);
    const { accessToken } = await cli.saved();
    const old = await api(accessToken, 'POST', '/api/users/me/tokens', { name: 'Rotated' });
    const next = await api(accessToken, 'POST', `/api/users/me/tokens/${old.id}/rotate`, {});
    expect((await cli.run('audit', '--token', next.id)).out).toContain(`\nReplaces: ${old.id}\n`);
    expect((await cli.run('audit', '--token', old.id)).out).toContain(`\nReplaced by: ${next.id}\n`);
    expect((await cli.run('audit', '--token', old.id.slice(0, 12))).err).toContain(
      "\nOf a revoked token, another person's or the organization's, give the whole id.\n",
    );

    const hint = 'There are none.\nBrowser sign-ins and failed ones belong to a person: ask with --user.\n';
    expect((await cli.run('audit', '--action', 'sign_in.failed')).out).toContain(hint);
    const ofGrace = await cli.run('audit', '--user', grace.email, '--action', 'organization.created');
    expect([ofGrace.code, ofGrace.out]).toEqual([0, expect.stringMatching(/There are none\.\n$/)]);

    const unknown = [
      ['--session', 'ses_wrong', 'Nothing is known here of a sign-in ses_wrong'],
      ['--user', 'nobody@x.example', 'Nothing is known here of nobody@x.example'],
    ] as const;
    for (const [option, name, message] of unknown) {
      const { code, out, err } = await cli.run('audit', option, name, '--since', 'yesterday');
      expect([code, out, err.split('\n')[0]]).toEqual([1, '', `Error: ${message}`]);
    }
  });

  it('can be looked into by the owner of the token, and by nobody else', async () => {
    const cli = await terminalFor(grace);
    const mine = await api((await cli.saved()).accessToken, 'POST', '/api/users/me/tokens', { name: 'Mine' });
    const beginning = mine.id.slice(0, 12);
    const { code, out } = await cli.run('audit', '--token', beginning, '--since', 'yesterday');
    expect(code).toBe(0);
    expect(out).toContain('No service has told of any use (uses appear up to a minute later).');
    expect(out).toMatch(/token\.created {3}success {3}Grace Hopper {3,}session:ses_/);

    const theirs = await api((await logIn(identity.url, admin)).access_token, 'POST', '/api/users/me/tokens', {
      name: 'Theirs',
    });
    expect(await cli.run('audit', '--token', theirs.id)).toEqual({
      code: 1,
      out: '',
      err:
        "Error: Token not found\nOther people's tokens, and the organization's, are shown to its admins.\n\n" +
        'See your tokens and their ids:\n  teamday auth tokens list\n',
    });
    expect((await cli.run('audit', '--token', theirs.id.slice(0, 12))).err).toContain(
      '\nOf a revoked token, give the whole id.\n',
    );
    expect(await cli.run('audit', '--user', admin.id)).toMatchObject({ code: 5 });
    const byToken = await cli.run('audit', '--token', mine.id, '--since', 'in 3 days');
    expect([byToken.code, byToken.err]).toEqual([2, expect.stringMatching(/^Error: --since is in the future: /)]);

    await cli.run('auth', 'set-key', mine.token);
    const withKey = await cli.run('audit', '--token', mine.id);
    expect(withKey.code).toBe(5);
    expect(withKey.err).toContain('With a token the audit log cannot be read: that takes a sign-in.');
  });
});
