// `teamday auth set-key`: keeps a personal access token or an organization's token, in place of a sign-in.
import type { Command } from 'commander';
import { parseToken } from '../../oauth/token-format.ts';
import { configPath, readConfig, updateConfig } from '../config-file.ts';
import { kindMeant, pageOf, tokenVariable } from '../credentials.ts';
import { usageError } from '../errors.ts';
import { examples, JSON_OPTION } from '../help.ts';
import { askHidden, readAll } from '../input.ts';
import type { Io } from '../io.ts';
import { endReplacedSession } from '../replaced-session.ts';
import { serverOf, sessionOf, withoutCredentials } from '../saved-config.ts';
import { serverFromEnvironment } from '../server-url.ts';
import type { Terminal } from '../terminal.ts';

interface SetKeyOptions {
  readonly io: Io;
  readonly terminal: Terminal;
  /** The token, `-` for standard input, undefined to ask for it. */
  readonly key: string | undefined;
}

export function addSetKeyCommand(auth: Command, io: Io, terminal: Terminal): void {
  auth
    .command('set-key')
    .summary('save a personal access token')
    .description(
      'Save a personal access token (td_…) or an organization API token (otk_…) to use instead of a sign-in.\n\n' +
        'Without an argument it is asked for and not shown. An argument may stay in the history of your shell.',
    )
    .argument('[token]', 'the token, or - to read it from standard input')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('teamday auth set-key', 'teamday auth set-key - < token.txt', 'teamday auth set-key "td_…"'),
    )
    .action(async (key: string | undefined) => {
      await setKey({ io, terminal, key });
    });
}

async function setKey({ io, terminal, key }: SetKeyOptions): Promise<void> {
  const apiToken = (await readKey(io, key)).trim();
  const parsed = parseToken(apiToken);
  if (parsed === undefined) {
    throw usageError('This is not a whole TeamDay token: it is cut or mistyped. Nothing was saved', [
      `A token is td_ or otk_ and 43 characters. Copy it again, or create a new one in ${pageOf(kindMeant(apiToken))}.`,
    ]);
  }
  const server = serverFromEnvironment(io) ?? serverOf(readConfig(io));
  const before = await updateConfig(io, (config) => ({ ...withoutCredentials(config), url: server, apiToken }));

  terminal.result({ kind: parsed.kind, server, path: configPath(io) }, () => {
    terminal.success(`Token saved in ${configPath(io)}`);
    terminal.say();
    terminal.say(`It will be sent to ${server} only. To see whose it is:`);
    terminal.say('  teamday auth status');
  });
  const source = tokenVariable(io);
  if (source !== undefined) terminal.warn(`${source} is set and still goes before it.`);
  await endReplacedSession(io, terminal, sessionOf(before, io.clock));
}

async function readKey(io: Io, key: string | undefined): Promise<string> {
  if (key === '-') return await readAll(io);
  if (key !== undefined) return key;
  if (io.stdin.isTTY) return await askHidden(io, 'Paste your token (it is not shown): ');
  throw usageError('There is no terminal to ask for the token on', [
    'Pass it through standard input:',
    '  teamday auth set-key - < token.txt',
  ]);
}
