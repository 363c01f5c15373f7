// A TeamDay service of two pages: an organization's newsletter subscribers. They are kept in memory and gone when it ends.
//   TEAMDAY_ISSUER=http://127.0.0.1:3000 TEAMDAY_CLIENT_SECRET=… PORT=4001 node examples/newsletter/server.ts
import type { AddressInfo } from 'node:net';
import { createAuthenticator } from '@teamday/resource-server';
import { authenticated, principalOf } from '@teamday/resource-server/express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { parseCsv } from './csv.ts';

const { TEAMDAY_ISSUER, TEAMDAY_CLIENT_ID, TEAMDAY_CLIENT_SECRET, HOST, PORT } = process.env;
const authenticator = createAuthenticator({
  issuer: TEAMDAY_ISSUER ?? 'http://127.0.0.1:3000',
  clientId: TEAMDAY_CLIENT_ID ?? 'newsletter',
  clientSecret: TEAMDAY_CLIENT_SECRET ?? '',
});
const mayRead = authenticated(authenticator, { service: 'newsletter' });
const mayWrite = authenticated(authenticator, { service: 'newsletter', roles: ['admin', 'member', 'organization'] });

interface Subscriber {
  readonly email: string;
  readonly name: string;
  readonly tags: readonly string[];
}

/** Organization -> e-mail in lower case -> subscriber. */
const subscribers = new Map<string, Map<string, Subscriber>>();

function subscribersOf(request: Request): Map<string, Subscriber> {
  const { organizationId } = principalOf(request); // never an id that the request itself names
  const own = subscribers.get(organizationId) ?? new Map<string, Subscriber>();
  subscribers.set(organizationId, own);
  return own;
}

class BadRequest extends Error {
  readonly status = 400;
}

const text = (value: unknown) => (typeof value === 'string' ? value.trim() : undefined);

/** Who was there before keeps their tags and gets the new ones. */
function add(own: Map<string, Subscriber>, given: Record<string, unknown>): { subscriber: Subscriber; isNew: boolean } {
  const { tags = [] } = given;
  const email = text(given['email']) ?? '';
  const name = text(given['name'] ?? '');
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 254) {
    throw new BadRequest('email must be an e-mail address');
  }
  if (name === undefined || name.length > 200) throw new BadRequest('name must be a text of at most 200 characters');
  if (!Array.isArray(tags) || tags.length > 50 || !tags.every((tag) => /^\S.{0,39}$/.test(text(tag) ?? ''))) {
    throw new BadRequest('tags must be a list of at most 50 texts of 1 to 40 characters');
  }
  const key = email.toLowerCase();
  const before = own.get(key);
  const allTags = [...new Set([...(before?.tags ?? []), ...tags.map((tag) => String(tag).trim())])];
  const subscriber = { email: before?.email ?? email, name: name || (before?.name ?? ''), tags: allTags };
  own.set(key, subscriber);
  return { subscriber, isNew: before === undefined };
}

const app = express();
app.disable('x-powered-by');
const json = express.json({ limit: '1mb' });

app.get('/api/services/newsletter/subscribers', mayRead, (request, response) => {
  const all = [...subscribersOf(request).values()];
  response.json({ subscribers: all, count: all.length });
});

app.post('/api/services/newsletter/subscribers', mayWrite, json, (request, response) => {
  const { subscriber, isNew } = add(subscribersOf(request), bodyOf(request));
  response.status(isNew ? 201 : 200).json(subscriber);
});

app.post('/api/services/newsletter/subscribers/import', mayWrite, json, (request, response) => {
  const [columns, ...lines] = parseCsv(text(bodyOf(request)['csv']) ?? '') ?? [];
  const names = columns?.map((column) => column.trim().toLowerCase());
  if (!names?.includes('email')) throw new BadRequest('csv must be CSV whose first line names a column email');
  const own = subscribersOf(request);
  const result = { added: 0, updated: 0, refused: [] as { line: number; message: string }[] };
  for (const [index, cells] of lines.entries()) {
    const row = Object.fromEntries(names.map((column, at) => [column, cells[at] ?? '']));
    const tags = (row['tags'] ?? '').split(';').filter((tag) => tag.trim() !== '');
    try {
      result[add(own, { ...row, tags }).isNew ? 'added' : 'updated'] += 1;
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      result.refused.push({ line: index + 2, message: error.message });
    }
  }
  response.json(result);
});

/** A real service would hand it to its mailer. */
app.post('/api/services/newsletter/test/send', mayWrite, json, (request, response) => {
  const { to, subject, html } = bodyOf(request);
  if (!text(to)?.includes('@') || !text(subject) || !text(html)) {
    throw new BadRequest('to must be an e-mail address, subject and html must be texts');
  }
  response.json({ to, subject, sent: false, message: 'This is an example: nothing was sent.' });
});

app.use((request, response) => {
  response.status(404).json({ statusCode: 404, message: `There is no ${request.method} ${request.path}` });
});

app.use((error: Error & { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
  const { status = 500, message } = error;
  if (status >= 500) console.error(error);
  response.status(status).json({ statusCode: status, message: status < 500 ? message : 'Something went wrong' });
});

const server = app.listen(Number(PORT ?? 4001), HOST ?? '127.0.0.1', () => {
  console.log(`The newsletter service is ready at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

function bodyOf(request: Request): Record<string, unknown> {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new BadRequest('The body must be a JSON object, sent as application/json');
  }
  return body as Record<string, unknown>;
}
