// `teamday auth tokens list`: your personal access tokens.
import type { Command } from 'commander';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import { type Column, tableOf } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { listTokens, type TokenEntry } from '../tokens.ts';
import { withClient } from '../with-client.ts';

export function addListTokensCommand(tokens: Command, io: Io, terminal: Terminal): void {
  tokens
    .command('list')
    .summary('list your tokens')
    .description(
      'List your personal access tokens, newest first. Revoked ones are gone at once, expired ones after 30 days.\n\n' +
        'A sign-in lists all of yours, a token those of its organization. Dates are in UTC; --json has the times.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('teamday auth tokens list', 'teamday auth tokens list --json'))
    .action(async () => await list(io, terminal));
}

const COLUMNS: readonly Column<TokenEntry>[] = [
  { title: 'ID', width: 9, of: ({ id }) => id },
  { title: 'Name', width: 21, givesWay: true, of: ({ name }) => name },
  { title: 'Created', width: 10, of: ({ createdAt }) => day(createdAt) },
  { title: 'Last Used', width: 10, of: ({ lastUsedAt }) => day(lastUsedAt) },
  { title: 'Expires', width: 10, of: ({ expiresAt }) => day(expiresAt) },
];

async function list(io: Io, terminal: Terminal): Promise<void> {
  await withClient(io, terminal, async (client) => {
    const tokens = await listTokens(client);
    terminal.result({ tokens, count: tokens.length }, () => {
      if (tokens.length > 0) {
        for (const line of tableOf(COLUMNS, tokens, io.stdout.columns)) terminal.say(line);
        return;
      }
      terminal.say('You have no personal access tokens.');
      terminal.say();
      terminal.say('To create one:');
      terminal.say('  teamday auth tokens create --name "CI/CD Pipeline"');
    });
  });
}

/** YYYY-MM-DD of an ISO 8601 time. */
function day(time: string | null): string {
  return time === null ? 'Never' : time.slice(0, 10);
}
