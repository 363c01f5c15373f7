import type { Context } from 'koa';

/** A part of the path that the route's pattern names. */
export function parameter(ctx: Context, name: string): string {
  return (ctx['params'] as Record<string, string | undefined>)[name] ?? '';
}
