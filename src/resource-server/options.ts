// What a service configures once, and the faults that would make it unsafe or useless: all named at once.
import type { PrivateKey } from './client-authentication.ts';
import type { IdentityUnavailable } from './identity-unavailable.ts';
import type { ProtectedResourceOptions } from './protected-resource.ts';

export interface AuthenticatorOptions extends Partial<ProtectedResourceOptions> {
  /** The identity service's PUBLIC_URL, to the letter: `https://cc.teamday.ai`. */
  readonly issuer: string;
  /** As `teamday-identity resource-servers create` was told. */
  readonly clientId: string;
  /** As that command printed it. This, or `privateKey`. */
  readonly clientSecret?: string;
  /** The private part of a key that the service was registered with: a JWK on P-256. */
  readonly privateKey?: PrivateKey;
  /** Where to ask, if not at `${issuer}/oauth/introspect`: an address within the cluster, for example. */
  readonly introspectionEndpoint?: string;
  /** Asks over http: elsewhere than on this machine too, where the network itself is trusted with every credential. */
  readonly allowHttp?: boolean;
  /** Milliseconds after which an unanswered question becomes a 503, a second try included. 1500 */
  readonly timeoutMs?: number;
  /** Seconds for which an active answer is used again, at most 300: so long a revoked credential goes on working. 0 */
  readonly cacheSeconds?: number;
  /** Told of every question that got no answer. Without it the console is, at most once in ten seconds. */
  readonly onFault?: (fault: IdentityUnavailable) => void;
}

const MAX_TIMEOUT_MS = 30_000;
const MAX_CACHE_SECONDS = 300;

/** @throws TypeError that names all faults */
export function checkOptions(options: AuthenticatorOptions): void {
  const { issuer, introspectionEndpoint: endpoint, resource, allowHttp = false, timeoutMs, cacheSeconds } = options;
  const { clientId, clientSecret, privateKey } = options;
  const faults = [
    addressFault('issuer', issuer, allowHttp || endpoint !== undefined),
    issuer?.endsWith('/') && 'issuer ends with a slash: give it as PUBLIC_URL has it',
    endpoint !== undefined && addressFault('introspectionEndpoint', endpoint, allowHttp),
    resource !== undefined && addressFault('resource', resource, allowHttp),
    !clientId && 'clientId is missing: teamday-identity resource-servers create makes one',
    !clientSecret === !privateKey && 'give either clientSecret or privateKey',
    privateKey?.crv !== undefined && privateKey.crv !== 'P-256' && 'privateKey must be a JWK on the curve P-256',
    !within(timeoutMs, 1, MAX_TIMEOUT_MS) && `timeoutMs must be from 1 to ${MAX_TIMEOUT_MS}`,
    !within(cacheSeconds, 0, MAX_CACHE_SECONDS) && `cacheSeconds must be from 0 to ${MAX_CACHE_SECONDS}`,
  ].filter((fault) => typeof fault === 'string' && fault !== '');
  if (faults.length > 0) throw new TypeError(`createAuthenticator: ${faults.join('; ')}`);
}

function addressFault(name: string, address: string | undefined, allowHttp: boolean): string | undefined {
  const url = URL.canParse(address ?? '') ? new URL(address ?? '') : undefined;
  if (url === undefined) return `${name} must be an address, such as https://cc.teamday.ai`;
  if (url.hash !== '' || url.username !== '' || url.password !== '') return `${name} must be a plain address`;
  if (url.protocol === 'https:') return undefined;
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol === 'http:' && (isLocal || allowHttp)) return undefined;
  return `${name} must be https, unless allowHttp says that the network can be trusted`;
}

function within(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (typeof value === 'number' && value >= least && value <= most);
}
