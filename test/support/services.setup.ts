// Before the projects on Postgres and Redis: fails the run where either is away, instead of every test in it.
import { missingServices } from './services.ts';

export default async function setup(): Promise<void> {
  const missing = await missingServices();
  if (missing.length > 0) throw new Error(missing.join('\n'));
}
