// The answer to a request of the fast lane: JSON that nobody may keep, a request id, refusals by RFC 6749 §5.2, a duration
// for the metrics.
import { randomUUID } from 'node:crypto';
import { monotonicMs, SECOND } from '../clock.ts';
import { oauthError, toHttpError } from '../http/error-responses.ts';
import type { ObserveRequest } from '../http/middleware.ts';
import type { MaybeLater } from './maybe-later.ts';
import { inTurns } from './turns.ts';

export interface ReplyOptions {
  readonly method: string;
  /** As durations are counted. */
  readonly route: string;
  readonly observe: ObserveRequest;
  /** Told of what is our fault. */
  readonly onFault: (error: unknown, requestId: string) => void;
}

export interface Answer {
  readonly status: number;
  /** Name, value, name, value, … */
  readonly headers: string[];
  readonly body: string;
}

const HEADERS = [
  'content-type',
  'application/json; charset=utf-8',
  'cache-control',
  'no-store',
  'x-content-type-options',
  'nosniff',
];

export class Reply {
  readonly #options: ReplyOptions;
  readonly #write: (answer: Answer) => void;
  readonly #startedAt = monotonicMs();

  /** @param write puts the answer on the wire */
  constructor(options: ReplyOptions, write: (answer: Answer) => void) {
    this.#options = options;
    this.#write = write;
  }

  /** Answers with the JSON that `work` comes to, or refuses with what it throws. Undefined: the answer comes by another way. */
  settle(work: () => MaybeLater<string> | undefined): void {
    try {
      const body = work();
      if (typeof body === 'string') this.#answer(200, body);
      else body?.then((text) => this.#answer(200, text)).catch((error: unknown) => this.refuse(error));
    } catch (error) {
      this.refuse(error);
    }
  }

  refuse(thrown: unknown): void {
    const error = toHttpError(thrown);
    const requestId = randomUUID();
    if (error.status >= 500) this.#options.onFault(thrown, requestId);
    this.#answer(error.status, JSON.stringify(oauthError(error)), Object.entries(error.headers).flat(), requestId);
  }

  #answer(status: number, body: string, more: readonly string[] = [], requestId: string = randomUUID()): void {
    const length = String(Buffer.byteLength(body));
    const headers = [...more, ...HEADERS, 'content-length', length, 'x-request-id', requestId];
    Reply.#writeInTurns({ reply: this, answer: { status, headers, body } });
  }

  static readonly #writeInTurns = inTurns(({ reply, answer }: { reply: Reply; answer: Answer }) => {
    reply.#write(answer);
    const { method, route, observe } = reply.#options;
    observe(method, route, answer.status, (monotonicMs() - reply.#startedAt) / SECOND);
  }, queueMicrotask);
}
