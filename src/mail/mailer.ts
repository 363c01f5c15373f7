/** A mail of plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** It holds a secret, and goes nowhere but to its recipient. */
  readonly confidential?: boolean;
}

/** The Mailer port: mailer-smtp.ts, or mailer-log.ts where no SMTP server is configured. */
export interface Mailer {
  /** @throws when the mail was not accepted */
  send(mail: Mail): Promise<void>;
  close(): void;
}
