// SQL of people whose password is being changed.
import { first, type Queryable } from '../database/database.ts';

/** Null: disabled, or without password. */
export async function findPasswordHash(on: Queryable, personId: string): Promise<string | null> {
  return (
    first(
      await on.query<{ passwordHash: string | null }>(
        'SELECT password_hash AS "passwordHash" FROM people WHERE id = $1 AND disabled_at IS NULL',
        [personId],
      ),
    )?.passwordHash ?? null
  );
}

export interface PersonOfPassword {
  readonly id: string;
  readonly email: string;
  readonly locale: 'en' | 'cs';
  readonly passwordHash: string | null;
}

/** Takes the person's row for this transaction alone: the first lock of all, as for whoever ends all of theirs. */
export async function lockPersonForPassword(
  transaction: Queryable,
  whose: { readonly id: string } | { readonly email: string },
): Promise<PersonOfPassword | undefined> {
  const [column, value] = 'id' in whose ? (['id', whose.id] as const) : (['email', whose.email] as const);
  return first(
    await transaction.query<PersonOfPassword>(
      `SELECT id, email, locale, password_hash AS "passwordHash" FROM people WHERE ${column} = $1 FOR NO KEY UPDATE`,
      [value],
    ),
  );
}
