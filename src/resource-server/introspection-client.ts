// Asks POST /oauth/introspect (RFC 7662) over HTTP: with a deadline, and once more where a connection broke.

import type { IntrospectionResponse } from '../oauth/introspection.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { IdentityUnavailable } from './identity-unavailable.ts';

/** A credential, and who uses it for what: counted and shown to its owner as the service tells it. */
export interface Question {
  readonly token: string;
  readonly service: string;
  readonly method: string;
  /** The route's pattern. */
  readonly route: string | undefined;
  readonly clientAddress: string | undefined;
  readonly userAgent: string | undefined;
}

/** @throws IdentityUnavailable when there is no answer to rely on */
export type Ask = (question: Question) => Promise<IntrospectionResponse>;

export interface IntrospectionClientOptions {
  readonly issuer: string;
  readonly endpoint: string;
  readonly authentication: ClientAuthentication;
  readonly timeoutMs: number;
}

/** The server keeps no more of it. */
const MAX_USER_AGENT = 256;

export function createIntrospectionClient(options: IntrospectionClientOptions): Ask {
  const { issuer, endpoint, authentication, timeoutMs } = options;

  /** An Error when the connection broke before there was a whole answer. */
  async function send(question: Question, signal: AbortSignal): Promise<{ response: Response; body: string } | Error> {
    const { headers, form } = await authentication();
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { accept: 'application/json', ...headers },
        body: new URLSearchParams({ ...formOf(question), ...form }),
        redirect: 'error', // neither the credential nor our own secret goes anywhere else
        signal,
      });
      return { response, body: await response.text() };
    } catch (error) {
      if (signal.aborted) {
        throw new IdentityUnavailable(`The identity service at ${endpoint} did not answer within ${timeoutMs} ms.`);
      }
      return error as Error;
    }
  }

  return async (question) => {
    const signal = AbortSignal.timeout(timeoutMs);
    let answer = await send(question, signal);
    // Asking changes nothing but counters, so a question may be put again; what was answered, 503 included, is not.
    if (answer instanceof Error) answer = await send(question, signal);
    if (answer instanceof Error) {
      const reason = answer.cause instanceof Error ? answer.cause : answer;
      throw new IdentityUnavailable(`The identity service at ${endpoint} can't be reached: ${reason.message}`, {
        cause: answer,
      });
    }
    return read(answer.response, answer.body);
  };

  function read(response: Response, body: string): IntrospectionResponse {
    const { status } = response;
    if (status === 401) {
      throw new IdentityUnavailable(
        `The identity service at ${endpoint} doesn't know this service: check clientId and its secret or key.`,
      );
    }
    if (status !== 200) {
      throw new IdentityUnavailable(`The identity service at ${endpoint} answered ${status}.`, {
        retryAfterSeconds: retryAfter(response),
      });
    }
    const answer = parse(body);
    if (answer === undefined) {
      throw new IdentityUnavailable(`What answers at ${endpoint} is no introspection: check the issuer's address.`);
    }
    if (answer.active && answer.iss !== issuer) {
      throw new IdentityUnavailable(
        `The identity service at ${endpoint} calls itself ${JSON.stringify(answer.iss)}, not ${JSON.stringify(issuer)}: set issuer to its PUBLIC_URL.`,
      );
    }
    return answer;
  }
}

function formOf(question: Question): Record<string, string> {
  const { token, service, method, route, clientAddress, userAgent } = question;
  return {
    token,
    service,
    method,
    ...(route === undefined ? {} : { route }),
    ...(clientAddress === undefined ? {} : { remote_address: clientAddress }),
    ...(userAgent === undefined ? {} : { user_agent: userAgent.slice(0, MAX_USER_AGENT) }),
  };
}

function parse(body: string): IntrospectionResponse | undefined {
  try {
    const answer = JSON.parse(body) as IntrospectionResponse | null;
    return typeof answer?.active === 'boolean' ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** In whole seconds, within a minute; 1 where the answer doesn't say. */
function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 1);
  return Number.isInteger(seconds) && seconds >= 1 ? Math.min(seconds, 60) : 1;
}
