import { createResourceServers } from '../clients/resource-server.ts';
import { systemClock } from '../clock.ts';
import { CommandProblem } from './report-failure.ts';
import { OPERATOR, print, withDatabase } from './with-database.ts';

export async function removeResourceServer({ id }: { id: string }): Promise<void> {
  const removed = await withDatabase((database) => createResourceServers(database, systemClock).remove(id, OPERATOR));
  if (!removed) throw new CommandProblem(`there is no resource server ${id}`);
  print(undefined, {}, `Removed ${id}: it can't introspect any more.`);
}
