// Handing over a new token: alone on a pipe, so that it can be captured; on a terminal with what to know about it.
import type { Io } from './io.ts';
import type { Terminal } from './terminal.ts';
import { timeLeft } from './time-left.ts';
import type { IssuedToken } from './tokens.ts';

/** `more`: further lines of facts, for a person. */
export function showOnce(
  io: Io,
  terminal: Terminal,
  issued: IssuedToken,
  { headline, more = [] }: { readonly headline: string; readonly more?: readonly string[] },
): void {
  const { token, id, expiresAt } = issued;
  terminal.result(issued, () => {
    if (!io.stdout.isTTY) {
      terminal.say(token);
      return;
    }
    terminal.success(headline);
    terminal.say();
    terminal.say('⚠️ IMPORTANT: Token shown only once!', 'yellow');
    terminal.say();
    terminal.say(token, 'bold');
    terminal.say();
    terminal.say('Copy immediately and store securely.');
    terminal.say('If lost, you must revoke and create new token.');
    terminal.say('Never commit to git or share publicly.');
    terminal.say();
    terminal.say(`ID: ${id}`);
    terminal.say(`Expires: ${expiresAt === null ? 'Never' : endOf(io, expiresAt)}`);
    for (const line of more) terminal.say(line);
    terminal.say();
    terminal.say('To use it in a script or a CI job, set TEAMDAY_API_TOKEN there.');
  });
}

function endOf(io: Io, expiresAt: string): string {
  return `${expiresAt.slice(0, 10)} (in ${timeLeft(io.clock.parse(expiresAt) - io.clock.now())})`;
}
