import { DatabaseUnavailable } from '../database/database.ts';

/**
 * The result of `work`, if it comes in time.
 * @throws DatabaseUnavailable when it doesn't: who asks is told so now instead of waiting with us for a database that hangs
 */
export function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(
      () => reject(new DatabaseUnavailable(`no answer within ${milliseconds} ms`)),
      milliseconds,
    );
    work.then(resolve, reject).finally(() => clearTimeout(patience));
  });
}
