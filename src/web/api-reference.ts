// The readable form of /api, from the table and the schemas that also make the OpenAPI document. Pure.
import type { z } from 'zod';
import type { ApiField, ApiGroup, ApiOperation } from '../../views/docs.tsx';
import { definitionOf, schemaOf } from '../api/json-schema.ts';
import type { Operation } from '../api/operation.ts';
import { operations } from '../api/operations.ts';

/** The little of JSON Schema that the API's schemas use. */
interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly example?: unknown;
}

/** Every operation, under its tag. @param publicUrl where the examples send their requests */
export function apiReference(publicUrl: string): readonly ApiGroup[] {
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  return tags.map((name) => ({
    name,
    operations: operations.filter(({ tag }) => tag === name).map((operation) => describe(operation, publicUrl)),
  }));
}

function describe(operation: Operation, publicUrl: string): ApiOperation {
  const { method, path, summary, credentials, success, errors } = operation;
  const body = operation.body === undefined ? {} : jsonSchema(operation.body);
  return {
    id: `${method}${path.replace(/[^A-Za-z]+/g, '-').replace(/-$/, '')}`,
    method: method.toUpperCase(),
    path,
    summary,
    credentials,
    query: operation.query === undefined ? [] : fieldsOf(schemaOf(operation.query) as JsonSchema, 'required'),
    body: fieldsOf(body, 'required'),
    success: {
      status: success.status,
      description: success.description,
      fields: fieldsOf(jsonSchema(success.schema), 'optional'),
    },
    errors: Object.entries(errors).map(([status, description]) => ({ status, description })),
    example: curl(operation, body, publicUrl),
  };
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return definitionOf(schema) as JsonSchema;
}

/** An object's fields, and below each those of what it holds; those that are `marked` say so. */
function fieldsOf(schema: JsonSchema, marked: 'required' | 'optional', prefix = ''): ApiField[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const isMarked = required.includes(name) === (marked === 'required');
    const field = {
      name: path,
      type: typeOf(property),
      ...(isMarked && property.default === undefined ? { presence: marked } : {}),
      ...(property.default === undefined ? {} : { default: JSON.stringify(property.default) }),
      ...(property.description === undefined ? {} : { description: property.description }),
    };
    return [field, ...fieldsOf(property, marked, `${path}.`), ...fieldsOf(property.items ?? {}, marked, `${path}[].`)];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.items !== undefined) return `array of ${typeOf(schema.items)}`;
  return schema.format ?? schema.type ?? 'any';
}

/** Parts of the path, and the credential, are variables of the shell. */
function curl({ method, path, credentials }: Operation, body: JsonSchema, publicUrl: string): string {
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`);
  const properties = Object.entries(body.properties ?? {});
  const example = Object.fromEntries(properties.map(([name, schema]) => [name, exampleOf(name, schema)]));
  return [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"${publicUrl}${url}"`,
    ...(credentials.length === 0 ? [] : ['-H "Authorization: Bearer $TEAMDAY_TOKEN"']),
    ...(properties.length === 0 ? [] : ['-H "Content-Type: application/json"', `-d '${JSON.stringify(example)}'`]),
  ].join(' \\\n  ');
}

function exampleOf(name: string, schema: JsonSchema): unknown {
  const given = schema.example ?? schema.default;
  if (given !== undefined) return given;
  return schema.items === undefined ? `<${name}>` : [exampleOf(name, schema.items)];
}
