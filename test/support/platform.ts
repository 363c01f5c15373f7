// The rest of TeamDay, as far as the published documents call it: services that hand whatever Bearer credential they
// get to introspection and do what it says. Real HTTP, real introspection; what they would do with the data is not here.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postForm } from './oauth.ts';

export interface Platform {
  readonly url: string;
  close(): Promise<void>;
}

/** `/api/services/{service}/…` takes tokens with that scope or `all`; `/api/v1/…` takes people. */
export async function startPlatform(identityUrl: string, authorization: string): Promise<Platform> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const send = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const { body: who } = await postForm(
      `${identityUrl}/oauth/introspect`,
      { token, remote_address: '203.0.113.7', user_agent: request.headers['user-agent'] ?? '' },
      { authorization },
    );
    const service = /^\/api\/services\/([^/]+)\//.exec(request.url ?? '')?.[1];
    if (!who.active) {
      send(401, { statusCode: 401, message: 'Unauthorized. Invalid or expired organization token' });
    } else if (
      service !== undefined &&
      !who.scope.split(' ').some((scope: string) => scope === 'all' || scope === service)
    ) {
      send(403, {
        statusCode: 403,
        message: `Token does not have access to the '${service}' service. Required scope: '${service}' or 'all'.`,
      });
    } else {
      send(200, { organizationId: who.org_id, by: who.sub });
    }
  }
}
