// `teamday auth login`: the device login (RFC 8628) from the person's side.
import type { Command } from 'commander';
import { PUBLISHED_SERVER } from '../../oauth/published-server.ts';
import { ApiClient } from '../api-client.ts';
import { offerPage } from '../browser.ts';
import {
  configPath,
  readConfig,
  setUnreadableAside,
  UnreadableConfig,
  updateConfig,
  withConfigLock,
} from '../config-file.ts';
import { tokenVariable } from '../credentials.ts';
import { waitForApproval } from '../device-flow.ts';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import { requestDeviceCode } from '../oauth-client.ts';
import { endReplacedSession } from '../replaced-session.ts';
import { serverOf, sessionFrom, sessionOf, type Tokens, withoutCredentials, withSession } from '../saved-config.ts';
import { serverFromEnvironment } from '../server-url.ts';
import { noteUser } from '../session.ts';
import type { Terminal } from '../terminal.ts';

interface LoginOptions {
  readonly io: Io;
  readonly terminal: Terminal;
  /** Nothing is opened; the person goes to the page and types the code. */
  readonly manual: boolean;
}

export function addLoginCommand(auth: Command, io: Io, terminal: Terminal): void {
  auth
    .command('login')
    .summary('sign in with your browser')
    .description(
      'Sign in with your browser. The sign-in lasts 90 days and renews itself; an earlier one on this machine is replaced.',
    )
    .option('--manual', 'open no browser: go to the page yourself, on any device, and type the code')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        'teamday auth login',
        'teamday auth login --manual',
        'TEAMDAY_URL=https://id.example.com teamday auth login',
      ),
    )
    .action(async (flags: { manual?: true }) => {
      await login({ io, terminal, manual: flags.manual ?? false });
    });
}

async function login({ io, terminal, manual }: LoginOptions): Promise<void> {
  const server = await serverFor(io);
  terminal.say('Initiating authentication...');
  const device = await requestDeviceCode(io, server);
  const page = manual ? device.verificationUri : device.verificationUriComplete;
  terminal.say();
  terminal.say('Please open this URL in your browser:');
  terminal.say(page);
  terminal.say();
  terminal.say(
    `${manual ? 'Enter this code there' : 'Check that the page shows this code'}: ${device.userCode}`,
    'bold',
  );
  terminal.say();
  const stopSpinner = terminal.spin('Waiting for authorization...');
  if (!manual) await offerPage(io, page);
  const complain = () => {
    stopSpinner();
    terminal.say(`Can't reach ${server}, trying again …`, 'yellow');
  };
  const tokens = await waitForApproval(io, server, device, complain).finally(stopSpinner);
  await finish(io, terminal, server, tokens);
}

/** Saves the tokens before anything else is asked for: from then on the sign-in can't be lost. */
async function finish(io: Io, terminal: Terminal, server: string, tokens: Tokens): Promise<void> {
  const aside = await setUnreadableAside(io);
  if (aside !== undefined) terminal.warn(`The file that could not be read is kept as ${aside}`);
  const session = sessionFrom(server, tokens, io.clock);
  const before = await updateConfig(io, (config) => withSession(withoutCredentials(config), session, io.clock));
  terminal.say();
  terminal.success('Authentication successful!');

  const client = new ApiClient(io, { kind: 'session', server, source: configPath(io), session });
  const profile = await client.profile();
  await noteUser(io, client.credential, profile);
  terminal.result({ server, ...profile }, () => {
    terminal.say();
    terminal.say(`You are now logged in as: ${profile.user.email}`);
    terminal.say(`Organization: ${profile.organization.name}`);
  });
  const source = tokenVariable(io);
  if (source !== undefined) terminal.warn(`${source} is set and still goes before this sign-in.`);
  await endReplacedSession(io, terminal, sessionOf(before, io.clock));
}

/**
 * Looks at the file under its lock, so that a place that can't be used is found out before the person is sent to
 * the browser. A file that can't be understood names no server; the sign-in will replace it.
 */
async function serverFor(io: Io): Promise<string> {
  const saved = await withConfigLock(io, async () => {
    try {
      return serverOf(readConfig(io));
    } catch (error) {
      if (error instanceof UnreadableConfig) return PUBLISHED_SERVER;
      throw error;
    }
  });
  return serverFromEnvironment(io) ?? saved;
}
