// teamday-identity serve: starts the server, in this process or in several workers, makes the first account where there
// is none, stops on signals.
import cluster from 'node:cluster';
import type { Logger } from 'pino';
import { createSetUp, type SetUp } from '../accounts/set-up.ts';
import { systemClock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import { newSecret } from '../digest.ts';
import { countForWorkers, createClusterCounters } from '../http/rate-counter-cluster.ts';
import { createLog } from '../log.ts';
import { listenForWorkers } from '../metrics.ts';
import { type ServerOptions, startServer } from '../server.ts';
import { withDatabase } from './with-database.ts';
import { startWorkers } from './workers.ts';

export async function serve(): Promise<void> {
  const config = loadConfig();
  const log = createLog(config);
  if (config.workers === 1) await serveAlone(config, log);
  else if (cluster.isPrimary) await serveByWorkers(config, log);
  else await serveAsWorker(config, log);
}

async function serveAlone(config: Config, log: Logger): Promise<void> {
  const server = await startServer(config, log, mailsOf(config));
  stopOnSignals(log, () => server.close(), exitAtOnce);
  await greet(server.services.setUp, config);
}

/** The primary of several: what is said or counted once is said and counted here. */
async function serveByWorkers(config: Config, log: Logger): Promise<void> {
  countForWorkers();
  const { metricsPort, host } = config;
  const metrics = metricsPort === undefined ? undefined : await listenForWorkers(metricsPort, host);
  const workers = startWorkers(config.workers, log, exitAtOnce);
  const closeMetrics = () => {
    metrics?.close();
    metrics?.closeAllConnections();
  };
  stopOnSignals(log, async () => await (await workers).stop().finally(closeMetrics), exitAtOnce);
  await workers.catch((error: unknown) => {
    closeMetrics();
    throw error;
  });
  await withDatabase((database) => greet(createSetUp(database, systemClock), config));
}

/** One of several. It is stopped once, whoever else was sent the same signal: Ctrl-C reaches all processes. */
async function serveAsWorker(config: Config, log: Logger): Promise<void> {
  const own = { ...config, metricsPort: undefined };
  const server = await startServer(own, log, { ...mailsOf(config), counters: createClusterCounters() }).catch(
    (error: unknown) => {
      cluster.worker?.disconnect(); // the channel to the primary would keep this process alive
      throw error;
    },
  );
  server.services.metrics.shareWithPrimary();
  const ownLog = log.child({ worker: cluster.worker?.id });
  stopOnSignals(
    ownLog,
    () => server.close(),
    () => {},
  );
}

/** Whoever tries the server out finds invitations in the terminal; in production their links are shown nowhere. */
function mailsOf({ production }: Config): ServerOptions {
  return production ? {} : { showMail: ({ to, subject, text }) => say(`\nMail to ${to}: ${subject}\n\n${text}`) };
}

async function greet(setUp: SetUp, config: Config): Promise<void> {
  const firstStart = await makeFirst(setUp, config);
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

function stopOnSignals(log: Logger, stop: () => Promise<void>, onAnother: () => void): void {
  let stopping = false;
  const onSignal = (signal: string) => {
    if (stopping) {
      onAnother();
      return;
    }
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

/** A primary's workers end with it. */
function exitAtOnce(): void {
  process.exit(1);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
