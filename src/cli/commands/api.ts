// `teamday api METHOD PATH`: one authenticated request, for scripts and for what has no command of its own.
import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { examples } from '../help.ts';
import { parsedBody } from '../http.ts';
import { readAll } from '../input.ts';
import type { Io } from '../io.ts';
import type { Terminal } from '../terminal.ts';
import { withClient } from '../with-client.ts';

interface ApiOptions {
  readonly io: Io;
  readonly terminal: Terminal;
  readonly method: string;
  readonly path: string;
  /** JSON text, `-` for standard input, undefined for a request without a body. */
  readonly data: string | undefined;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function addApiCommand(program: Command, io: Io, terminal: Terminal): void {
  program
    .command('api')
    .summary('send an authenticated request')
    .description(
      'Send an authenticated request to the server you are signed in to, and print the body of its answer.\n\n' +
        'Exit code: 0 success, 4 not signed in (401), 5 forbidden (403), 6 rate-limited (429), 1 any other failure.',
    )
    .argument('<method>', METHODS.join(', '))
    .argument('<path>', 'the path on the server, from its first "/"')
    .option('--data <json>', 'the JSON to send, or - to read it from standard input')
    .option('--json', 'print { "status", "body" } as JSON, whatever the answer is')
    .addHelpText(
      'after',
      examples(
        'teamday api GET /api/users/me',
        `teamday api POST /api/users/me/tokens --data '{"name":"Nightly report","expiresInDays":30}'`,
        'teamday api POST /api/users/me/tokens --data - < token.json',
      ),
    )
    .action(async (method: string, path: string, flags: { data?: string }) => {
      await api({ io, terminal, method: method.toUpperCase(), path, data: flags.data });
    });
}

async function api({ io, terminal, method, path, data }: ApiOptions): Promise<void> {
  if (!METHODS.includes(method)) throw usageError(`There is no method ${method}. Use one of ${METHODS.join(', ')}`);
  await withClient(io, terminal, async (client) => {
    const answer = await client.request(method, path, await readData(io, method, data));
    const json = parsedBody(answer);
    terminal.result({ status: answer.status, body: json ?? answer.body.toString('utf8') }, () => {
      terminal.document(answer.body, json);
    });
    if (answer.status < 200 || answer.status > 299) throw client.refusal(answer);
  });
}

/** What is sent must be JSON: found out here, before the server changes anything. */
async function readData(io: Io, method: string, data: string | undefined): Promise<string | undefined> {
  if (data === undefined) return undefined;
  if (method === 'GET' || method === 'HEAD') throw usageError(`A ${method} request carries no data`);
  const text = data === '-' ? await readAll(io) : data;
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw usageError(`The data is not valid JSON: ${(error as Error).message}`);
  }
}
