// Gives up connections that were asked something and say nothing. One timer for all of them: a timer for each statement,
// as the driver has it, keeps the garbage of all statements alive until the next great collection.
import { monotonicMs, SECOND } from '../clock.ts';

export interface HungConnections<Connection> {
  /** From now on an answer is waited for. */
  asked(connection: Connection): void;
  /** Nothing is waited for any more. */
  rests(connection: Connection): void;
  stop(): void;
}

/** @param giveUp is called, about a second after `limitMs` have gone by without an answer; who waits must fail by it */
export function watchForHung<Connection>(
  limitMs: number,
  giveUp: (connection: Connection) => void,
): HungConnections<Connection> {
  const askedAt = new Map<Connection, number>();
  const timer = setInterval(() => {
    const tooLongAgo = monotonicMs() - limitMs;
    for (const [connection, at] of askedAt) {
      if (at > tooLongAgo) continue;
      askedAt.delete(connection);
      giveUp(connection);
    }
  }, SECOND);
  timer.unref();

  return {
    asked: (connection) => askedAt.set(connection, monotonicMs()),
    rests: (connection) => askedAt.delete(connection),
    stop: () => clearInterval(timer),
  };
}
