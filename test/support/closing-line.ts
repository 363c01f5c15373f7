// A vitest reporter that has the last word: what could not run, then `N passed, N failed` from the real results.
import type { Reporter, TestModule } from 'vitest/node';

export class ClosingLine implements Reporter {
  readonly #notRun: readonly string[];
  readonly #count = { passed: 0, failed: 0, skipped: 0, pending: 0 };

  /** @param notRun a line for each part of the suite that this run had to leave out */
  constructor(notRun: readonly string[]) {
    this.#notRun = notRun;
  }

  onInit(): void {
    process.once('exit', (code) => {
      const { passed, skipped, pending } = this.#count;
      // A test that never ended has failed; so has a run whose set-up threw before it reached any test.
      const failed = Math.max(this.#count.failed + pending, code === 0 ? 0 : 1);
      const lines = [...this.#banner(), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
      process.stdout.write([...lines, `${passed} passed, ${failed} failed`, ''].join('\n'));
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    this.#count.failed += unhandled.length;
    for (const module of modules) {
      this.#count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) this.#count.failed += suite.errors().length;
      for (const test of module.children.allTests()) this.#count[test.result().state] += 1;
    }
  }

  #banner(): string[] {
    if (this.#notRun.length === 0) return [];
    const rule = '!'.repeat(100);
    return ['', rule, 'NOT EVERYTHING RAN', ...this.#notRun.map((line) => `  ${line}`), rule, ''];
  }
}
