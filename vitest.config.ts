// The same suites on two backends: `embedded` needs nothing installed, `services` runs on Postgres and Redis.
// Where these don't answer, their projects are left out and the run says so last; under CI=true they fail instead.
import { defineConfig } from 'vitest/config';
import type { BackendKind } from './test/support/backends.ts';
import { ClosingLine } from './test/support/closing-line.ts';
import { missingNginx } from './test/support/nginx.ts';
import { NODE_FLAGS } from './test/support/node-flags.ts';
import { missingServices } from './test/support/services.ts';

const setups: Record<BackendKind, string> = {
  embedded: 'test/support/embedded.setup.ts',
  services: 'test/support/services.setup.ts',
};

function suites(backend: BackendKind) {
  return {
    extends: true as const,
    test: {
      name: backend,
      include: ['test/{contracts,protocol,attacks,faults}/**/*.test.{ts,tsx}'],
      globalSetup: [setups[backend]],
      provide: { backend },
    },
  };
}

/** What a command or a service says of its own accord, whatever the server keeps its data in: on the backend of every run. */
const SEEN_ONCE = ['test/journeys/cli-mistakes.test.ts', 'test/journeys/services.test.ts'];

/** After the others: a browser, a server and a command share the machine. */
function journeys(backend: BackendKind) {
  return {
    extends: true as const,
    test: {
      name: `journeys-${backend}`,
      include: ['test/journeys/**/*.test.ts'],
      exclude: backend === 'services' ? SEEN_ONCE : [],
      globalSetup: [setups[backend], 'test/support/chromium.setup.ts'],
      provide: { backend },
      sequence: { groupOrder: 1 },
    },
  };
}

export default defineConfig(async () => {
  const missing = await missingServices();
  const backends: BackendKind[] =
    missing.length === 0 || process.env['CI'] === 'true' ? ['embedded', 'services'] : ['embedded'];
  const notRun = [
    ...(backends.includes('services') ? [] : [...missing, 'So no test ran on Postgres and Redis.']),
    ...missingNginx(),
  ];
  return {
    test: {
      projects: [
        { extends: true as const, test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'] } },
        ...backends.map(suites),
        ...backends.map(journeys),
      ],
      reporters: ['default', new ClosingLine(notRun)],
      maxWorkers: 3, // each may hold an embedded database of about 300 MB; most wait for something half of their time
      execArgv: NODE_FLAGS,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      passWithNoTests: false,
      coverage: { include: ['src/**/*.{ts,tsx}', 'views/**/*.{ts,tsx}'] },
    },
  };
});
