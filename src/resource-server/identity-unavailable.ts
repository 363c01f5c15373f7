/** The identity service couldn't be asked, so nothing may be concluded about the credential. Its text holds no secret. */
export class IdentityUnavailable extends Error {
  override readonly name = 'IdentityUnavailable';
  /** When to ask again, if the service said so. */
  readonly retryAfterSeconds: number;

  constructor(message: string, options: ErrorOptions & { readonly retryAfterSeconds?: number } = {}) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}
