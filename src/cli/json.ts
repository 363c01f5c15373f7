// Looking into JSON that somebody else wrote.

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field's text; throws a TypeError that names the field. */
export function stringField(record: Record<string, unknown>, name: string): string {
  const value = record[name];
  if (typeof value !== 'string' || value === '') throw new TypeError(`"${name}" is missing or not a text`);
  return value;
}

/** A field's time, ISO 8601; throws a TypeError that names the field. */
export function timeField(record: Record<string, unknown>, name: string): string {
  const value = stringField(record, name);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) throw new TypeError(`"${name}" is not a time`);
  return value;
}

/** A field's time, or `null` where the field says so; throws a TypeError that names the field. */
export function timeOrNull(record: Record<string, unknown>, name: string): string | null {
  return record[name] === null ? null : timeField(record, name);
}

/** A field's number; throws a TypeError that names the field. */
export function numberField(record: Record<string, unknown>, name: string): number {
  const value = record[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`"${name}" is missing or not a number`);
  return value;
}

/** A field's object; throws a TypeError that names the field. */
export function recordField(record: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = record[name];
  if (!isRecord(value)) throw new TypeError(`"${name}" is missing or not an object`);
  return value;
}
