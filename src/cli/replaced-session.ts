// The sign-in that a newer credential has replaced in the file is ended on its server too, as well as can be.
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { revokeSession } from './oauth-client.ts';
import type { SavedSession } from './saved-config.ts';
import type { Terminal } from './terminal.ts';

/** The newer credential stands either way; when the server can't confirm, the person is told where to finish it. */
export async function endReplacedSession(
  io: Io,
  terminal: Terminal,
  replaced: SavedSession | undefined,
): Promise<void> {
  if (replaced === undefined) return;
  try {
    await revokeSession(io, replaced);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.warn(
      `Your earlier sign-in could not be ended on ${replaced.url}. You can end it there, in Settings → API Keys.`,
    );
  }
}
