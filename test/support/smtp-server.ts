// A mail server that takes what it is given (RFC 5321, as far as a client needs it), or refuses it.

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

export interface SmtpServer {
  readonly url: string;
  /** Whole messages, headers and body, as they came over the wire. */
  readonly received: string[];
  /** From here on every mail is refused, or taken again. */
  refuse(yes: boolean): void;
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const received: string[] = [];
  let refusing = false;
  const server = createServer((socket) => talk(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    refuse(yes) {
      refusing = yes;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };

  function talk(socket: Socket): void {
    let waiting = '';
    let message: string[] | undefined;
    socket.setEncoding('utf8');
    socket.write('220 ready\r\n');
    socket.on('error', () => {});
    socket.on('data', (chunk: string) => {
      waiting += chunk;
      for (let end = waiting.indexOf('\r\n'); end >= 0; end = waiting.indexOf('\r\n')) {
        line(waiting.slice(0, end));
        waiting = waiting.slice(end + 2);
      }
    });

    function line(text: string): void {
      if (message !== undefined && text !== '.') {
        message.push(text);
        return;
      }
      const answer = answerTo(text);
      if (answer !== undefined) socket.write(`${answer}\r\n`);
      if (text === 'QUIT') socket.end();
    }

    function answerTo(text: string): string {
      if (message !== undefined) {
        received.push(message.join('\n'));
        message = undefined;
        return '250 taken';
      }
      if (text.startsWith('MAIL') && refusing) return '451 not now';
      if (text === 'DATA') {
        message = [];
        return '354 go on';
      }
      return text === 'QUIT' ? '221 bye' : '250 ok';
    }
  }
}
