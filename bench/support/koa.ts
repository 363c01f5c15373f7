// The bare server's answer from Koa, with a body parser: what a server of this kind usually begins with. Run as a
// process of its own: node bench/support/koa.ts PORT
import Koa from 'koa';
import rawBody from 'raw-body';
import { ANSWER } from './answer.ts';

const app = new Koa();
app.use(async (ctx) => {
  const body = await rawBody(ctx.req, { limit: '56kb', length: ctx.request.length, encoding: 'utf8' });
  new URLSearchParams(body).get('token');
  ctx.type = 'json';
  ctx.body = ANSWER;
});
app.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));
