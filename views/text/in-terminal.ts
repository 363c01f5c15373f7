import type { Shell } from '../components/page.tsx';

/**
 * A command of `teamday`, as it has to be typed for the server of this page: elsewhere than at the published one the
 * command must be told, or it would send what it is given to somebody else.
 */
export function inTerminal({ server }: Shell, command: string): string {
  return server === undefined ? command : `TEAMDAY_URL=${server} ${command}`;
}
