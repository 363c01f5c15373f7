// Which server the command talks to, and which addresses it is willing to send a credential to.
import { usageError } from './errors.ts';
import { type Io, variable } from './io.ts';

export const DEFAULT_SERVER = 'https://cc.teamday.ai';

/**
 * A server's base address without a slash at the end. Only https, or http on this machine's own loopback, where
 * nobody else can listen in. Throws a usage error that begins with `where` the address came from.
 */
export function parseServerUrl(text: string, where: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw usageError(`${where} is not a web address: ${text}`, ['Write it like https://cc.teamday.ai']);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw usageError(`${where} must be the server's address alone, without a name, a password, "?" or "#"`);
  }
  if (!isConfidential(url)) {
    throw usageError(`${where} would send tokens over an unprotected connection: ${url.origin}`, [
      'Use https://, or http:// with localhost, 127.0.0.1 or [::1] only.',
    ]);
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** Whether what is sent there can be read by nobody on the way: TLS, or a host that is this machine. */
export function isConfidential(url: URL): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

/** The server named by `TEAMDAY_URL`, if any. */
export function serverFromEnvironment(io: Pick<Io, 'env'>): string | undefined {
  const text = variable(io, 'TEAMDAY_URL');
  return text === undefined ? undefined : parseServerUrl(text, 'TEAMDAY_URL');
}
