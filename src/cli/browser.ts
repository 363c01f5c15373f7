// Whether a page can be opened for the person, and opening it.
import { spawn } from 'node:child_process';
import { type Io, variable } from './io.ts';

/**
 * Tries to open the page; the address stands on the terminal anyway, so nothing is lost when it can't be done.
 * `BROWSER`, where set, is the program to run with the address; otherwise the system's own browser, if a person
 * sits at this very machine.
 */
export async function offerPage(io: Io, url: string): Promise<void> {
  const program = variable(io, 'BROWSER');
  if (program === undefined && !hasScreen(io)) return;
  try {
    await io.openUrl(url, program);
  } catch {
    // The person opens the address by hand, as the line above it says.
  }
}

function hasScreen(io: Io): boolean {
  const isSet = (name: string) => variable(io, name) !== undefined;
  if (!io.stdout.isTTY || ['CI', 'SSH_CONNECTION', 'SSH_TTY'].some(isSet)) return false;
  return io.platform !== 'linux' || ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some(isSet);
}

/** The real `Io.openUrl`. Resolves when the program runs; doesn't wait for it to end. */
export async function launchBrowser(url: string, program: string | undefined): Promise<void> {
  if (program === undefined) {
    const { default: open } = await import('open');
    await open(url);
    return;
  }
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
}
