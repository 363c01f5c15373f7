// The query of a list that comes page by page.
import { z } from 'zod';

export const CURSOR_RULE = 'cursor must be the nextCursor of an answer before';
const CURSOR = 'nextCursor of the page before';

const text = z.string({ error: CURSOR_RULE }).max(100, CURSOR_RULE);

/** @param cursor what a cursor of this list looks like; otherwise any short text */
export function paging(most: number, usual: number, cursor: z.ZodType<string> = text) {
  const rule = `limit must be a whole number from 1 to ${most}`;
  return {
    cursor: cursor.optional().meta({ description: CURSOR }),
    limit: z.coerce
      .number({ error: rule })
      .int(rule)
      .min(1, rule)
      .max(most, rule)
      .default(usual)
      .meta({ description: `So many on a page: 1 to ${most}` }),
  };
}
