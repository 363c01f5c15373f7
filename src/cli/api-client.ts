// Requests to the server's API in the name of the credential that won. Renews a sign-in's access token when it is
// due, or when the server no longer takes it; a request goes to the credential's own server and nowhere else.
import { type Credential, replaceToken, resolveCredential } from './credentials.ts';
import { type CliError, SIGN_IN_AGAIN, usageError } from './errors.ts';
import { type Answer, type Limits, refusalOf, send, understood } from './http.ts';
import type { Io } from './io.ts';
import { type Profile, parseProfile } from './profile.ts';
import { freshSession, renewSession } from './session.ts';

/** As long as an agent may take to answer. */
const PATIENT: Limits = { timeout: 300_000 };

export class ApiClient {
  readonly #io: Io;
  #credential: Credential;
  #tokenExpiry: string | null | undefined;

  /** Without a credential: the one that wins; throws the documented error when there is none. */
  constructor(io: Io, credential: Credential = resolveCredential(io)) {
    this.#io = io;
    this.#credential = credential;
  }

  /** As it is now: a request may have renewed it. */
  get credential(): Credential {
    return this.#credential;
  }

  /** When the token in use ends, as the server said to this command: ISO 8601, `null` never, undefined not said. */
  get tokenExpiry(): string | null | undefined {
    return this.#tokenExpiry;
  }

  noteTokenExpiry(expiresAt: string | null): void {
    this.#tokenExpiry = expiresAt;
  }

  /** Sends and gives the answer, whatever its status. `body` is JSON text. Throws when the sign-in has ended. */
  async request(method: string, path: string, body?: string, limits: Limits = PATIENT): Promise<Answer> {
    const sendBy = async (token: string) => await this.#send(token, method, path, body, limits);
    if (this.#credential.kind === 'token') return await sendBy(this.#credential.token);
    const session = await freshSession(this.#io, this.#credential.session);
    this.#credential = { ...this.#credential, server: session.url, session };
    const answer = await sendBy(session.accessToken);
    if (answer.status !== 401) return answer;
    const renewed = await renewSession(this.#io, session);
    this.#credential = { ...this.#credential, server: renewed.url, session: renewed };
    return await sendBy(renewed.accessToken);
  }

  /** What an answer that isn't a success means to the person. */
  refusal(answer: Answer): CliError {
    const credential = this.#credential;
    const next = credential.kind === 'token' ? replaceToken(credential, credential.tokenKind) : SIGN_IN_AGAIN;
    return refusalOf(this.#io, answer, next);
  }

  async profile(limits?: Limits): Promise<Profile> {
    const profile = this.#profileOf(await this.request('GET', '/api/users/me', undefined, limits));
    if (profile.token !== undefined) this.noteTokenExpiry(profile.token.expiresAt);
    return profile;
  }

  /** Makes another organization the current one, at once and for this sign-in only. */
  async switchOrganization(organizationId: string): Promise<Profile> {
    const body = JSON.stringify({ organizationId });
    return this.#profileOf(await this.request('PUT', '/api/users/me/organization', body));
  }

  #profileOf(answer: Answer): Profile {
    if (answer.status !== 200) throw this.refusal(answer);
    return understood(this.#credential.server, answer, parseProfile);
  }

  async #send(token: string, method: string, path: string, body: string | undefined, limits: Limits): Promise<Answer> {
    const { server } = this.#credential;
    const address = server + path;
    if (!path.startsWith('/') || !URL.canParse(address) || new URL(address).origin !== new URL(server).origin) {
      throw usageError(`The path must begin with "/" and stay on ${server}: ${path}`);
    }
    return await send(this.#io, address, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      ...limits,
    });
  }
}
