// The fast lane: plain requests of the few endpoints that services ask at every request of theirs, answered straight
// from the connection. node:http alone would cost as much as all that they do. A connection that brings anything else is
// handed over to node:http with all that it has brought, and stays there.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Lane, openLane } from './lane.ts';
import type { PlainRequest } from './plain-request.ts';
import { Reply, type ReplyOptions } from './reply.ts';

export interface FastEndpoint {
  readonly method: string;
  /** As it is asked for: without a query. */
  readonly path: string;
  /** Whether a request is as plain as this endpoint likes it. */
  takes(request: PlainRequest): boolean;
  answer(request: PlainRequest, reply: Reply): void;
}

export interface FastLane {
  /** Closes the connections that wait for nothing, and the others with their answer. */
  close(): void;
}

/** @param server keeps all connections that aren't for the fast lane */
export function openFastLane(
  server: Server,
  endpoints: readonly FastEndpoint[],
  { observe, onFault }: Pick<ReplyOptions, 'observe' | 'onFault'>,
): FastLane {
  const [ordinary] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  if (ordinary === undefined) throw new Error('node:http does not listen to its connections');
  server.off('connection', ordinary);

  const places = endpoints.map((endpoint) => ({
    endpoint,
    reply: { method: endpoint.method, route: endpoint.path, observe, onFault },
  }));
  const lanes = new Set<Lane>();
  server.on('connection', (socket: Socket) => {
    const lane = openLane(socket, {
      answer(request, write) {
        const place = places.find(
          ({ endpoint: { method, path } }) => path === request.target && method === request.method,
        );
        if (place?.endpoint.takes(request) !== true) return false;
        place.endpoint.answer(request, new Reply(place.reply, write));
        return true;
      },
      handOver: (one) => ordinary.call(server, one),
      left: (one) => lanes.delete(one),
    });
    lanes.add(lane);
  });
  return {
    close() {
      for (const lane of lanes) lane.close();
    },
  };
}
