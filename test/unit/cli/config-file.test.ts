import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { configPath, readConfig, UnreadableConfig, updateConfig, writeConfig } from '../../../src/cli/config-file.ts';
import type { Io } from '../../../src/cli/io.ts';
import { testIo } from './support.ts';

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function place(io: Io, text: string): string {
  mkdirSync(join(io.homeDir, '.teamday'), { recursive: true, mode: 0o700 });
  writeFileSync(configPath(io), text, { mode: 0o600 });
  return configPath(io);
}

describe('config file', () => {
  it('is nothing before the first sign-in', () => {
    const io = testIo();
    expect(readConfig(io)).toEqual({});
    expect(readdirSync(io.homeDir)).toEqual([]);
  });

  it('is readable by its owner alone, in a directory of its own', () => {
    const io = testIo();
    writeConfig(io, { url: 'https://cc.teamday.ai' });
    expect([modeOf(join(configPath(io), '..')), modeOf(configPath(io))]).toEqual(['700', '600']);
    expect(readConfig(io)).toEqual({ url: 'https://cc.teamday.ai' });
  });

  it('is closed to others when it was found open', () => {
    const io = testIo();
    const path = place(io, '{}');
    chmodSync(path, 0o644);
    chmodSync(join(path, '..'), 0o755);
    readConfig(io);
    expect([modeOf(join(path, '..')), modeOf(path)]).toEqual(['700', '600']);
  });

  it('carries along what it does not know', async () => {
    const io = testIo();
    place(io, '{"theme":"dark","apiToken":"x"}');
    await updateConfig(io, (config) => ({ ...config, apiToken: 'y' }));
    expect(readConfig(io)).toEqual({ theme: 'dark', apiToken: 'y' });
  });

  it('disappears when nothing is left in it', () => {
    const io = testIo();
    writeConfig(io, { apiToken: 'x' });
    writeConfig(io, {});
    expect(existsSync(configPath(io))).toBe(false);
  });

  it.each([
    ['cut JSON', '{"accessToken": "e'],
    ['an empty file', ''],
    ['a list', '[]'],
    ['a field of the wrong kind', '{"accessToken": 7}'],
    ['an unprotected server', '{"url": "http://cc.teamday.ai"}'],
  ])('that is %s is named and left as it is', async (_, text) => {
    const io = testIo();
    const path = place(io, text);
    expect(() => readConfig(io)).toThrow(UnreadableConfig);
    await expect(updateConfig(io, () => ({ apiToken: 'x' }))).rejects.toThrow(UnreadableConfig);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('that is a symbolic link is refused', () => {
    const io = testIo();
    const target = join(io.homeDir, 'elsewhere');
    writeFileSync(target, '{"apiToken":"x"}');
    mkdirSync(join(io.homeDir, '.teamday'), { mode: 0o700 });
    symlinkSync(target, configPath(io));
    expect(() => readConfig(io)).toThrow('not a plain file');
  });

  it('in a directory that is a symbolic link is refused', () => {
    const io = testIo();
    mkdirSync(join(io.homeDir, 'elsewhere'));
    symlinkSync(join(io.homeDir, 'elsewhere'), join(io.homeDir, '.teamday'));
    expect(() => readConfig(io)).toThrow('not a plain directory');
    expect(() => writeConfig(io, { apiToken: 'x' })).toThrow('not a plain directory');
  });

  it('of another user is refused', () => {
    const io = testIo();
    place(io, '{}');
    expect(() => readConfig({ ...io, uid: (io.uid ?? 0) + 1 })).toThrow('belongs to another user');
  });

  it('removes what a killed command has left half written, but not what another writes now', () => {
    const io = testIo();
    const path = place(io, '{}');
    for (const name of ['old', 'young']) writeFileSync(`${path}.${name}.tmp`, 'secret');
    utimesSync(`${path}.old.tmp`, 1, 1);
    writeConfig(io, { apiToken: 'x' });
    expect(readdirSync(join(path, '..')).sort()).toEqual(['config.json', 'config.json.young.tmp']);
  });

  it('is whole whenever its writer is killed', async () => {
    const io = testIo();
    writeConfig(io, { apiToken: 'first' });
    const script = new URL('./writer.ts', import.meta.url).pathname;
    for (let round = 0; round < 10; round += 1) {
      const child = spawn(process.execPath, [script, io.homeDir, 'config'], { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await setTimeout(round * 3);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      expect(readConfig(io)['filler']).toMatch(/^x{100000}$/);
    }
    await updateConfig(io, () => ({ apiToken: 'last' }));
    expect(readConfig(io)).toEqual({ apiToken: 'last' });
  });
});
