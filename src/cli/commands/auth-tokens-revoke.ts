// `teamday auth tokens revoke ID` or `--all`: the end of personal access tokens.
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import { updateConfig } from '../config-file.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { examples, JSON_OPTION } from '../help.ts';
import { confirm, isAskable } from '../input.ts';
import type { Io } from '../io.ts';
import { withoutToken } from '../saved-config.ts';
import type { Terminal } from '../terminal.ts';
import {
  isInUse,
  LIST_TOKENS,
  listTokens,
  revokeAllTokens,
  revokeToken,
  type TokenEntry,
  tokenById,
} from '../tokens.ts';
import { withClient } from '../with-client.ts';

type Chosen = Pick<TokenEntry, 'id'> & Partial<TokenEntry>;

interface RevokeOptions {
  readonly io: Io;
  readonly terminal: Terminal;
  /** Or its beginning; undefined for all. */
  readonly id: string | undefined;
  /** Asks nothing. */
  readonly yes: boolean;
}

export function addRevokeTokenCommand(tokens: Command, io: Io, terminal: Terminal): void {
  tokens
    .command('revoke')
    .summary('revoke tokens')
    .description(
      'Revoke a personal access token, or all of yours. It stops working at once and cannot be brought back.\n\n' +
        'On a terminal you are asked first. Elsewhere an id is enough, and --all takes --yes as well. ' +
        '--all revokes all of them together or, should that fail, none.',
    )
    .argument('[id]', 'the id of the token, or an unambiguous beginning of it')
    .option('--all', 'revoke all that teamday auth tokens list shows')
    .option('--yes', 'ask nothing')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('teamday auth tokens revoke tok_4Fk2', 'teamday auth tokens revoke --all --yes'))
    .action(async (id: string | undefined, { all = false, yes = false }: { all?: boolean; yes?: boolean }) => {
      if (all === (id !== undefined)) throw usageError('Give the id of one token, or --all', LIST_TOKENS);
      await revoke({ io, terminal, id, yes });
    });
}

async function revoke({ io, terminal, id, yes }: RevokeOptions): Promise<void> {
  if (id === undefined && !yes && !isAskable(io)) {
    throw usageError('There is no terminal to ask on whether all your tokens shall be revoked', [
      'If you mean it:',
      '  teamday auth tokens revoke --all --yes',
    ]);
  }
  await withClient(io, terminal, async (client) => {
    const tokens = await listTokens(client);
    // The server knows more than the list: one that was revoked before, or has long expired.
    const chosen = id === undefined ? inUseLast(client, tokens) : [tokenById(tokens, id) ?? { id }];
    if (chosen.length > 0 && !yes && isAskable(io)) await makeSure(io, terminal, client, chosen);
    const revoked = id === undefined ? await revokeAll(client, chosen) : await revokeOne(client, chosen);
    for (const token of revoked) {
      terminal.success(`Revoked: ${labelOf(token)}`);
      if (isInUse(client, token)) await forget(io, terminal, client);
    }
    terminal.result({ revoked: revoked.map((token) => token.id) }, () => {
      if (revoked.length === 0) terminal.say('You have no personal access tokens.');
      else if (id === undefined)
        terminal.say(`${revoked.length === 1 ? '1 token' : `${revoked.length} tokens`} revoked.`);
    });
  });
}

async function revokeOne(client: ApiClient, chosen: readonly Chosen[]): Promise<readonly Chosen[]> {
  for (const { id } of chosen) await revokeToken(client, id);
  return chosen;
}

/** Also those that were made while the person was thinking: of these only the id is known. */
async function revokeAll(client: ApiClient, listed: readonly Chosen[]): Promise<readonly Chosen[]> {
  if (listed.length === 0) return [];
  const revoked = new Set(await revokeAllTokens(client));
  const unlisted = [...revoked].filter((id) => listed.every((token) => token.id !== id));
  return [...unlisted.map((id) => ({ id })), ...listed.filter(({ id }) => revoked.has(id))];
}

/** The end of the token in use is said last. */
function inUseLast(client: ApiClient, tokens: readonly TokenEntry[]): readonly TokenEntry[] {
  return tokens.toSorted((a, b) => Number(isInUse(client, a)) - Number(isInUse(client, b)));
}

async function makeSure(io: Io, terminal: Terminal, client: ApiClient, chosen: readonly Chosen[]): Promise<void> {
  for (const token of chosen) {
    terminal.warn(isInUse(client, token) ? `${labelOf(token)} (the one you are using now)` : labelOf(token));
  }
  const what = chosen.length === 1 ? 'this token' : `these ${chosen.length} tokens`;
  if (await confirm(io, `Revoke ${what}? It stops whatever uses ${chosen.length === 1 ? 'it' : 'them'}, at once.`))
    return;
  throw new CliError(EXIT.failure, 'Nothing was revoked');
}

/** A token that has just revoked itself is of no use any more, and its end is no news. */
async function forget(io: Io, terminal: Terminal, client: ApiClient): Promise<void> {
  const { credential } = client;
  if (credential.kind !== 'token') return;
  client.noteTokenExpiry(null);
  if (credential.isSaved) {
    await updateConfig(io, (config) => (config.apiToken === credential.token ? withoutToken(config) : config));
  }
  terminal.warn(`That was the token in use (${credential.source}). To sign in with your browser: teamday auth login`);
}

function labelOf({ id, name }: Chosen): string {
  return name === undefined ? id : `${id}  ${name}`;
}
