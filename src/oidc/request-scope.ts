import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestContext } from '../http/request-context.ts';
import type { LiveSession } from '../sessions/session.ts';

/** What the adapters of one request share: the provider asks them one by one, we read the database once. */
export interface RequestScope extends RequestContext {
  /** The session this request is about, once it is known. */
  session?: LiveSession;
  /** A poll of a device that has to wait: happens every few seconds, and is no fault. */
  isRoutine?: boolean;
}

const storage = new AsyncLocalStorage<RequestScope>();

export function runInScope<T>(scope: RequestScope, work: () => Promise<T>): Promise<T> {
  return storage.run(scope, work);
}

export function requestScope(): RequestScope {
  const scope = storage.getStore();
  if (scope === undefined) throw new Error('oidc-provider was called outside a request');
  return scope;
}
