import type { z } from 'zod';

export interface Operation {
  readonly method: 'get' | 'post' | 'put';
  /** As OpenAPI spells it: {name} for a part. */
  readonly path: string;
  readonly summary: string;
  readonly tag: 'Person' | 'Organization' | 'Leaked credentials';
  /** Which credentials may call it. */
  readonly credentials: readonly ('login' | 'personal token')[];
  /** What may stand behind the `?`. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly success: {
    readonly status: 200 | 201 | 202;
    readonly description: string;
    readonly schema: z.ZodType;
    /** Where it is not JSON. */
    readonly mediaTypes?: readonly string[];
  };
  /** What else it answers, all as { statusCode, message }. */
  readonly errors: Readonly<Record<number, string>>;
}

export const UNAUTHORIZED = { 401: 'No credential, or one that is not valid now' };
export const BAD_BODY = {
  400: 'The body is not valid; the message says what',
  413: 'The body is too large',
  415: 'The body is not JSON',
};
export const FORBIDDEN = { 403: 'Another kind of credential, or not your role' };
export const NOT_MEMBER = {
  403: 'Not a member of this organization, or not your role there, or another kind of credential',
};
export const NOT_FOUND = { 404: 'Token not found' };
export const LIMITED = { 429: 'More than 10 tokens within an hour; see Retry-After' };
export const REPLACED = { 409: 'It was rotated before' };
