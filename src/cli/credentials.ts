// Which credential a command uses, where it came from, and which server it may be shown to.
import { parseToken, type TokenKind } from '../oauth/token-format.ts';
import { configPath, readConfig } from './config-file.ts';
import { CliError, EXIT, noTokenError } from './errors.ts';
import { type Io, variable } from './io.ts';
import { type SavedSession, serverOf, sessionOf, type TokenExpiry } from './saved-config.ts';
import { serverFromEnvironment } from './server-url.ts';

export type Credential = SessionCredential | TokenCredential;

interface SessionCredential {
  readonly kind: 'session';
  readonly server: string;
  /** The file that it came from, as shown to the person. */
  readonly source: string;
  readonly session: SavedSession;
}

interface TokenCredential extends TokenSource {
  readonly kind: 'token';
  readonly server: string;
  readonly token: string;
  readonly tokenKind: TokenKind;
}

interface TokenSource {
  /** The variable or the file that it came from, as shown to the person. */
  readonly source: string;
  /** From the file, not from a variable. */
  readonly isSaved: boolean;
  /** What the file remembers of its end. */
  readonly expiry: TokenExpiry | undefined;
}

/** Asked in this order; what the file holds comes after them. */
const VARIABLES = ['TEAMDAY_API_TOKEN', 'TEAMDAY_TOKEN'];

/** The page on which a token of that kind is created. */
export function pageOf(kind: TokenKind): string {
  return kind === 'organization_token' ? 'Organization Settings → Org Tokens' : 'Settings → API Keys';
}

/** Which kind of token a cut or mistyped one was to be. */
export function kindMeant(text: string): TokenKind {
  return text.startsWith('otk_') ? 'organization_token' : 'personal_access_token';
}

/** How to get a token that works, for the messages that say one doesn't. */
export function replaceToken({ source, isSaved }: TokenSource, kind: TokenKind): readonly string[] {
  return isSaved
    ? [`Create a new one in ${pageOf(kind)}, then save it:`, '  teamday auth set-key']
    : [`Create a new one in ${pageOf(kind)}, then put it into ${source}.`];
}

/**
 * The first of: `TEAMDAY_API_TOKEN`, `TEAMDAY_TOKEN`, the file's token, the file's sign-in. What the file holds is
 * never shown to another server than its own. Throws the documented error when there is none.
 */
export function resolveCredential(io: Io): Credential {
  const named = serverFromEnvironment(io);
  const source = tokenVariable(io);
  if (source !== undefined) {
    const found = { source, isSaved: false, expiry: undefined };
    return tokenCredential(variable(io, source) ?? '', found, named ?? serverOf(readConfig(io)));
  }
  const config = readConfig(io);
  const session = sessionOf(config, io.clock);
  if (config.apiToken === undefined && session === undefined) throw noTokenError();
  const server = serverOf(config);
  if (named !== undefined && named !== server) {
    throw noTokenError([`The saved sign-in belongs to ${server}, but TEAMDAY_URL names ${named}.`]);
  }
  if (config.apiToken !== undefined) {
    const found = { source: configPath(io), isSaved: true, expiry: config.apiTokenExpiry };
    return tokenCredential(config.apiToken, found, server);
  }
  if (session === undefined) throw noTokenError();
  return { kind: 'session', server, source: configPath(io), session };
}

/** The name of the environment variable that holds a token, if any. */
export function tokenVariable(io: Io): string | undefined {
  return VARIABLES.find((name) => variable(io, name) !== undefined);
}

/** A text that can't be a token, a cut one or somebody else's secret, isn't sent anywhere. */
function tokenCredential(token: string, found: TokenSource, server: string): TokenCredential {
  const parsed = parseToken(token);
  if (parsed === undefined) {
    throw new CliError(EXIT.notSignedIn, 'Invalid token or token expired', {
      details: [`What ${found.source} holds is not a whole TeamDay token (td_… or otk_…): it is cut or mistyped.`],
      next: replaceToken(found, kindMeant(token)),
    });
  }
  return { kind: 'token', server, token, tokenKind: parsed.kind, ...found };
}
