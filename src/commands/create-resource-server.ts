import { readFileSync } from 'node:fs';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { CLIENT_ID, createResourceServers } from '../clients/resource-server.ts';
import { systemClock } from '../clock.ts';
import { CommandProblem } from './report-failure.ts';
import { OPERATOR, print, withDatabase } from './with-database.ts';

export async function createResourceServer(options: {
  id: string;
  services?: string;
  jwksFile?: string;
  rateLimit?: boolean;
  inactiveReason?: boolean;
  json?: boolean;
}): Promise<void> {
  const { id } = options;
  if (!CLIENT_ID.test(id)) throw new CommandProblem('--id must be up to 64 letters, digits, dots, _ or -');
  const services = (options.services ?? '')
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '');
  const jwks = options.jwksFile === undefined ? undefined : readJwks(options.jwksFile);

  const created = await withDatabase(async (database, config) => {
    const unknown = services.filter((service) => !Object.hasOwn(config.services, service));
    if (unknown.length > 0) {
      throw new CommandProblem(
        `unknown service ${unknown.join(', ')}: config/services.json has ${Object.keys(config.services).join(', ')}`,
      );
    }
    return await createResourceServers(database, systemClock).create(
      {
        id,
        services,
        jwks,
        countsRequests: options.rateLimit === true,
        tellsReasons: options.inactiveReason === true,
      },
      OPERATOR,
    );
  });
  if (created === false) throw new CommandProblem(`there is a resource server ${id} already`);

  const secret = created.secret?.reveal();
  print(
    options.json,
    { client_id: id, ...(secret === undefined ? {} : { client_secret: secret }) },
    secret === undefined
      ? `client_id      ${id}`
      : `client_id      ${id}\nclient_secret  ${secret}\n\nThe secret is shown this once: store it now.`,
  );
}

function readJwks(file: string): JSONWebKeySet {
  try {
    const jwks = JSON.parse(readFileSync(file, 'utf8')) as JSONWebKeySet;
    createLocalJWKSet(jwks); // throws for what is no JWK Set
    if (jwks.keys.length === 0) throw new Error('it has no keys');
    if (jwks.keys.some((key) => 'd' in key || 'k' in key))
      throw new Error('it holds private keys; give the public parts only');
    return jwks;
  } catch (error) {
    throw new CommandProblem(`--jwks-file ${file}: ${(error as Error).message}`);
  }
}
