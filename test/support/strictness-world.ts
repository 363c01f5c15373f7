// Three instances of the built server on one Postgres and one Redis, each with cables of its own to both, and the people
// who use them.
import { createAccounts } from '../../src/accounts/accounts.ts';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import type { Role } from '../../src/oauth/roles.ts';
import type { Backend } from './backends.ts';
import { type IdentityProcess, startIdentityProcess } from './identity-process.ts';
import { type Door, openDoor } from './strictness-door.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface Instance {
  readonly name: string;
  readonly url: string;
  readonly process: IdentityProcess;
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy;
  readonly door: Door;
}

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly organizationId: string;
  readonly role: Role;
}

export interface World {
  readonly instances: readonly Instance[];
  readonly backend: Backend;
  /** Authorization of the service that introspects. */
  readonly authorization: string;
  /** Runs `teamday-identity …`. @throws when it failed */
  runCommand(args: readonly string[], stdin?: string): Promise<string>;
  addPerson(role: Role): Promise<Person>;
  /** Authorization of one more service. */
  addResourceServer(id: string): Promise<string>;
  close(): Promise<void>;
}

export const ORGANIZATION = 'org_acme';
const OPERATOR = { credential: 'test' };
const PASSWORD = 'correct horse battery';
/** The issuer of all three. Nobody goes there. */
const PUBLIC_URL = 'http://identity.example';
const PLENTY = { points: 1_000_000, seconds: 1 };

/** @param backend belongs to whoever made it */
export async function startWorld(backend: Backend): Promise<World> {
  const database = await openDatabase({ databaseUrl: backend.env['DATABASE_URL'], dataDir: '' });
  await database.migrate();
  const accounts = createAccounts(database, systemClock);
  await accounts.createOrganization({ id: ORGANIZATION, name: 'Acme Corp' }, OPERATOR);
  let serial = 0;

  async function addPerson(role: Role): Promise<Person> {
    serial += 1;
    const person = { email: `p${serial}@acme.example`, password: PASSWORD, organizationId: ORGANIZATION, role };
    const created = await accounts.createPerson({ ...person, name: `Person ${serial}` }, OPERATOR);
    if (created.outcome !== 'created') throw new Error(created.outcome);
    return { ...person, id: created.id };
  }

  // Somebody is there before the first start, and one instance before the others: it makes the keys.
  await addPerson('admin');
  const first = await startInstance('A', backend);
  const [authorization, ...others] = await Promise.all([
    addResourceServer('newsletter'),
    ...['B', 'C'].map((name) => startInstance(name, backend)),
  ] as const);
  const instances = [first, ...others];

  async function addResourceServer(id: string): Promise<string> {
    // Its introspections count as requests, so that Redis has a part in them.
    const options = ['--id', id, '--rate-limit', '--json'];
    const created = JSON.parse(await first.process.runCommand(['resource-servers', 'create', ...options]));
    return `Basic ${Buffer.from(`${id}:${created.client_secret}`).toString('base64')}`;
  }

  return {
    instances,
    backend,
    authorization,
    runCommand: first.process.runCommand,
    addPerson,
    addResourceServer,
    async close() {
      for (const { door, process: server, postgres, redis } of instances) {
        door.close();
        process.kill(server.pid, 'SIGCONT');
        await Promise.all([postgres.heal(), redis.heal()]);
      }
      await Promise.all(instances.map(({ process: server }) => server.kill()));
      for (const { process: server } of instances) await server.stop();
      await Promise.all(instances.flatMap(({ postgres, redis }) => [postgres.close(), redis.close()]));
      await database.close();
    },
  };
}

async function startInstance(name: string, backend: Backend): Promise<Instance> {
  const postgres = await startTcpProxy(backend.env['DATABASE_URL'] ?? '');
  const redis = await startTcpProxy(backend.env['REDIS_URL'] ?? '');
  const server = await startIdentityProcess({
    backend,
    env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url, PUBLIC_URL, LOG_LEVEL: 'error' },
    settings: (given) => ({
      ...given,
      accessToken: { lifetimeSeconds: 3_600 }, // longer than the test
      limits: plenty(given.limits),
      requestLimits: plenty(given.requestLimits),
    }),
  });
  return { name, url: server.url, process: server, postgres, redis, door: openDoor(server.url) };
}

function plenty<Limits extends object>(limits: Limits): Limits {
  return Object.fromEntries(Object.keys(limits).map((name) => [name, PLENTY])) as Limits;
}
