// The tree of commands, and the one place where an error becomes an exit code.
import { Command, CommanderError } from 'commander';
import { addApiCommand } from './commands/api.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addLoginCommand } from './commands/auth-login.ts';
import { addLogoutCommand } from './commands/auth-logout.ts';
import { addRefreshCommand } from './commands/auth-refresh.ts';
import { addSetKeyCommand } from './commands/auth-set-key.ts';
import { addStatusCommand } from './commands/auth-status.ts';
import { addCreateTokenCommand } from './commands/auth-tokens-create.ts';
import { addListTokensCommand } from './commands/auth-tokens-list.ts';
import { addRevokeTokenCommand } from './commands/auth-tokens-revoke.ts';
import { addRotateTokenCommand } from './commands/auth-tokens-rotate.ts';
import { addGetOrganizationCommand, addSetOrganizationCommand } from './commands/config-organization.ts';
import { CliError, EXIT } from './errors.ts';
import { addHelpCommands, examples } from './help.ts';
import type { Io } from './io.ts';
import { addMisnomers } from './misnomers.ts';
import { Terminal } from './terminal.ts';

const ENVIRONMENT = `
Environment:
  TEAMDAY_API_TOKEN  a token to use instead of the saved sign-in
  TEAMDAY_TOKEN      the same, asked after TEAMDAY_API_TOKEN
  TEAMDAY_URL        the server (default: that of the saved sign-in, else https://cc.teamday.ai)
  BROWSER            the program that opens the sign-in page
  NO_COLOR           no colour

Exit codes:
  0 success, 1 failure, 2 wrong usage, 4 not or no longer signed in, 5 forbidden, 6 rate-limited, 130 interrupted`;

/** Runs one command line (without node and script) and gives its exit code. Never throws. */
export async function runTeamday(io: Io, args: readonly string[]): Promise<number> {
  const terminal = new Terminal(io);
  try {
    await teamday(io, terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has already said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
    const failure = failureOf(io, error);
    terminal.fail(failure);
    return failure.exitCode;
  }
}

function failureOf(io: Io, error: unknown): CliError {
  // Whatever was under way when Ctrl+C came fails in a way of its own.
  const cause: unknown = io.interrupted.aborted ? io.interrupted.reason : error;
  if (cause instanceof CliError) return cause;
  return new CliError(EXIT.failure, cause instanceof Error ? cause.message : String(cause));
}

function teamday(io: Io, terminal: Terminal): Command {
  const program = new Command('teamday')
    .description('Sign in to TeamDay and call its API from a terminal or a script.')
    .version(io.version, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')),
    })
    .showHelpAfterError('(add --help to see how it is used)')
    .addHelpText('after', ENVIRONMENT)
    .addHelpText('after', examples('teamday auth login', 'teamday auth status', 'teamday api GET /api/users/me'))
    .hook('preAction', (_, command) => {
      if (command.opts()['json'] === true) terminal.useJson();
    });

  const auth = program.command('auth').description('sign in and out, see who you are, manage tokens');
  for (const add of [addLoginCommand, addLogoutCommand, addStatusCommand, addRefreshCommand, addSetKeyCommand]) {
    add(auth, io, terminal);
  }
  const tokens = auth.command('tokens').description('list, create, rotate and revoke your personal access tokens');
  for (const add of [addListTokensCommand, addCreateTokenCommand, addRotateTokenCommand, addRevokeTokenCommand]) {
    add(tokens, io, terminal);
  }
  const config = program.command('config').description('see and change settings');
  addGetOrganizationCommand(config.command('get').description('show a setting'), io, terminal);
  addSetOrganizationCommand(config.command('set').description('change a setting'), io, terminal);
  addAuditCommand(program, io, terminal);
  addApiCommand(program, io, terminal);
  addMisnomers(program, auth);
  addHelpCommands(program);
  return program;
}
