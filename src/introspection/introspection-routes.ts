// POST /oauth/introspect (RFC 7662): an authenticated service asks what a credential stands for, now.
import type Router from '@koa/router';
import { readClientCredentials } from '../clients/client-credentials.ts';
import type { ResourceServerAuthentication } from '../clients/resource-server-authentication.ts';
import { readForm } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { introspectionResponse } from './introspection-response.ts';
import type { CredentialResolver } from './resolve-credential.ts';

export function mountIntrospection(
  router: Router,
  authentication: ResourceServerAuthentication,
  resolver: CredentialResolver,
  issuer: string,
): void {
  router.post('/oauth/introspect', async (ctx) => {
    const form = await readForm(ctx);
    const credentials = readClientCredentials(ctx.headers, form);
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
    ctx.body = introspectionResponse(await resolver.resolve(token), issuer);
  });
}
