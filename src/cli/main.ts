// The process of the `teamday` command: fills in Io, hands over, and sets the exit code. Nothing else touches it.
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { launchBrowser } from './browser.ts';
import { systemClock } from './clock.ts';
import { EXIT, Interrupted } from './errors.ts';
import { isRecord, stringField } from './json.ts';
import { runTeamday } from './program.ts';

const interruption = new AbortController();

/** Once: let the command leave a clean line and nothing half written. Again: at once. */
function onSignal(exitCode: number): void {
  if (interruption.signal.aborted) process.exit(exitCode);
  interruption.abort(new Interrupted(exitCode));
}
process.on('SIGINT', () => onSignal(EXIT.interrupted));
process.on('SIGTERM', () => onSignal(EXIT.terminated));

// The reader of a pipe may leave early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : EXIT.failure);
});

process.exitCode = await runTeamday(
  {
    version: version(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    homeDir: homedir(),
    hostname: hostname(),
    platform: process.platform,
    arch: process.arch,
    pid: process.pid,
    uid: process.getuid?.(),
    clock: systemClock,
    fetch: globalThis.fetch,
    interrupted: interruption.signal,
    sleep: (milliseconds) => setTimeout(milliseconds, undefined, { signal: interruption.signal }),
    openUrl: launchBrowser,
    isAlive,
  },
  process.argv.slice(2),
);

/** The package's manifest lies two levels above the compiled file. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return isRecord(manifest) ? stringField(manifest, 'version') : '';
}

/** Signal 0 only asks. A process of another user (EPERM) is alive as well. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
