// The measure of all: a bare node:http server that reads a form body and answers a constant of the size of an
// introspection's. Run as processes of its own: node bench/support/bare.ts PORT [PROCESSES]
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { ANSWER } from './answer.ts';

const [port, processes = '1'] = process.argv.slice(2);
const ready = () => process.stdout.write('ready\n');

if (processes === '1') listen(ready);
else if (cluster.isWorker) listen(() => {});
else {
  cluster.on('exit', () => process.exit(1));
  let missing = Number(processes);
  for (let n = missing; n > 0; n -= 1) {
    cluster.fork().on('listening', () => {
      missing -= 1;
      if (missing === 0) ready();
    });
  }
}

function listen(done: () => void): void {
  createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      new URLSearchParams(body).get('token');
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(ANSWER) });
      response.end(ANSWER);
    });
  }).listen(Number(port), '127.0.0.1', done);
}
