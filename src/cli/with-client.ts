// What a command does in the name of the credential that wins, and the warning that this one ends soon.
import { ApiClient } from './api-client.ts';
import { updateConfig } from './config-file.ts';
import type { Io } from './io.ts';
import type { TokenExpiry } from './saved-config.ts';
import type { Terminal } from './terminal.ts';
import { timeLeft } from './time-left.ts';

const DAY = 86_400_000;
const WARN_BEFORE = 7 * DAY;
/** A rotation elsewhere may have brought the end nearer. */
const ASK_AGAIN_AFTER = DAY;
/** The command has done its work; nobody should wait for a warning. */
const IMPATIENT = { timeout: 3_000 };

/** Does the work and afterwards, whatever came of it, warns of a token in use that expires within seven days. */
export async function withClient(
  io: Io,
  terminal: Terminal,
  work: (client: ApiClient) => Promise<void>,
): Promise<void> {
  const client = new ApiClient(io);
  try {
    await work(client);
    await rememberExpiry(io, client);
  } finally {
    warnOfExpiry(io, terminal, client);
  }
}

/**
 * A saved token's end is asked for at most once a day, and remembered beside it. For one in a variable there is no
 * place to remember it, on a build machine least of all: it's known where the command's own request told it.
 */
async function rememberExpiry(io: Io, client: ApiClient): Promise<void> {
  const { credential } = client;
  if (credential.kind !== 'token' || !credential.isSaved || credential.tokenKind !== 'personal_access_token') return;
  const { expiry, token } = credential;
  const told = client.tokenExpiry;
  if (isFresh(io, expiry) && (told === undefined || told === expiry.expiresAt)) return;
  try {
    if (told === undefined) await client.profile(IMPATIENT);
    const expiresAt = client.tokenExpiry ?? null;
    const apiTokenExpiry = { expiresAt, checkedAt: io.clock.iso(io.clock.now()) };
    await updateConfig(io, (config) => (config.apiToken === token ? { ...config, apiTokenExpiry } : config));
  } catch {
    // What the command was asked for is done. The next one tries again.
  }
}

function isFresh(io: Io, expiry: TokenExpiry | undefined): expiry is TokenExpiry {
  return expiry !== undefined && Math.abs(io.clock.now() - io.clock.parse(expiry.checkedAt)) < ASK_AGAIN_AFTER;
}

function warnOfExpiry(io: Io, terminal: Terminal, { credential, tokenExpiry }: ApiClient): void {
  if (credential.kind !== 'token') return;
  const end = tokenExpiry === undefined ? credential.expiry?.expiresAt : tokenExpiry;
  if (end === undefined || end === null) return;
  const left = io.clock.parse(end) - io.clock.now();
  if (left <= 0 || left > WARN_BEFORE) return;
  terminal.warn(
    `The token in use (${credential.source}) expires in ${timeLeft(left)}. Replace it in time: Settings → API Keys.`,
  );
}
