// What the server tells Prometheus, on a port of its own: GET /metrics. Never an id or an address in a label.
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** @param route the pattern that matched, or one of the provider's paths; everything else counts together */
  readonly observeRequest: (method: string, route: string | undefined, status: number, seconds: number) => void;
  /** Answers scrapes until it is closed. */
  listen(port: number, host: string): Promise<Server>;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

export function createMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests by route and status',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [register],
  });

  return {
    observeRequest(method, route, status, seconds) {
      const known = METHODS.has(method) ? method : 'other';
      requests.observe({ method: known, route: route ?? 'other', status: String(status) }, seconds);
    },

    listen(port, host) {
      const server = createServer((request, response) => {
        if (request.url !== '/metrics') {
          response.writeHead(404).end();
          return;
        }
        register.metrics().then(
          (text) => response.writeHead(200, { 'content-type': register.contentType }).end(text),
          () => response.writeHead(500).end(),
        );
      });
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => resolve(server));
      });
    },
  };
}
