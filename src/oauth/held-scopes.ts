import type { ActiveIntrospection } from './introspection.ts';

/**
 * Whether a credential of this use has the wanted scope or service. The scopes of applications are taken to the letter. A
 * token for `all` has everything; one for a service has that service's own scopes too: `agents` has `agents:manage`, but
 * not `spaces:access`.
 */
export function holds(use: ActiveIntrospection['token_use'], held: readonly string[], wanted: string): boolean {
  if (held.includes(wanted)) return true;
  return use !== 'access_token' && held.some((scope) => scope === 'all' || wanted.startsWith(`${scope}:`));
}
