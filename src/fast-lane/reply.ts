// The answer to a request of the fast lane: JSON that nobody may keep, a request id, refusals by RFC 6749 §5.2, a duration
// for the metrics.
import { randomUUID } from 'node:crypto';
import { monotonicMs, SECOND } from '../clock.ts';
import { oauthError, toHttpError } from '../http/error-responses.ts';
import type { HttpError } from '../http/http-error.ts';
import type { ObserveRequest } from '../http/middleware.ts';
import type { MaybeLater } from './maybe-later.ts';
import { inTurns } from './turns.ts';

/** What all replies of an endpoint have in common. */
export interface ReplyOptions {
  readonly method: string;
  /** As durations are counted. */
  readonly route: string;
  readonly observe: ObserveRequest;
  /** Told of what is our fault. */
  readonly onFault: (error: unknown, requestId: string) => void;
  /** Told of each answer, where they are logged. */
  readonly onAnswered?: ((answered: Answered) => void) | undefined;
  /** What a refusal says; RFC 6749 §5.2 unless told otherwise. */
  readonly describe?: ((error: HttpError) => object) | undefined;
}

export interface Answered {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds. */
  readonly ms: number;
  readonly isRoutine: boolean;
}

/** Name, value, name, value, … */
export type HeaderList = readonly string[];

export interface Answer {
  readonly requestId: string;
  readonly status: number;
  /** Beside COMMON_HEADERS, `content-length` and `x-request-id`. */
  readonly headers: HeaderList;
  readonly body: string;
}

/** The request's way out: one of the two is called, once. */
export interface Outlet {
  /** Puts the answer on the wire. */
  write(answer: Answer): void;
  /** Has node:http answer, from the beginning. */
  decline(): void;
}

/** Every answer has them. */
export const COMMON_HEADERS: HeaderList = [
  'content-type',
  'application/json; charset=utf-8',
  'cache-control',
  'no-store',
  'x-content-type-options',
  'nosniff',
];

const NO_HEADERS: HeaderList = [];

export class Reply {
  readonly #options: ReplyOptions;
  readonly #outlet: Outlet;
  readonly #startedAt = monotonicMs();
  #requestId: string | undefined;
  #isRoutine = false;

  constructor(options: ReplyOptions, outlet: Outlet) {
    this.#options = options;
    this.#outlet = outlet;
  }

  get requestId(): string {
    this.#requestId ??= randomUUID();
    return this.#requestId;
  }

  /** Answers with the JSON that `work` comes to, or refuses with what it throws. Undefined: the answer comes by another way. */
  settle(work: () => MaybeLater<string | undefined>, status = 200): void {
    try {
      const body = work();
      if (body instanceof Promise) {
        body.then((text) => this.#answer(status, text)).catch((error: unknown) => this.refuse(error));
      } else {
        this.#answer(status, body);
      }
    } catch (error) {
      this.refuse(error);
    }
  }

  /** The same for what may turn out not to be plain: undefined leaves the request to node:http. */
  settleOrDecline(work: () => Promise<string | undefined>, status?: number): void {
    this.settle(async () => {
      const body = await work();
      if (body === undefined) this.decline();
      return body;
    }, status);
  }

  refuse(thrown: unknown): void {
    const error = toHttpError(thrown);
    const { onFault, describe = oauthError } = this.#options;
    if (error.status >= 500) onFault(thrown, this.requestId);
    this.#isRoutine = error.isRoutine;
    this.#answer(error.status, JSON.stringify(describe(error)), Object.entries(error.headers).flat());
  }

  /** Leaves the request to node:http: it is not for the fast lane, and nothing has come of it. */
  decline(): void {
    this.#outlet.decline();
  }

  #answer(status: number, body: string | undefined, headers = NO_HEADERS): void {
    if (body === undefined) return;
    Reply.#writeInTurns({ reply: this, answer: { requestId: this.requestId, status, headers, body } });
  }

  static readonly #writeInTurns = inTurns(({ reply, answer }: { reply: Reply; answer: Answer }) => {
    reply.#outlet.write(answer);
    const { requestId, status } = answer;
    const { method, route, observe, onAnswered } = reply.#options;
    const ms = monotonicMs() - reply.#startedAt;
    observe(method, route, status, ms / SECOND);
    if (onAnswered === undefined) return;
    onAnswered({ requestId, method, path: route, status, ms: Math.round(ms), isRoutine: reply.#isRoutine });
  }, queueMicrotask);
}
