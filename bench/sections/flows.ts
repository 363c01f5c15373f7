import { CLI_CLIENT_ID, DEVICE_CODE_GRANT } from '../../src/oauth/device-grant.ts';
import { logIn } from '../../test/support/oauth.ts';
import { type Connection, expectStatus, overConnections, requestText } from '../support/http.ts';
import { CONNECTIONS, constantLoad, subjectOf } from '../support/introspections.ts';
import { measure, type Scale, type Subject } from '../support/measure.ts';
import { type Peer, startPeer } from '../support/peers.ts';
import { addPeople, type BenchPerson } from '../support/people.ts';
import { costTable } from '../support/report.ts';
import { bearer, formRequest, jsonRequest } from '../support/requests.ts';
import { withServers } from '../support/running.ts';
import { type BenchServer, startBenchServer } from '../support/server.ts';

const REFRESHES = 640;
const LOGINS = 128;
const CREATIONS = 320;

/** What is done less often than asking: a refresh, a login, a new token. Each is acknowledged when it is on disk. */
export async function flows(scale: Scale): Promise<string> {
  const figures = await withServers(async (keep) => {
    const bare = await keep(startPeer('bare'));
    // Two, as its memory keeps the latest thousand only: logins would push out what is refreshed.
    const [refreshing, provider] = [await keep(startPeer('provider')), await keep(startPeer('provider'))];
    const server = await keep(startBenchServer('teamday_bench_flows'));
    const people = await addPeople(server, CONNECTIONS);
    const theirs: string[] = [];
    await overConnections(refreshing.url, CONNECTIONS, CONNECTIONS, async (connection) => {
      theirs.push(await providerLogin(refreshing, connection));
    });
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
        times: REFRESHES,
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
          overConnections(server.url, CONNECTIONS, times, async (_, __, which) => {
            const person = at(people, which);
            await logIn(server.url, person, person.browser);
          }),
      },
      {
        name: "a device login, oidc-provider's own (memory)",
        server: provider,
        times: LOGINS,
        run: (times) =>
          overConnections(provider.url, CONNECTIONS, times, async (connection) => {
            await providerLogin(provider, connection);
          }),
      },
      {
        name: 'a new personal access token, with its audit record',
        server,
        times: CREATIONS,
        run: (times) => createTokens(server, people, times),
      },
    ];
    return costTable(subjects, await measure(subjects, scale));
  });
  return `## Refresh, login, a new token

On Postgres, each committed before it is answered, ${CONNECTIONS} people at once, each in an organization of their own and signed in in their
browser beforehand. A login asks for a code, opens the page, authorizes there and redeems. oidc-provider signs no access token (ours
are JWTs), writes to nothing but memory, and its page, made for this comparison, asks nobody to sign in.

${figures}`;
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
async function providerLogin({ url }: Peer, connection: Connection): Promise<string> {
  const exchange = async (request: string) => (await expectStatus(200, connection.exchange(request))).body;
  const codes = JSON.parse(await exchange(formRequest(`${url}device/auth`, { client_id: CLI_CLIENT_ID }))) as {
    device_code: string;
    user_code: string;
  };
  await exchange(requestText(`${url}approve?code=${codes.user_code}`, {}));
  await exchange(formRequest(`${url}approve`, { code: codes.user_code }));
  const fields = { grant_type: DEVICE_CODE_GRANT, client_id: CLI_CLIENT_ID, device_code: codes.device_code };
  const tokens = JSON.parse(await exchange(formRequest(`${url}token`, fields))) as { refresh_token: string };
  return tokens.refresh_token;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`there is no ${index}`);
  return found;
}
