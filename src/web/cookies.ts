import type { Context } from 'koa';
import { fromEpochSeconds } from '../clock.ts';

const EPOCH = fromEpochSeconds(0);

/** Cookies of this site: HttpOnly, SameSite=Lax, and bound to the host where it is served over https. */
export interface Cookies {
  get(ctx: Context, name: string): string | undefined;
  /** @param expires undefined: with the browser */
  set(ctx: Context, name: string, value: string, expires?: Date): void;
  clear(ctx: Context, name: string): void;
}

/** @param publicUrl decides the prefix: `__Host-` exists only on https */
export function createCookies(publicUrl: string): Cookies {
  const secure = publicUrl.startsWith('https:');
  const nameOf = (name: string) => `${secure ? '__Host-' : ''}teamday_${name}`;
  const write = (ctx: Context, name: string, value: string, expires: Date | undefined) => {
    const parts = [`${nameOf(name)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
    if (secure) parts.push('Secure');
    if (expires !== undefined) parts.push(`Expires=${expires.toUTCString()}`);
    ctx.append('set-cookie', parts.join('; '));
  };
  return {
    get: (ctx, name) => ctx.cookies.get(nameOf(name), { signed: false }),
    set: write,
    clear: (ctx, name) => write(ctx, name, '', EPOCH),
  };
}
