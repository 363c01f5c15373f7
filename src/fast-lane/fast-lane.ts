// The fast lane: plain requests of the few endpoints that services ask at every request of theirs, answered straight
// from the connection. node:http alone would cost as much as all that they do. A connection that brings anything else is
// handed over to node:http with all that it has brought, and stays there.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { SECOND } from '../clock.ts';
import type { createClientAddress } from '../http/client-address.ts';
import type { HttpError } from '../http/http-error.ts';
import { type Lane, openLane, SWEEP_SECONDS } from './lane.ts';
import type { PlainRequest } from './plain-request.ts';
import { type Answered, type Outlet, Reply, type ReplyOptions } from './reply.ts';

export interface FastEndpoint {
  readonly method: string;
  /** As it is asked for: without a query. One endpoint has it. */
  readonly path: string;
  /** What a refusal says, unless it is RFC 6749 §5.2. */
  readonly describe?: (error: HttpError) => object;
  /** Each answer is logged; else faults only. */
  readonly isLogged: boolean;
  answer(request: PlainRequest, reply: Reply): void;
}

export interface FastLaneOptions extends Pick<ReplyOptions, 'observe' | 'onFault'> {
  readonly log: (request: Answered & { readonly address: string }) => void;
  readonly addressOf: ReturnType<typeof createClientAddress>;
}

export interface FastLane {
  /** Closes the connections that wait for nothing, and the others with their answer. */
  close(): void;
  /** Closes those, too, whose answer takes too long. */
  destroy(): void;
}

/** @param server keeps all connections that aren't for the fast lane */
export function openFastLane(
  server: Server,
  endpoints: readonly FastEndpoint[],
  { observe, onFault, log, addressOf }: FastLaneOptions,
): FastLane {
  const [ordinary] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  if (ordinary === undefined) throw new Error('node:http does not listen to its connections');
  server.off('connection', ordinary);

  const lanes = new Set<Lane>();
  const places = new Map(
    endpoints.map((endpoint) => {
      const { method, path: route, describe } = endpoint;
      return [route, { endpoint, options: { method, route, describe, observe, onFault } }];
    }),
  );

  function answer(request: PlainRequest, outlet: Outlet): void {
    const place = places.get(request.target);
    if (place?.endpoint.method !== request.method) {
      outlet.decline();
      return;
    }
    const { endpoint, options } = place;
    const onAnswered = (answered: Answered) => log({ ...answered, address: addressOf(request) });
    endpoint.answer(request, new Reply(endpoint.isLogged ? { ...options, onAnswered } : options, outlet));
  }

  server.on('connection', (socket: Socket) => {
    const handOver = () => ordinary.call(server, socket);
    const lane = openLane(socket, { answer, handOver, left: (one) => lanes.delete(one) });
    lanes.add(lane);
  });
  const sweeping = setInterval(() => {
    for (const lane of lanes) lane.sweep();
  }, SWEEP_SECONDS * SECOND).unref();
  return {
    close() {
      clearInterval(sweeping);
      for (const lane of lanes) lane.close();
    },
    destroy() {
      for (const lane of lanes) lane.destroy();
    },
  };
}
