// Reading request bodies: small, of the one expected type, each parameter once.
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import rawBody from 'raw-body';
import { Fields } from './fields.ts';
import { HttpError } from './http-error.ts';

const LIMIT = 56 * 1024;

/**
 * The parameters of an application/x-www-form-urlencoded body.
 * @throws HttpError 413, 415, or 400 for a repeated parameter (RFC 6749 §3.1) or a broken body
 */
export async function readForm(ctx: Context): Promise<Form> {
  return parseForm(await readText(ctx, 'application/x-www-form-urlencoded', LIMIT));
}

/**
 * Reads the body of a form that Koa has not seen, by callbacks: whoever reads so many has no promise to spare. Exactly one
 * of the two is called, or none when the client goes away.
 * @param failed with HttpError 413, 415
 */
export function readFormBody(
  request: IncomingMessage,
  read: (body: Buffer) => void,
  failed: (error: HttpError) => void,
): void {
  const { 'content-type': type = '', 'content-length': length, 'transfer-encoding': transfer } = request.headers;
  const hasBody = transfer !== undefined || (length !== undefined && length !== '0');
  if (hasBody && !isFormType(type)) {
    failed(new HttpError(415, 'The body must be application/x-www-form-urlencoded.', { code: 'invalid_request' }));
  } else if (Number(length) > LIMIT) {
    failed(tooLarge(LIMIT));
  } else {
    readWhole(request, length === undefined ? Number.NaN : Number(length), read, failed);
  }
}

const FORM = 'application/x-www-form-urlencoded';
/** As `fetch` sends it. */
const FORM_OF_FETCH = `${FORM};charset=UTF-8`;

/** Whether that is the type of a form as most clients spell it: there are other ways to. */
export function isPlainForm(type: string | undefined): boolean {
  return type === FORM || type === FORM_OF_FETCH;
}

function isFormType(type: string): boolean {
  return isPlainForm(type) || /^application\/x-www-form-urlencoded(?:$|\s*;)/i.test(type);
}

/** @param expected how many bytes were announced; NaN: until the end */
function readWhole(
  request: IncomingMessage,
  expected: number,
  read: (body: Buffer) => void,
  failed: (error: HttpError) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    const was = size;
    size += chunk.length;
    if (size > LIMIT) {
      if (was <= LIMIT) failed(tooLarge(LIMIT));
    } else if (size === expected) {
      read(was === 0 ? chunk : Buffer.concat([...chunks, chunk])); // without waiting for the end to be told
    } else {
      chunks.push(chunk);
    }
  });
  if (expected > 0) return;
  request.on('end', () => {
    if (size <= LIMIT) read(Buffer.concat(chunks));
  });
}

function tooLarge(limit: number, cause?: unknown): HttpError {
  return new HttpError(413, `The body is larger than ${limit} bytes.`, { code: 'invalid_request', cause });
}

/** The parameters of a form, each of which came once. */
export type Form = Readonly<Record<string, string>>;

/**
 * The parameters of an application/x-www-form-urlencoded text.
 * @throws HttpError 400 for a repeated one (RFC 6749 §3.1), or a NUL
 */
export function parseForm(text: string): Form {
  const form = new Fields();
  const mayHoldNul = text.includes('\0') || text.includes('%00');
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf('&', start);
    const end = next === -1 ? text.length : next;
    const equals = text.indexOf('=', start);
    if (equals !== -1 && equals < end)
      take(form, decode(text.slice(start, equals)), decode(text.slice(equals + 1, end)), mayHoldNul);
    else if (start < end) take(form, decode(text.slice(start, end)), '', mayHoldNul);
    start = end + 1;
  }
  return form;
}

/** As URLSearchParams does, which would cost several times as much. */
function decode(part: string): string {
  if (!part.includes('%') && !part.includes('+')) return part;
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return new URLSearchParams(`part=${part}`).get('part') ?? ''; // not UTF-8
  }
}

function take(form: Record<string, string>, name: string, value: string, mayHoldNul: boolean): void {
  if (name in form)
    throw new HttpError(400, `The parameter ${JSON.stringify(name.slice(0, 40))} must not be given twice.`, {
      code: 'invalid_request',
    });
  form[name] = mayHoldNul ? refuseNul(value) : value;
}

/**
 * The value of an application/json body.
 * @throws HttpError 400, 413, 415
 */
export async function readJson(ctx: Context, limit = LIMIT): Promise<unknown> {
  const text = await readText(ctx, 'application/json', limit);
  try {
    return JSON.parse(text, (_name, value: unknown) => (typeof value === 'string' ? refuseNul(value) : value));
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new HttpError(400, 'The body is not valid JSON.', { code: 'invalid_request', cause });
  }
}

async function readText(ctx: Context, type: string, limit: number): Promise<string> {
  if (ctx.is(type) === false) throw new HttpError(415, `The body must be ${type}.`, { code: 'invalid_request' });
  try {
    return await rawBody(ctx.req, { limit, length: ctx.request.length, encoding: 'utf8' });
  } catch (cause) {
    const { status } = cause as { status?: number };
    if (status === 413) throw tooLarge(limit, cause);
    if (status !== undefined && status < 500)
      throw new HttpError(400, 'The body could not be read.', { code: 'invalid_request', cause });
    throw cause;
  }
}

/** No text of ours has a NUL, and Postgres takes none. */
function refuseNul(value: string): string {
  if (value.includes('\0')) throw new HttpError(400, 'The body has a NUL character.', { code: 'invalid_request' });
  return value;
}
