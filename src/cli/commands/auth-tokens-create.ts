// `teamday auth tokens create`: a new personal access token for the current organization.
import type { Command } from 'commander';
import { expiryDays } from '../durations.ts';
import { CliError, EXIT } from '../errors.ts';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import { showOnce } from '../shown-once.ts';
import type { Terminal } from '../terminal.ts';
import { createToken } from '../tokens.ts';
import { withClient } from '../with-client.ts';

interface CreateOptions {
  readonly io: Io;
  readonly terminal: Terminal;
  readonly name: string;
  /** 0: never; undefined: what the server gives by itself. */
  readonly expiresInDays: number | undefined;
}

export function addCreateTokenCommand(tokens: Command, io: Io, terminal: Terminal): void {
  tokens
    .command('create')
    .summary('create a token')
    .description(
      'Create a personal access token for your current organization. It can do there what you can.\n\n' +
        'The token is shown only once. Where standard output is no terminal it is printed alone, ready to be captured. ' +
        'It takes a sign-in: a token creates no tokens.',
    )
    .requiredOption('--name <name>', 'what it is for, 1 to 100 characters (required)')
    .option(
      '--expires-in <days>',
      '1 to 365 days such as 30d, or never where that is allowed (default: 90d, or the most that is allowed)',
      expiryDays,
    )
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        'teamday auth tokens create --name "CI/CD Pipeline"',
        'teamday auth tokens create --name "Nightly report" --expires-in 30d',
        'teamday auth tokens create --name Deploy | gh secret set TEAMDAY_API_TOKEN',
      ),
    )
    .action(async ({ name, expiresIn }: { name: string; expiresIn?: number }) => {
      await create({ io, terminal, name, expiresInDays: expiresIn });
    });
}

async function create({ io, terminal, name, expiresInDays }: CreateOptions): Promise<void> {
  await withClient(io, terminal, async (client) => {
    const issued = await createToken(client, { name, expiresInDays }).catch(inOptionWords);
    showOnce(io, terminal, issued, { headline: `Token created: ${issued.name}` });
  });
}

/** The server names the field of its API; the person has typed an option. */
function inOptionWords(error: unknown): never {
  const said = error instanceof CliError ? error.message : '';
  const inWords = said.replace(/expiresInDays must be (?:1 to|at most) (\d+)$/, '--expires-in must be 1d to $1d');
  if (inWords === said) throw error;
  throw new CliError(EXIT.failure, inWords, { status: 400 });
}
