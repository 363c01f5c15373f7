// What the server tells Prometheus, on a port of its own: GET /metrics. Never an id or an address in a label.
import { createServer, type Server } from 'node:http';
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import { createRequestDurations } from './request-durations.ts';

export interface Metrics {
  /** @param route the pattern that matched, or one of the provider's paths; everything else counts together */
  readonly observeRequest: (method: string, route: string | undefined, status: number, seconds: number) => void;
  /** Answers scrapes until it is closed. */
  listen(port: number, host: string): Promise<Server>;
  /** In a worker: the primary answers scrapes (listenForWorkers). */
  shareWithPrimary(): void;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

export function createMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const durations = createRequestDurations();
  register.registerMetric(durations.metric);

  return {
    observeRequest(method, route, status, seconds) {
      durations.observe(METHODS.has(method) ? method : 'other', route ?? 'other', status, seconds);
    },

    listen: (port, host) => answerScrapes(register, () => register.metrics(), port, host),

    shareWithPrimary() {
      AggregatorRegistry.setRegistries(register);
      new AggregatorRegistry(); // begins to listen to the primary
    },
  };
}

/** In a primary: answers scrapes for all workers together, in sums. What a worker counted ends with it. */
export function listenForWorkers(port: number, host: string): Promise<Server> {
  const register = new AggregatorRegistry();
  return answerScrapes(register, () => register.clusterMetrics(), port, host);
}

function answerScrapes(
  { contentType }: { readonly contentType: string },
  read: () => Promise<string>,
  port: number,
  host: string,
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    read().then(
      (text) => response.writeHead(200, { 'content-type': contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
