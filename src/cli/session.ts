// A saved sign-in through its life: renewing its access token, and noticing that it has ended.
import { readConfig, updateConfig, withConfigLock, writeConfig } from './config-file.ts';
import type { Credential } from './credentials.ts';
import { sessionEndedError } from './errors.ts';
import type { Io } from './io.ts';
import { redeemRefreshToken } from './oauth-client.ts';
import type { Profile } from './profile.ts';
import { type SavedSession, sessionFrom, sessionOf, withoutSession, withSession } from './saved-config.ts';

/** Notes in the file whose sign-in it is, unless another has replaced it meanwhile. A token's isn't noted. */
export async function noteUser(io: Io, credential: Credential, { user, organization }: Profile): Promise<void> {
  if (credential.kind === 'token') return;
  const { session } = credential;
  await updateConfig(io, (config) =>
    config.refreshToken === session.refreshToken
      ? { ...config, user: { email: user.email, organizationId: organization.id } }
      : config,
  );
}

/** The session with an access token that is good for a while yet, renewed if need be. */
export async function freshSession(io: Io, session: SavedSession): Promise<SavedSession> {
  return io.clock.now() < session.refreshAt ? session : await renewSession(io, session);
}

/**
 * Renews the access token, once among all commands that run at the same time: who comes second takes what the
 * first has saved. Throws `sessionEndedError` when the session is over, having removed its dead tokens.
 */
export async function renewSession(io: Io, seen: SavedSession): Promise<SavedSession> {
  return await withConfigLock(io, async () => {
    const current = newerThan(io, seen);
    if (current !== undefined) return current;
    const tokens = await redeemRefreshToken(io, seen);
    // The lock may not have been had: whatever another command has saved meanwhile is newer than this answer.
    const newer = newerThan(io, seen);
    if (newer !== undefined) return newer;
    const config = readConfig(io);
    if (tokens === 'ended') {
      writeConfig(io, withoutSession(config));
      throw sessionEndedError();
    }
    const renewed = sessionFrom(seen.url, tokens, io.clock);
    writeConfig(io, withSession(config, renewed, io.clock));
    return renewed;
  });
}

/** What another command has saved since; undefined when nothing has changed. Throws when it signed out. */
function newerThan(io: Io, seen: SavedSession): SavedSession | undefined {
  const current = sessionOf(readConfig(io), io.clock);
  if (current === undefined) throw sessionEndedError();
  return current.refreshToken === seen.refreshToken ? undefined : current;
}
