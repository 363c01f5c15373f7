// The process's entry: reads the command line, runs one command, turns what it throws into a message and an exit code.
import { buildProgram } from './commands/program.ts';
import { reportFailure } from './commands/report-failure.ts';

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error);
}
