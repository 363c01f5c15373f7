// Names that people try for a command that is called otherwise: each is wrong usage, answered with the right name.
import type { Command } from 'commander';
import { usageError } from './errors.ts';

/** `login` for `auth login`, and so on with every command of `auth`; `whoami` for `auth status`. */
export function addMisnomers(program: Command, auth: Command): void {
  for (const command of auth.commands) addMisnomer(program, command.name(), `auth ${command.name()}`);
  for (const group of [program, auth]) addMisnomer(group, 'whoami', 'auth status');
}

function addMisnomer(group: Command, name: string, meant: string): void {
  group
    .command(name, { hidden: true })
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw usageError(`unknown command '${name}'`, [`Did you mean \`teamday ${meant}\`?`]);
    });
}
