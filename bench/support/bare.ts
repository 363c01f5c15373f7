// The measure of all: a bare node:http server that reads a form body and answers a constant of the size of an
// introspection's. Run as a process of its own: node bench/support/bare.ts PORT
import { createServer } from 'node:http';
import { ANSWER } from './answer.ts';

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
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));
