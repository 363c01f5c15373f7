// What the person sees: plain lines, colour and a spinner where there is a terminal, JSON where it was asked for.
// Every text passes through here, so that a name sent by a server can't steer the terminal.
import { styleText } from 'node:util';
import yoctoSpinner from 'yocto-spinner';
import type { CliError } from './errors.ts';
import { type Io, type Output, variable } from './io.ts';

type Style = 'green' | 'red' | 'yellow' | 'bold';

/** Control (but for tabs), formatting (also of writing direction) and line-separating characters. */
const STEERING = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line of somebody else's text, with what could steer the terminal made visible as `�`. */
export function harmless(text: string): string {
  return text.replace(STEERING, '\u{FFFD}');
}

/** Indented JSON, with what could steer the terminal written as JSON escapes. */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) => line.replace(STEERING, (character) => character.split('').map(escaped).join('')))
    .join('\n');
}

function escaped(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export class Terminal {
  readonly #io: Io;
  #json = false;
  #hasResult = false;
  /** The body on standard output didn't end with a newline. */
  #isMidLine = false;

  constructor(io: Io) {
    this.#io = io;
  }

  /** From here on standard output holds one JSON document, and progress goes to standard error. */
  useJson(): void {
    this.#json = true;
  }

  /** A line of progress. */
  say(text = '', style?: Style): void {
    this.#line(this.#progress, text, style);
  }

  /** `✓ text` */
  success(text: string): void {
    this.#progress.write(`${this.#styled(this.#progress, '✓', 'green')} ${harmless(text)}\n`);
  }

  warn(text: string): void {
    this.#line(this.#io.stderr, text, 'yellow');
  }

  /** The outcome: `value` as JSON where that was asked for, otherwise what `lines` says. */
  result(value: unknown, lines: () => void): void {
    this.#hasResult = true;
    if (this.#json) this.#writeJson(value);
    else lines();
  }

  /** A body as it came, for a pipe; for a person's eyes indented where it is JSON, and harmless. */
  document(body: Buffer, json: unknown): void {
    const { stdout } = this.#io;
    if (!stdout.isTTY) {
      stdout.write(body);
      this.#isMidLine = body.length > 0 && !body.toString('utf8').endsWith('\n');
      return;
    }
    if (json !== undefined) this.#writeJson(json);
    else for (const line of body.toString('utf8').trimEnd().split(/\r?\n/)) this.#line(stdout, line);
  }

  /** `Error: …`, facts, and what to do next; with `--json` an object as well, unless the result was printed already. */
  fail(error: CliError): void {
    const { message, exitCode, status, details, next } = error;
    const { stderr } = this.#io;
    // Where both streams go to the same place, the error begins a line of its own.
    if (this.#isMidLine) stderr.write('\n');
    stderr.write(`${this.#styled(stderr, 'Error:', 'red')} ${harmless(message)}\n`);
    for (const line of [...details, ...(next.length > 0 ? ['', ...next] : [])]) this.#line(stderr, line);
    if (this.#json && !this.#hasResult) this.#writeJson({ error: { message, status, exitCode } });
  }

  /** Shows that something is awaited; the returned function ends it and leaves the line as it is without a spinner. */
  spin(text: string): () => void {
    if (!this.#progress.isTTY || variable(this.#io, 'TERM') === 'dumb') {
      this.say(text);
      return () => {};
    }
    // Ctrl+C is handled in one place, main.ts.
    const spinner = yoctoSpinner({ text, stream: this.#progress, handleSignals: false }).start();
    return () => spinner.stop(text);
  }

  /** Where progress goes: it gives way to a JSON result. */
  get #progress(): Output {
    return this.#json ? this.#io.stderr : this.#io.stdout;
  }

  #writeJson(value: unknown): void {
    this.#io.stdout.write(`${harmlessJson(value)}\n`);
  }

  #line(stream: Output, text: string, style?: Style): void {
    const line = harmless(text);
    stream.write(`${style === undefined ? line : this.#styled(stream, line, style)}\n`);
  }

  #styled(stream: Output, text: string, style: Style): string {
    const plain =
      !stream.isTTY || variable(this.#io, 'NO_COLOR') !== undefined || variable(this.#io, 'TERM') === 'dumb';
    return plain ? text : styleText(style, text, { validateStream: false });
  }
}
