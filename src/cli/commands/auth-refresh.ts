// `teamday auth refresh`: a new access token now, instead of when the old one is about to end.
import type { Command } from 'commander';
import { readConfig } from '../config-file.ts';
import { tokenVariable } from '../credentials.ts';
import { noTokenError, usageError } from '../errors.ts';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import { sessionOf } from '../saved-config.ts';
import { renewSession } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { timeLeft } from '../time-left.ts';

export function addRefreshCommand(auth: Command, io: Io, terminal: Terminal): void {
  auth
    .command('refresh')
    .summary('renew the access token now')
    .description('Renew the access token of your sign-in now. Commands do it by themselves when it is due.')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('teamday auth refresh'))
    .action(async () => await refresh(io, terminal));
}

async function refresh(io: Io, terminal: Terminal): Promise<void> {
  const config = readConfig(io);
  const session = sessionOf(config, io.clock);
  if (session === undefined) {
    if (config.apiToken === undefined && tokenVariable(io) === undefined) throw noTokenError();
    throw usageError('A personal access token is not renewed: it is valid until it expires or is revoked', [
      'To sign in with your browser instead:',
      '  teamday auth login',
    ]);
  }
  const { expiresAt } = await renewSession(io, session);
  terminal.result({ accessTokenExpiresAt: io.clock.iso(expiresAt) }, () => {
    terminal.success('Access token refreshed');
    terminal.say();
    terminal.say(`Access Token: Valid (expires in ${timeLeft(expiresAt - io.clock.now())})`);
  });
  const source = tokenVariable(io);
  if (source !== undefined) terminal.warn(`${source} is set and goes before this sign-in.`);
}
