// Which credential a command uses, where it came from, and which server it may be shown to.
import { parseToken, type TokenKind } from '../oauth/token-format.ts';
import { configPath, readConfig } from './config-file.ts';
import { CliError, EXIT, noTokenError } from './errors.ts';
import { type Io, variable } from './io.ts';
import { type SavedSession, serverOf, sessionOf } from './saved-config.ts';
import { serverFromEnvironment } from './server-url.ts';

/** `source`: the variable or the file that it came from, as shown to the person. */
export type Credential =
  | { readonly kind: 'session'; readonly server: string; readonly source: string; readonly session: SavedSession }
  | {
      readonly kind: 'token';
      readonly server: string;
      readonly source: string;
      readonly token: string;
      readonly tokenKind: TokenKind;
    };

/** Asked in this order; what the file holds comes after them. */
const VARIABLES = ['TEAMDAY_API_TOKEN', 'TEAMDAY_TOKEN'];

/** How to get a token that works, for the messages that say one doesn't. */
export const REPLACE_TOKEN = ['Create a new one in Settings → API Keys, then save it:', '  teamday auth set-key'];

/**
 * The first of: `TEAMDAY_API_TOKEN`, `TEAMDAY_TOKEN`, the file's token, the file's sign-in. What the file holds is
 * never shown to another server than its own. Throws the documented error when there is none.
 */
export function resolveCredential(io: Io): Credential {
  const named = serverFromEnvironment(io);
  const source = tokenVariable(io);
  if (source !== undefined) {
    return tokenCredential(variable(io, source) ?? '', source, named ?? serverOf(readConfig(io)));
  }
  const config = readConfig(io);
  const session = sessionOf(config, io.clock);
  if (config.apiToken === undefined && session === undefined) throw noTokenError();
  const server = serverOf(config);
  if (named !== undefined && named !== server) {
    throw noTokenError([`The saved sign-in belongs to ${server}, but TEAMDAY_URL names ${named}.`]);
  }
  if (config.apiToken !== undefined) return tokenCredential(config.apiToken, configPath(io), server);
  if (session === undefined) throw noTokenError();
  return { kind: 'session', server, source: configPath(io), session };
}

/** The name of the environment variable that holds a token, if any. */
export function tokenVariable(io: Io): string | undefined {
  return VARIABLES.find((name) => variable(io, name) !== undefined);
}

/** A text that can't be a token, a cut one or somebody else's secret, isn't sent anywhere. */
function tokenCredential(token: string, source: string, server: string): Credential {
  const parsed = parseToken(token);
  if (parsed === undefined) {
    throw new CliError(EXIT.notSignedIn, 'Invalid token or token expired', {
      details: [`What ${source} holds is not a whole TeamDay token (td_… or otk_…): it is cut or mistyped.`],
      next: REPLACE_TOKEN,
    });
  }
  return { kind: 'token', server, source, token, tokenKind: parsed.kind };
}
