// What a refusal under /oauth looks like (RFC 6749 §5.2), and the requests that every form endpoint refuses alike.
import { expect, it } from 'vitest';
import { type JsonAnswer, read } from './oauth.ts';

/** The answer is this refusal, and says nothing that a cache might keep. */
export function expectRefusal(answer: JsonAnswer, status: number, error: string): void {
  const { scope: _offending, ...body } = answer.body; // which oidc-provider adds to invalid_scope
  expect([answer.status, body]).toEqual([status, { error, error_description: expect.stringMatching(/\w/) }]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

/** What was logged of our own faults: a test that provokes callers' faults only expects none. */
export function faultsIn(logged: readonly string[]): string[] {
  return logged.filter((line) => JSON.parse(line).level >= 50);
}

export interface FormEndpoint {
  url: string;
  /** A request with nothing wrong in it. */
  fields: Record<string, string>;
  headers?: Record<string, string>;
}

/** RFC 6749 leaves the status open where a body isn't read at all: oidc-provider says 400, our own routes say why. */
export interface Statuses {
  mediaType: 400 | 415;
  tooLarge: 400 | 413;
}

/** Tests of bodies and methods that no form endpoint takes. Each request is complete but for the one fault. */
export function refusesWhatIsNoForm(endpoint: () => FormEndpoint, { mediaType, tooLarge }: Statuses): void {
  const send = async (body: RequestInit['body'], headers: Record<string, string>, more: RequestInit = {}) => {
    const { url, headers: own = {} } = endpoint();
    return await read(
      await fetch(url, { method: 'POST', body: body ?? null, headers: { ...own, ...headers }, ...more }),
    );
  };
  const form = () => new URLSearchParams(endpoint().fields).toString();
  const asForm = { 'content-type': 'application/x-www-form-urlencoded' };

  it('refuses JSON', async () => {
    const body = JSON.stringify(endpoint().fields);
    expectRefusal(await send(body, { 'content-type': 'application/json' }), mediaType, 'invalid_request');
  });

  it('refuses a form that is declared as text', async () => {
    expectRefusal(await send(form(), { 'content-type': 'text/plain' }), mediaType, 'invalid_request');
  });

  it('refuses a multipart form', async () => {
    const body = new FormData();
    for (const [name, value] of Object.entries(endpoint().fields)) body.set(name, value);
    expectRefusal(await send(body, {}), mediaType, 'invalid_request');
  });

  it('refuses a body without a content type', async () => {
    const answer = await send(new TextEncoder().encode(form()), {});
    expect([400, 401, 415]).toContain(answer.status);
    expectRefusal(answer, answer.status, answer.status === 401 ? 'invalid_client' : 'invalid_request');
  });

  it('refuses an empty body', async () => {
    const answer = await send('', asForm);
    expect([400, 401]).toContain(answer.status);
    expectRefusal(answer, answer.status, answer.status === 401 ? 'invalid_client' : 'invalid_request');
  });

  it('refuses an oversized body', async () => {
    const body = `${form()}&padding=${'x'.repeat(100_000)}`;
    expectRefusal(await send(body, asForm), tooLarge, 'invalid_request');
  });

  it('refuses an oversized body that comes without its length', async () => {
    const body = new Blob([`${form()}&padding=${'x'.repeat(100_000)}`]).stream();
    expectRefusal(await send(body, asForm, { duplex: 'half' } as RequestInit), tooLarge, 'invalid_request');
  });

  it('takes broken percent-encoding for the text that it is', async () => {
    const answer = await send('client_id=%zz&token=%&grant_type=%E0%A4&device_code=%', asForm);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it('takes NUL for the text that it is', async () => {
    const body = Object.keys(endpoint().fields).map((name) => `${name}=%00`);
    const answer = await send(body.join('&'), asForm);
    expect(answer.status).toBeLessThan(500);
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('refuses %s and says that it takes POST', async (method) => {
    const answer = await send(undefined, {}, { method });
    expectRefusal(answer, 405, 'invalid_request');
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('refuses HEAD without a body', async () => {
    const { status, headers } = await fetch(endpoint().url, { method: 'HEAD' });
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });
}

/** Each parameter of the endpoint given twice (RFC 6749 §3.1); `resource` may be (RFC 8707), but there is one only. */
export function refusesRepeated(endpoint: () => FormEndpoint, names: readonly string[]): void {
  it.each(names)('refuses %s given twice', async (name) => {
    const { url, fields, headers = {} } = endpoint();
    const body = new URLSearchParams(fields);
    const value = fields[name] ?? 'twice';
    body.delete(name);
    body.append(name, value);
    body.append(name, value);
    const answer = await read(await fetch(url, { method: 'POST', body, headers }));
    expectRefusal(answer, 400, name === 'resource' ? 'invalid_target' : 'invalid_request');
  });
}
