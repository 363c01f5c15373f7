// The same small service on every framework that there is an adapter for, and on node:http with nothing else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getRequestListener } from '@hono/node-server';
import Router from '@koa/router';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import type { Authenticator } from '../../../src/resource-server/authenticator.ts';
import * as forExpress from '../../../src/resource-server/express.ts';
import * as forFastify from '../../../src/resource-server/fastify.ts';
import * as forFetch from '../../../src/resource-server/fetch.ts';
import * as forHono from '../../../src/resource-server/hono.ts';
import * as forKoa from '../../../src/resource-server/koa.ts';

export interface Service {
  readonly url: string;
  close(): Promise<unknown>;
}

/** `broken` stands before /broken and throws; /open is behind nothing and asks who it is. */
type Start = (authenticator: Authenticator, broken: Authenticator) => Promise<Service>;

const newsletter = { service: 'newsletter' };
const adminsOnly = { service: 'newsletter', roles: ['admin'] } as const;
const seo = { service: 'seo' };

export const frameworks: Readonly<Record<string, Start>> = {
  async koa(authenticator, broken) {
    const { authenticated, metadata, principalOf } = forKoa;
    const app = new Koa({ proxy: true, maxIpsCount: 1 });
    const router = new Router({ prefix: '/v1' });
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        ctx.status = 500;
        ctx.body = `caught: ${(error as Error).message}`;
      }
    });
    app.use(metadata(authenticator));
    router.get('/subscribers/:id', authenticated(authenticator, newsletter), (ctx) => {
      ctx.body = { id: principalOf(ctx).id };
    });
    router.post('/subscribers', authenticated(authenticator, adminsOnly), async (ctx) => {
      ctx.body = await text(ctx.req);
    });
    router.all('/report', authenticated(authenticator, seo), (ctx) => {
      ctx.body = 'report';
    });
    router.get('/broken', authenticated(broken, newsletter), () => {});
    router.get('/open', (ctx) => {
      ctx.body = principalOf(ctx);
    });
    return await listen(app.use(router.routes()).callback());
  },

  async express(authenticator, broken) {
    const { authenticated, metadata, principalOf } = forExpress;
    const app = express().set('trust proxy', 1);
    app.use(metadata(authenticator));
    app.get('/v1/subscribers/:id', authenticated(authenticator, newsletter), (request, response) => {
      response.json({ id: principalOf(request).id });
    });
    app.post('/v1/subscribers', authenticated(authenticator, adminsOnly), express.text(), (request, response) => {
      response.send(request.body);
    });
    app.all('/v1/report', authenticated(authenticator, seo), (_request, response) => void response.send('report'));
    app.get('/v1/broken', authenticated(broken, newsletter), () => {});
    app.get('/v1/open', (request, response) => void response.json(principalOf(request)));
    app.use((error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(500).send(`caught: ${error.message}`);
    });
    return await listen(app);
  },

  async connect(authenticator, broken) {
    const { authenticated, metadata, principalOf } = forExpress;
    const routes: readonly (readonly [RegExp, Parameters<typeof authenticated>, Handler])[] = [
      [
        /^GET \/v1\/subscribers\//,
        [authenticator, { ...newsletter, route: '/v1/subscribers/:id' }],
        (request, response) => response.end(JSON.stringify({ id: principalOf(request).id })),
      ],
      [
        /^POST \/v1\/subscribers$/,
        [authenticator, { ...adminsOnly, route: '/v1/subscribers' }],
        async (request, response) => response.end(await text(request)),
      ],
      [
        / \/v1\/report$/,
        [authenticator, { ...seo, route: '/v1/report' }],
        (_request, response) => response.end('report'),
      ],
      [/ \/v1\/broken$/, [broken, newsletter], (_request, response) => response.end()],
    ];
    return await listen((request, response) => {
      const fail = (error: Error) => {
        response.statusCode = 500;
        response.end(`caught: ${error.message}`);
      };
      metadata(authenticator)(request, response, () => {
        const found = routes.find(([pattern]) => pattern.test(`${request.method} ${request.url}`));
        if (found === undefined) {
          try {
            principalOf(request);
          } catch (error) {
            fail(error as Error);
          }
          return;
        }
        const [, given, handle] = found;
        authenticated(...given)(request, response, (error) => {
          if (error === undefined) void handle(request, response);
          else fail(error as Error);
        });
      });
    });
  },

  async fastify(authenticator, broken) {
    const { authenticated, metadata, principalOf } = forFastify;
    const app = fastify({ trustProxy: '127.0.0.1' });
    app.addHook('onRequest', metadata(authenticator));
    app.setErrorHandler<Error>(async (error, _request, reply) => {
      await reply.code(500).send(`caught: ${error.message}`);
    });
    await app.register(
      async (v1) => {
        v1.get('/subscribers/:id', { onRequest: authenticated(authenticator, newsletter) }, async (request) => ({
          id: principalOf(request).id,
        }));
        v1.post('/subscribers', { onRequest: authenticated(authenticator, adminsOnly) }, async ({ body }) => body);
        v1.all('/report', { onRequest: authenticated(authenticator, seo) }, async () => 'report');
        v1.get('/broken', { onRequest: authenticated(broken, newsletter) }, async () => '');
        v1.get('/open', async (request) => principalOf(request));
      },
      { prefix: '/v1' },
    );
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => app.close() };
  },

  async hono(authenticator, broken) {
    const { authenticated, metadata, principalOf } = forHono;
    const app = new Hono().basePath('/v1');
    const clientAddress = (c: { req: { raw: Request } }) => c.req.raw.headers.get('x-forwarded-for') ?? undefined;
    app.get('/subscribers/:id', authenticated(authenticator, { ...newsletter, clientAddress }), (c) =>
      c.json({ id: principalOf(c).id }),
    );
    app.post('/subscribers', authenticated(authenticator, adminsOnly), async (c) => c.text(await c.req.text()));
    app.all('/report', authenticated(authenticator, seo), () => new Response('report'));
    app.get('/broken', authenticated(broken, newsletter), (c) => c.text(''));
    app.get('/open', (c) => c.json(principalOf(c)));
    app.onError((error, c) => c.text(`caught: ${error.message}`, 500));
    const whole = new Hono().use(metadata(authenticator)).route('/', app);
    return await listen(getRequestListener(whole.fetch));
  },
};

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The fetch adapter has no router of its own, so it has a service of its own. */
export async function startFetchService(authenticator: Authenticator): Promise<Service> {
  const clientAddress = ({ headers }: Request) => headers.get('x-forwarded-for') ?? undefined;
  const requirement = { ...newsletter, route: '/v1/subscribers/:id', clientAddress };
  const handle = forFetch.authenticated(authenticator, requirement, (_request, { id }) => Response.json({ id }));
  const fetchHandler = async (request: Request) =>
    forFetch.metadataResponse(authenticator, request) ?? (await handle(request));
  return await listen(getRequestListener(fetchHandler));
}

async function listen(listener: Handler): Promise<Service> {
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
