// Who sent a request, kept beside the framework's own object for it: nothing that a client sends can be mistaken for it.
import type { Principal } from './principal.ts';

const kept = new WeakMap<object, Principal>();

export function keepPrincipal(request: object, principal: Principal): void {
  kept.set(request, principal);
}

/** @throws Error where no middleware of ours ran before the route */
export function principalKeptFor(request: object): Principal {
  const principal = kept.get(request);
  if (principal === undefined) {
    throw new Error('This request was not authenticated: put authenticated(…) before the route that asks who it is.');
  }
  return principal;
}
