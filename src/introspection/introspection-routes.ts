// POST /oauth/introspect (RFC 7662): an authenticated service asks what a credential stands for, now.
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type Router from '@koa/router';
import { readClientCredentials } from '../clients/client-credentials.ts';
import type { ResourceServerAuthentication } from '../clients/resource-server-authentication.ts';
import type { Clock } from '../clock.ts';
import { readForm } from '../http/body.ts';
import { within } from '../http/deadline.ts';
import { HttpError } from '../http/http-error.ts';
import type { IntrospectionResponse } from '../oauth/introspection.ts';
import type { TokenUse, UsageRecorder } from '../tokens/usage-recorder.ts';
import { introspectionResponse } from './introspection-response.ts';
import type { CredentialResolver } from './resolve-credential.ts';

/** A service is told within a second when the truth can't be read. */
const DEADLINE_MS = 950;

export interface IntrospectionDependencies {
  readonly authentication: ResourceServerAuthentication;
  readonly clock: Clock;
  readonly issuer: string;
  readonly resolver: CredentialResolver;
  readonly usage: UsageRecorder;
}

export function mountIntrospection(router: Router, dependencies: IntrospectionDependencies): void {
  const { authentication, clock, issuer, resolver, usage } = dependencies;

  router.post('/oauth/introspect', async (ctx) => {
    const form = await readForm(ctx);
    ctx.body = await within(DEADLINE_MS, answer(ctx.headers, form));
  });

  async function answer(
    headers: IncomingHttpHeaders,
    form: Readonly<Record<string, string>>,
  ): Promise<IntrospectionResponse> {
    const credentials = readClientCredentials(headers, form);
    if (credentials === 'malformed') {
      throw new HttpError(400, 'Authenticate the client by exactly one method.', { code: 'invalid_request' });
    }
    const client = credentials === 'missing' ? undefined : await authentication.authenticate(credentials);
    if (client === undefined) {
      throw new HttpError(401, 'Client authentication failed: check the client_id and its secret or key.', {
        code: 'invalid_client',
        headers: { 'www-authenticate': `Basic realm="${issuer}", charset="UTF-8"` },
      });
    }
    const token = form['token'];
    if (token === undefined || token === '') {
      throw new HttpError(400, 'The parameter token is missing.', { code: 'invalid_request' });
    }
    const resolution = await resolver.resolve(token);
    if ('token' in resolution) usage.record(resolution.token.id, useAsTold(form));
    return introspectionResponse(resolution, issuer, clock.now());
  }
}

const MAX_USER_AGENT = 256;

/** Who used the token, in the words of the service that asks: `remote_address` and `user_agent` of the form. */
function useAsTold({ remote_address: address, user_agent: userAgent }: Readonly<Record<string, string>>): TokenUse {
  return {
    address: address !== undefined && isIP(address) !== 0 ? address : undefined,
    userAgent: userAgent?.replaceAll(/\p{C}/gu, '').slice(0, MAX_USER_AGENT) || undefined,
  };
}
