// What a part of the run has started, to be stopped at its end whatever happened.
export interface Stoppable {
  stop(): Promise<void>;
}

/** Hands `work` a way to start servers, and stops them after it. */
export async function withServers<Result>(
  work: (keep: <Server extends Stoppable>(starting: Promise<Server>) => Promise<Server>) => Promise<Result>,
): Promise<Result> {
  const running: Stoppable[] = [];
  try {
    return await work(async (starting) => {
      const server = await starting;
      running.push(server);
      return server;
    });
  } finally {
    for (const server of running) await server.stop();
  }
}
