// A whole server in the test's own process, on a database of its own: so that a test can slow its database down and
// move the clock (vi.setSystemTime). Tests of what a process does (signals, kill -9, the log) use identity-process.ts.
import { addMembership } from '../../src/accounts/accounts.ts';
import { createResourceServers } from '../../src/clients/resource-server.ts';
import { type Config, type FirstPartyClient, loadConfig, type Settings } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import type { Role } from '../../src/oauth/roles.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server.ts';
import { createBackend } from './backends.ts';
import { freePort } from './free-port.ts';
import { registerSecret, searchForSecrets } from './secrets-at-rest.ts';

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
  addResourceServer(
    id?: string,
    registration?: { countsRequests?: boolean; tellsReasons?: boolean },
  ): Promise<{ id: string; secret: string; authorization: string }>;
  /** A second instance on the same database. */
  another(options?: IdentityOptions): Promise<RunningServer>;
  /** Ends every instance, searches what they leave behind for secrets, and removes it. */
  close(): Promise<void>;
}

export interface IdentityOptions extends ServerOptions {
  /** Environment beside what the backend sets. */
  env?: Readonly<Record<string, string>>;
  settings?: (settings: Settings) => Settings;
  /** First-party clients beside those of config/clients.json. */
  clients?: readonly FirstPartyClient[];
}

const OPERATOR = { credential: 'test' };
let serial = 0;

export async function startIdentity(options: IdentityOptions = {}): Promise<Identity> {
  const backend = await createBackend();
  const logged: string[] = [];
  const log = createLog({ logLevel: 'info', production: true }, { write: (line: string) => logged.push(line) });
  const configFor = async ({ env = {}, settings = (given: Settings) => given, clients = [] }: IdentityOptions) => {
    const config = loadConfig({ ...backend.env, ...env, PORT: String(await freePort()) });
    return { ...config, settings: settings(config.settings), clients: [...config.clients, ...clients] };
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
      const number = serial; // before anybody else's turn
      const organization = organizationId ?? (await identity.addOrganization());
      const person = {
        email: email ?? `ada-${number}@acme.example`,
        name,
        password: `correct horse ${number} battery`,
      };
      registerSecret('password', person.password);
      const created = await accounts.createPerson({ ...person, organizationId: organization, role }, OPERATOR);
      if (created.outcome !== 'created') throw new Error(created.outcome);
      return { ...person, id: created.id, organizationId: organization };
    },

    async join(person, organizationId, role = 'member') {
      await database.transaction((t) => addMembership(t, person.id, organizationId, role, OPERATOR, clock.now()));
    },

    async addResourceServer(given, { countsRequests = false, tellsReasons = false } = {}) {
      serial += 1;
      const id = given ?? `service-${serial}`;
      const created = await createResourceServers(database, clock).create(
        { id, services: ['newsletter'], countsRequests, tellsReasons },
        OPERATOR,
      );
      if (created === false || created.secret === undefined) throw new Error('not created');
      const secret = created.secret.reveal();
      const credentials = Buffer.from(`${id}:${secret}`).toString('base64');
      registerSecret('client secret', secret);
      registerSecret('Authorization header', credentials);
      return { id, secret, authorization: `Basic ${credentials}` };
    },

    async another(more = {}) {
      if (backend.kind === 'embedded') throw new Error('the embedded database serves one process');
      const other = await configFor({ ...options, ...more });
      const running = await startServer({ ...other, publicUrl: config.publicUrl }, log, more);
      others.push(running);
      return running;
    },

    async close() {
      try {
        for (const other of others) await other.close();
        await server.close();
        await searchForSecrets(backend.env, { 'the log': logged.join('') });
      } finally {
        await backend.dispose();
      }
    },
  };
  return identity;
}
