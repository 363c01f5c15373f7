// What the adapters of all frameworks share.
import type { BearerRequest } from './judgement.ts';
import type { Refusal } from './refusal.ts';
import type { Requirement } from './requirement.ts';

/** @typeParam Context what the framework hands to its middleware */
export interface RouteRequirement<Context> extends Requirement {
  /** The route's pattern, or how to know it, where the framework doesn't tell. */
  readonly route?: string | ((context: Context) => string | undefined);
  /** How to know the client's address, if not as the framework does. */
  readonly clientAddress?: (context: Context) => string | undefined;
}

export function routeOf<Context>(
  { route }: RouteRequirement<Context>,
  context: Context,
  told: unknown,
): string | undefined {
  if (route === undefined) return typeof told === 'string' ? told : undefined;
  return typeof route === 'string' ? route : route(context);
}

/** The headers of node:http as a fetch Request has them. */
export function fromNode(request: {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}): BearerRequest {
  const { method = 'GET', headers } = request;
  return { method, headers: { get: (name) => headers[name]?.toString() ?? null } };
}

export function bodyOf(refusal: Refusal): string {
  return JSON.stringify(refusal.body);
}
