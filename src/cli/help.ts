// What the commands' help pages share, and the way to them by words: `teamday help auth login`.
import type { Command } from 'commander';

/** For `command.option(...JSON_OPTION)`: every command has it. */
export const JSON_OPTION = ['--json', 'print the result as JSON; progress goes to standard error'] as const;

/** The section that closes a help page. */
export function examples(...lines: readonly string[]): string {
  return ['\nExamples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}

/**
 * Gives a group of commands, and the groups in it, a `help` that follows all the words it is given; commander's own
 * looks at the first alone. It ends at the deepest command named, as wrong usage where words are left over.
 */
export function addHelpCommands(group: Command): void {
  for (const command of group.commands) if (command.commands.length > 0) addHelpCommands(command);
  group
    .command('help')
    .description('show the help of a command')
    .argument('[command...]', 'its name, word by word')
    .action((words: string[]) => {
      let named = group;
      for (const word of words) {
        const next = named
          .createHelp()
          .visibleCommands(named)
          .find((command) => command.name() === word);
        if (next === undefined) return named.help({ error: true });
        named = next;
      }
      named.help();
    });
}
