// The worker processes of a server that was started with WORKERS.
import type { IdentityProcess } from './identity-process.ts';

/** Process ids of all workers that came to listen so far, the dead ones among them, as the log has them. */
export function workersOf({ output }: Pick<IdentityProcess, 'output'>): number[] {
  return output
    .split('\n')
    .filter((line) => line.includes('"a worker listens"'))
    .map((line) => (JSON.parse(line) as { pid: number }).pid);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Over a connection of its own: whose worker it is, is anybody's turn. */
export async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, { ...init, headers: { connection: 'close' } });
  await response.arrayBuffer();
  return response.status;
}
