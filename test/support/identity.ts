// A whole server in the test's own process, on a database of its own: so that a test can slow its database down and
// move the clock (vi.setSystemTime). Tests of what a process does (signals, kill -9, the log) use identity-process.ts.
import pino from 'pino';
import { addMembership } from '../../src/accounts/accounts.ts';
import { createResourceServers } from '../../src/clients/resource-server.ts';
import { type Config, loadConfig, type Settings } from '../../src/config.ts';
import type { Role } from '../../src/oauth/roles.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server.ts';
import { createBackend } from './backends.ts';
import { freePort } from './free-port.ts';

export interface TestPerson {
  id: string;
  email: string;
  password: string;
  organizationId: string;
}

export interface Identity {
  readonly url: string;
  readonly config: Config;
  readonly services: RunningServer['services'];
  /** Everything it logged, one JSON line each. */
  readonly logged: string[];
  addOrganization(name?: string): Promise<string>;
  /** A person of a new organization, unless told which. */
  addPerson(options?: { organizationId?: string; role?: Role; email?: string; name?: string }): Promise<TestPerson>;
  join(person: TestPerson, organizationId: string, role?: Role): Promise<void>;
  /** Authorization header of a new resource server. */
  addResourceServer(id?: string): Promise<{ id: string; secret: string; authorization: string }>;
  /** A second instance on the same database. */
  another(options?: IdentityOptions): Promise<RunningServer>;
  close(): Promise<void>;
}

export interface IdentityOptions extends ServerOptions {
  settings?: (settings: Settings) => Settings;
}

const OPERATOR = { credential: 'test' };
let serial = 0;

export async function startIdentity(options: IdentityOptions = {}): Promise<Identity> {
  const backend = await createBackend();
  const logged: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => logged.push(line) });
  const configFor = async ({ settings = (given: Settings) => given }: IdentityOptions) => {
    const config = loadConfig({ ...backend.env, PORT: String(await freePort()) });
    return { ...config, settings: settings(config.settings) };
  };
  const config = await configFor(options);
  const server = await startServer(config, log, options);
  const others: RunningServer[] = [];
  const { accounts, database, clock } = server.services;

  const identity: Identity = {
    url: config.publicUrl,
    config,
    services: server.services,
    logged,

    async addOrganization(name = 'Acme Corp') {
      serial += 1;
      const id = `org_${serial}_${Math.random().toString(36).slice(2)}`;
      await accounts.createOrganization({ id, name }, OPERATOR);
      return id;
    },

    async addPerson({ organizationId, role = 'member', email, name = 'Ada Lovelace' } = {}) {
      serial += 1;
      const organization = organizationId ?? (await identity.addOrganization());
      const person = {
        email: email ?? `ada-${serial}@acme.example`,
        name,
        password: `correct horse ${serial} battery`,
      };
      const created = await accounts.createPerson({ ...person, organizationId: organization, role }, OPERATOR);
      if (created.outcome !== 'created') throw new Error(created.outcome);
      return { ...person, id: created.id, organizationId: organization };
    },

    async join(person, organizationId, role = 'member') {
      await database.transaction((t) => addMembership(t, person.id, organizationId, role, OPERATOR, clock.now()));
    },

    async addResourceServer(given) {
      serial += 1;
      const id = given ?? `service-${serial}`;
      const created = await createResourceServers(database, clock).create(id, ['newsletter'], undefined, OPERATOR);
      if (created === false || created.secret === undefined) throw new Error('not created');
      const secret = created.secret.reveal();
      return { id, secret, authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
    },

    async another(more = {}) {
      if (backend.kind === 'embedded') throw new Error('the embedded database serves one process');
      const other = await configFor({ ...options, ...more });
      const running = await startServer({ ...other, publicUrl: config.publicUrl }, log, more);
      others.push(running);
      return running;
    },

    async close() {
      for (const other of others) await other.close();
      await server.close();
      await backend.dispose();
    },
  };
  return identity;
}
