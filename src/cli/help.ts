// What the commands' help pages share.

/** For `command.option(...JSON_OPTION)`: every command has it. */
export const JSON_OPTION = ['--json', 'print the result as JSON; progress goes to standard error'] as const;

/** The section that closes a help page. */
export function examples(...lines: readonly string[]): string {
  return ['\nExamples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
