// Who used a credential and for what, in the words of the service that asks: `service`, `method`, `route`,
// `remote_address` and `user_agent` of the form.
import type { ResourceServer } from '../clients/resource-server.ts';
import type { CredentialUse } from '../usage/credential-use.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import type { Resolution } from './resolve-credential.ts';

type Asker = Pick<ResourceServer, 'id' | 'services'>;

/** A service that the asker isn't registered for is not believed: what it did is noted under its own name. */
export function useAsTold(form: Readonly<Record<string, string>>, asker: Asker): CredentialUse {
  const told = form['service'];
  return {
    service: told !== undefined && asker.services.includes(told) ? told : asker.id,
    method: form['method'],
    route: form['route'],
    address: form['remote_address'],
    userAgent: form['user_agent'],
  };
}

/** Notes the use of a credential that is active. */
export function recordUse(usage: UsageRecorder, resolution: Resolution, use: CredentialUse, now: Date): void {
  if ('token' in resolution) {
    const { id, organizationId } = resolution.token;
    usage.record(`token:${id}`, organizationId, use, now);
  } else if ('session' in resolution) {
    const { id, organizationId } = resolution.session;
    usage.record(`session:${id}`, organizationId, use, now);
  }
}
