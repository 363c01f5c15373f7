import { z } from 'zod';

/** The name under which a schema stands in the OpenAPI document. */
export function nameOf(schema: z.ZodType): string {
  const id = z.globalRegistry.get(schema)?.id;
  if (id === undefined) throw new Error('a schema of the API has no name');
  return id;
}

/** A schema without a name, such as that of a query, as JSON Schema. */
export function schemaOf(schema: z.ZodType): object {
  const { $schema: _dialect, ...definition } = z.toJSONSchema(schema, { io: 'input' });
  return definition;
}

/** A named schema as JSON Schema: its definition, where zod gives a reference to it. */
export function definitionOf(schema: z.ZodType): object {
  const { $schema: _dialect, $defs = {}, ...own } = z.toJSONSchema(schema, { io: 'input' });
  const { id: _id, ...definition } = $defs[nameOf(schema)] ?? own;
  return definition;
}
