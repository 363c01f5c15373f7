// Reading request bodies: small, of the one expected type, each parameter once.
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import rawBody from 'raw-body';
import { HttpError } from './http-error.ts';

const LIMIT = 56 * 1024;

/**
 * The parameters of an application/x-www-form-urlencoded body.
 * @throws HttpError 413, 415, or 400 for a repeated parameter (RFC 6749 §3.1) or a broken body
 */
export async function readForm(ctx: Context): Promise<Readonly<Record<string, string>>> {
  return parseForm(await readText(ctx, 'application/x-www-form-urlencoded', LIMIT));
}

/**
 * The same of a request that Koa has not seen.
 * @throws HttpError 400, 413, 415
 */
export async function readRequestForm(request: IncomingMessage): Promise<Readonly<Record<string, string>>> {
  const { 'content-type': type = '', 'content-length': length, 'transfer-encoding': transfer } = request.headers;
  const hasBody = transfer !== undefined || (length !== undefined && length !== '0');
  if (hasBody && !FORM_TYPE.test(type)) {
    throw new HttpError(415, 'The body must be application/x-www-form-urlencoded.', { code: 'invalid_request' });
  }
  if (Number(length) > LIMIT) throw tooLarge(LIMIT);
  return parseForm(await readWhole(request));
}

const FORM_TYPE = /^application\/x-www-form-urlencoded(?:$|\s*;)/i;

function readWhole(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const expected = Number(request.headers['content-length'] ?? Number.NaN);
    let size = 0;
    const done = () => resolve((chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString('utf8'));
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LIMIT) return reject(tooLarge(LIMIT));
      chunks.push(chunk);
      if (size === expected) done(); // without waiting for the end of the stream to be told
    });
    if (!(expected > 0)) request.on('end', done);
    request.on('error', (cause) =>
      reject(new HttpError(400, 'The body could not be read.', { code: 'invalid_request', cause })),
    );
  });
}

function tooLarge(limit: number, cause?: unknown): HttpError {
  return new HttpError(413, `The body is larger than ${limit} bytes.`, { code: 'invalid_request', cause });
}

function parseForm(text: string): Readonly<Record<string, string>> {
  const form: Record<string, string> = Object.create(null);
  if (text === '') return form;
  if (PLAIN.test(text)) {
    // Nothing in it is encoded: URLSearchParams would come to the same, at several times the cost.
    for (const pair of text.split('&')) {
      const equals = pair.indexOf('=');
      take(form, pair.slice(0, equals), pair.slice(equals + 1));
    }
  } else {
    for (const [name, value] of new URLSearchParams(text)) take(form, name, value);
  }
  return form;
}

const PLAIN = /^[\w.~-]+=[\w.~-]*(?:&[\w.~-]+=[\w.~-]*)*$/;

function take(form: Record<string, string>, name: string, value: string): void {
  if (name in form)
    throw new HttpError(400, `The parameter ${JSON.stringify(name.slice(0, 40))} must not be given twice.`, {
      code: 'invalid_request',
    });
  form[name] = refuseNul(value);
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
