// teamday-identity serve: starts the server, makes the first account where there is none, stops on signals.
import type { Logger } from 'pino';
import type { SetUp } from '../accounts/set-up.ts';
import { type Config, loadConfig } from '../config.ts';
import { newSecret } from '../digest.ts';
import { createLog } from '../log.ts';
import { startServer } from '../server.ts';

export async function serve(): Promise<void> {
  const config = loadConfig();
  const log = createLog(config);
  const server = await startServer(config, log);
  stopOnSignals(log, () => server.close());
  const firstStart = await makeFirst(server.services.setUp, config);
  say(`TeamDay Identity is ready at ${config.publicUrl}\n${firstStart}`);
  if (!config.production) say(`Sign in from a terminal:\n  TEAMDAY_URL=${config.publicUrl} npx teamday auth login\n`);
}

/** On an empty database: who can sign in first, said once. Nothing to say otherwise. */
async function makeFirst(setUp: SetUp, config: Config): Promise<string> {
  if (config.production) {
    const token = await setUp.createLink();
    if (token === undefined) return await nobodyHint(setUp);
    const link = `${config.publicUrl}/set-up?token=${token.reveal()}`;
    return `\nNobody can sign in yet. Open this link within an hour, once:\n  ${link}\nor run: npx teamday-identity users create --help\n`;
  }
  const { organization, person } = config.demo;
  const password = newSecret().replaceAll(/[-_]/g, '').slice(0, 16);
  const created = await setUp.createFirst(organization, { ...person, password }, person.role);
  if (!created) return await nobodyHint(setUp);
  return `\nFirst start: the organization ${organization.name} was made, with one person to sign in as:\n  Email:    ${person.email}\n  Password: ${password}\nThe password is shown this once.\n`;
}

async function nobodyHint(setUp: SetUp): Promise<string> {
  if (!(await setUp.hasNobody())) return '';
  return '\nNobody can sign in yet. Make the first person with:\n  npx teamday-identity users create --help\n';
}

function stopOnSignals(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: string) => {
    if (stopping) process.exit(1); // asked twice: at once
    stopping = true;
    log.info({ signal }, 'stopping');
    stop().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
