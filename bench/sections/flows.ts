import { CLI_CLIENT_ID, CLI_SCOPES, DEVICE_CODE_GRANT } from '../../src/oauth/device-grant.ts';
import { ageTokens, growUp } from '../support/grown.ts';
import { type Connection, connect, expectStatus, overConnections, requestText } from '../support/http.ts';
import { CONNECTIONS, constantLoad, subjectOf } from '../support/introspections.ts';
import { measure, type Scale, type Subject } from '../support/measure.ts';
import { type Peer, startPeer } from '../support/peers.ts';
import { addPeople, type BenchPerson } from '../support/people.ts';
import { costTable } from '../support/report.ts';
import { bearer, formRequest, jsonRequest } from '../support/requests.ts';
import { withServers } from '../support/running.ts';
import { type BenchServer, startBenchServer } from '../support/server.ts';

const REFRESHES = 1_280;
/** Each puts two things into a memory that keeps the latest thousand: what the last to have a turn shows must still be there. */
const REFRESHES_OF_PROVIDER = 320;
const LOGINS = 512;
const CREATIONS = 640;

/** What is done less often than asking: a refresh, a login, a new token. Each is acknowledged when it is on disk. */
export async function flows(scale: Scale): Promise<string> {
  const figures = await withServers(async (keep) => {
    const bare = await keep(startPeer('bare'));
    // Two, as its memory keeps the latest thousand only: logins would push out what is refreshed.
    const [refreshing, provider] = [await keep(startPeer('provider')), await keep(startPeer('provider'))];
    const server = await keep(startBenchServer('teamday_bench_flows'));
    await growUp(server);
    const people = await addPeople(server, CONNECTIONS);
    const theirs: string[] = [];
    const subjects: readonly Subject[] = [
      subjectOf('bare node:http', bare, constantLoad(bare)),
      {
        name: 'refresh',
        server,
        times: REFRESHES,
        run: (times) =>
          overConnections(server.url, CONNECTIONS, times, async (connection, _, which) => {
            const person = at(people, which);
            person.refreshToken = await refreshed(`${server.url}/oauth/token`, connection, person.refreshToken);
          }),
      },
      {
        name: "refresh, oidc-provider's own (memory)",
        server: refreshing,
        times: REFRESHES_OF_PROVIDER,
        prepare: () =>
          overConnections(refreshing.url, CONNECTIONS, CONNECTIONS, async (connection, _, which) => {
            theirs[which] = await providerLogin(refreshing, connection, connection);
          }),
        run: (times) =>
          overConnections(refreshing.url, CONNECTIONS, times, async (connection, _, which) => {
            theirs[which] = await refreshed(`${refreshing.url}token`, connection, at(theirs, which));
          }),
      },
      {
        name: 'a device login, four requests',
        server,
        times: LOGINS,
        run: (times) =>
          overTwoConnections(server.url, times, (device, browser, which) =>
            login(server.url, device, browser, at(people, which)),
          ),
      },
      {
        name: "a device login, oidc-provider's own (memory)",
        server: provider,
        times: LOGINS,
        run: (times) =>
          overTwoConnections(provider.url, times, async (device, browser) => {
            await providerLogin(provider, device, browser);
          }),
      },
      {
        name: 'a new personal access token, with its audit record',
        server,
        times: CREATIONS,
        prepare: () => ageTokens(server),
        run: (times) => createTokens(server, people, times),
      },
    ];
    return costTable(subjects, await measure(subjects, scale));
  });
  return `## Refresh, login, a new token

On Postgres, among 100,000 sessions and tokens, each committed before it is answered, ${CONNECTIONS} people at once, each in an organization of
their own and signed in in their browser beforehand. A login asks for a code, opens the page, authorizes there and redeems: the device
and the browser each over a connection that is kept open. oidc-provider signs no access token (ours
are JWTs), writes to nothing but memory, and its page, made for this comparison, asks nobody to sign in.

${figures}`;
}

/** The device's connection and the browser's. */
async function overTwoConnections(
  url: string,
  times: number,
  turn: (device: Connection, browser: Connection, which: number) => Promise<void>,
): Promise<void> {
  const browsers = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(url)));
  await overConnections(url, CONNECTIONS, times, (device, _, which) => turn(device, at(browsers, which), which));
  for (const browser of browsers) browser.close();
}

async function login(url: string, device: Connection, browser: Connection, person: BenchPerson): Promise<void> {
  const client = { client_id: CLI_CLIENT_ID };
  const asked = { ...client, scope: CLI_SCOPES.join(' '), device_name: 'ada-laptop', device_system: 'Linux x64' };
  const started = await expectStatus(200, device.exchange(formRequest(`${url}/oauth/device_authorization`, asked)));
  const codes = JSON.parse(started.body) as { device_code: string; user_code: string };
  const headers = { cookie: ['session', 'form'].map((name) => cookieOf(person, `teamday_${name}`)).join('; ') };
  const page = requestText(`${url}/cli-auth?code=${codes.user_code}`, headers);
  const csrf = /name="csrf" value="([^"]*)"/.exec((await expectStatus(200, browser.exchange(page))).body)?.[1];
  if (csrf === undefined) throw new Error('a page without its form');
  const decision = { code: codes.user_code, csrf, decision: 'authorize', organization: person.organizationId };
  await expectStatus(303, browser.exchange(formRequest(`${url}/cli-auth`, decision, headers)));
  const redeemed = { ...client, grant_type: DEVICE_CODE_GRANT, device_code: codes.device_code };
  await expectStatus(200, device.exchange(formRequest(`${url}/oauth/token`, redeemed)));
}

function cookieOf({ browser }: BenchPerson, name: string): string {
  return `${name}=${browser.cookie(name)}`;
}

function createTokens(server: BenchServer, people: readonly BenchPerson[], times: number): Promise<void> {
  return overConnections(server.url, CONNECTIONS, times, async (connection, _, which) => {
    const { accessToken } = at(people, which);
    const request = jsonRequest(`${server.url}/api/users/me/tokens`, bearer(accessToken), { name: 'Bench' });
    await expectStatus(201, connection.exchange(request));
  });
}

async function refreshed(url: string, connection: Connection, refreshToken: string): Promise<string> {
  const fields = { grant_type: 'refresh_token', client_id: CLI_CLIENT_ID, refresh_token: refreshToken };
  const { body } = await expectStatus(200, connection.exchange(formRequest(url, fields)));
  return (JSON.parse(body) as { refresh_token: string }).refresh_token;
}

/** The same four requests that ours gets. Resolves to the refresh token. */
async function providerLogin({ url }: Peer, device: Connection, browser: Connection): Promise<string> {
  const exchange = async (on: Connection, request: string) => (await expectStatus(200, on.exchange(request))).body;
  const codes = JSON.parse(await exchange(device, formRequest(`${url}device/auth`, { client_id: CLI_CLIENT_ID }))) as {
    device_code: string;
    user_code: string;
  };
  await exchange(browser, requestText(`${url}approve?code=${codes.user_code}`, {}));
  await exchange(browser, formRequest(`${url}approve`, { code: codes.user_code }));
  const fields = { grant_type: DEVICE_CODE_GRANT, client_id: CLI_CLIENT_ID, device_code: codes.device_code };
  const tokens = JSON.parse(await exchange(device, formRequest(`${url}token`, fields))) as { refresh_token: string };
  return tokens.refresh_token;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`there is no ${index}`);
  return found;
}
