// `teamday auth tokens rotate ID`: a new token in the place of an old one, which may go on working for a while.
import type { Command } from 'commander';
import { graceSeconds, LONGEST_GRACE } from '../durations.ts';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import { showOnce } from '../shown-once.ts';
import type { Terminal } from '../terminal.ts';
import { timeLeft } from '../time-left.ts';
import { listTokens, type Rotation, rotateToken, tokenById } from '../tokens.ts';
import { withClient } from '../with-client.ts';

interface RotateOptions {
  readonly io: Io;
  readonly terminal: Terminal;
  /** Or its beginning. */
  readonly id: string;
  readonly rotation: Rotation;
}

export function addRotateTokenCommand(tokens: Command, io: Io, terminal: Terminal): void {
  tokens
    .command('rotate')
    .summary('replace a token by a new one')
    .description(
      'Replace a personal access token by a new one of the same name and length of life.\n\n' +
        'The old one stops working at once, unless you give it time. The new one is shown only once; where standard ' +
        'output is no terminal it is printed alone. It takes a sign-in: a token rotates no tokens.',
    )
    .argument('<id>', 'the id of the token, or an unambiguous beginning of it')
    .option('--grace <time>', 'how long the old token goes on working: 30m, 24h, at most 7d', graceSeconds)
    .option('--until-first-use', 'the first use of the new token ends that time (without --grace: at most 7 days)')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        'teamday auth tokens rotate tok_4Fk2',
        'teamday auth tokens rotate tok_4Fk2 --grace 24h',
        'teamday auth tokens rotate tok_4Fk2 --until-first-use | gh secret set TEAMDAY_API_TOKEN',
      ),
    )
    .action(async (id: string, { grace, untilFirstUse = false }: { grace?: number; untilFirstUse?: boolean }) => {
      const rotation = { graceSeconds: grace ?? (untilFirstUse ? LONGEST_GRACE : 0), untilFirstUse };
      await rotate({ io, terminal, id, rotation });
    });
}

async function rotate({ io, terminal, id, rotation }: RotateOptions): Promise<void> {
  await withClient(io, terminal, async (client) => {
    const old = tokenById(await listTokens(client), id)?.id ?? id;
    const issued = await rotateToken(client, old, rotation);
    showOnce(io, terminal, issued, {
      headline: `Token rotated: ${issued.name}`,
      more: [`Old token: ${old} ${fateOf(rotation)}`],
    });
  });
}

function fateOf({ graceSeconds: grace, untilFirstUse }: Rotation): string {
  if (grace === 0) return 'has stopped working';
  const longest = timeLeft(grace * 1000);
  return untilFirstUse
    ? `works until the new one is first used, for ${longest} at most`
    : `works for another ${longest} at most`;
}
