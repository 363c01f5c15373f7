// /health/alive: the process runs. /health/ready: with its database, and Redis where it is set.
import type Router from '@koa/router';
import type { Database } from '../database/database.ts';
import type { RateCounters } from '../http/rate-counter.ts';

export function mountHealth(router: Router, database: Database, counters: RateCounters): void {
  router.get('/health/alive', (ctx) => {
    ctx.body = { status: 'ok' };
  });

  router.get('/health/ready', async (ctx) => {
    const [databaseIsReady, redisIsReady] = await Promise.all([
      database.query('SELECT 1 AS one').then(
        () => true,
        () => false,
      ),
      counters.isReady(),
    ]);
    const ready = databaseIsReady && redisIsReady;
    ctx.status = ready ? 200 : 503;
    ctx.set('cache-control', 'no-store');
    if (!ready) ctx.set('retry-after', '1');
    ctx.body = {
      status: ready ? 'ok' : 'unavailable',
      database: databaseIsReady ? 'ok' : 'unavailable',
      counters: redisIsReady ? 'ok' : 'unavailable',
    };
  });
}
