// Which server the command talks to, and which addresses it is willing to send a credential to.
import { PUBLISHED_SERVER } from '../oauth/published-server.ts';
import { usageError } from './errors.ts';
import { type Io, variable } from './io.ts';

/**
 * A server's base address without a slash at the end. Only https, or http on this machine's own loopback, where
 * nobody else can listen in. Throws a usage error that begins with `where` the address came from.
 */
export function parseServerUrl(text: string, where: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw usageError(`${where} is not a web address: ${text}`, [
      `Write it like ${ownServer(text) ?? PUBLISHED_SERVER}`,
    ]);
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
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** Whether the host is this very machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** What `localhost:3000` means: an address of this machine, without its scheme. */
function ownServer(text: string): string | undefined {
  const address = `http://${text}`;
  return URL.canParse(address) && isLoopback(new URL(address)) ? address : undefined;
}

/** The server named by `TEAMDAY_URL`, if any. */
export function serverFromEnvironment(io: Pick<Io, 'env'>): string | undefined {
  const text = variable(io, 'TEAMDAY_URL');
  return text === undefined ? undefined : parseServerUrl(text, 'TEAMDAY_URL');
}
