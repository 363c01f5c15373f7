// OpenAPI 3.1 of /api, generated from operations.ts and the zod schemas: GET /openapi.json.
import type Router from '@koa/router';
import type { z } from 'zod';
import { definitionOf, nameOf, schemaOf } from './json-schema.ts';
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';
import * as schemas from './schemas.ts';

export function mountOpenApi(router: Router, publicUrl: string): void {
  const document = describeApi(publicUrl);
  router.get('/openapi.json', (ctx) => {
    ctx.set('access-control-allow-origin', '*');
    ctx.body = document;
  });
}

/** The whole document. */
function describeApi(publicUrl: string) {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'TeamDay Identity',
      version: '1',
      description: 'Tokens of people and organizations. OAuth endpoints: see /.well-known/oauth-authorization-server.',
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token of a login, or a personal access token (td_…)',
        },
      },
    },
  };
}

function describe({ path, summary, tag, credentials, query, body, success, errors }: Operation): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(query === undefined ? [] : queryParameters(query)),
  ];
  return {
    summary,
    tags: [tag],
    ...(credentials.length > 0
      ? { description: `Credentials: ${credentials.join(', ')}.`, security: [{ bearer: [] }] }
      : { security: [] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: {
      [success.status]: { description: success.description, content: content(success.schema, success.mediaTypes) },
      ...Object.fromEntries(
        Object.entries(errors).map(([status, description]) => [
          status,
          { description, content: json(schemas.apiError) },
        ]),
      ),
    },
  };
}

function queryParameters(query: z.ZodObject): object[] {
  return Object.entries(query.shape).map(([name, part]) => {
    const { description, ...schema } = schemaOf(part) as { description?: string };
    return { name, in: 'query', required: false, ...(description === undefined ? {} : { description }), schema };
  });
}

function json(schema: z.ZodType): object {
  return content(schema);
}

function content(schema: z.ZodType, mediaTypes: readonly string[] = ['application/json']): object {
  const reference = { schema: { $ref: `#/components/schemas/${nameOf(schema)}` } };
  return Object.fromEntries(mediaTypes.map((type) => [type, reference]));
}

function components(): Record<string, object> {
  const used = operations.flatMap(({ body, success }) => [success.schema, ...(body === undefined ? [] : [body])]);
  return Object.fromEntries(
    [...new Set([...used, schemas.apiError])].map((schema) => [nameOf(schema), definitionOf(schema)]),
  );
}
