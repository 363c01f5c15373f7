// `teamday auth logout`: ends the sign-in on its server, then forgets it here.
import type { Command } from 'commander';
import { readConfig, withConfigLock, writeConfig } from '../config-file.ts';
import { tokenVariable } from '../credentials.ts';
import { CliError, EXIT } from '../errors.ts';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import { revokeSession } from '../oauth-client.ts';
import { type SavedSession, sessionOf, withoutCredentials } from '../saved-config.ts';
import type { Terminal } from '../terminal.ts';

interface LogoutOptions {
  readonly io: Io;
  readonly terminal: Terminal;
  /** Forgets the tokens without asking the server. */
  readonly local: boolean;
}

export function addLogoutCommand(auth: Command, io: Io, terminal: Terminal): void {
  auth
    .command('logout')
    .summary('sign out')
    .description('End the sign-in on the server, then delete its tokens from this machine.')
    .option('--local', 'only delete the tokens from this machine; the sign-in stays alive on the server')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('teamday auth logout', 'teamday auth logout --local'))
    .action(async (flags: { local?: true }) => {
      await logout({ io, terminal, local: flags.local ?? false });
    });
}

async function logout({ io, terminal, local }: LogoutOptions): Promise<void> {
  // Under the lock from reading to deleting: no command that runs meanwhile can renew what is being revoked.
  const { session, apiToken } = await withConfigLock(io, async () => {
    const config = readConfig(io);
    const session = sessionOf(config, io.clock);
    if (session !== undefined && !local) await revoke(io, session);
    writeConfig(io, withoutCredentials(config));
    return { session, apiToken: config.apiToken };
  });

  const signedOut = session !== undefined || apiToken !== undefined;
  const revoked = session !== undefined && !local;
  terminal.result({ signedOut, revoked }, () => {
    if (!signedOut) terminal.say('You are not signed in.');
    else if (revoked) terminal.success('You are signed out.');
    else terminal.success('The tokens are deleted from this machine.');
  });
  if (session !== undefined && local) {
    terminal.warn(`The sign-in stays alive on ${session.url}. You can end it there, in Settings → API Keys.`);
  }
  if (apiToken !== undefined) {
    terminal.warn('The token you had saved stays valid. You can revoke it in Settings → API Keys.');
  }
  const source = tokenVariable(io);
  if (source !== undefined) terminal.warn(`${source} is set and still applies. To drop it: unset ${source}`);
}

/** Whoever signs out must be able to rely on it: unless the server confirms, nothing is deleted. */
async function revoke(io: Io, session: SavedSession): Promise<void> {
  try {
    await revokeSession(io, session);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(EXIT.failure, `You are still signed in: the server has not confirmed the end of your sign-in`, {
      details: [error.message, ...error.details],
      next: ['Try again later, or delete the tokens from this machine only:', '  teamday auth logout --local'],
    });
  }
}
