import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../../src/cli/lock.ts';
import { temporaryDirectory, testIo } from './support.ts';

const NOBODY = 999_999_999;

describe('lock', () => {
  it('lets one process in at a time, and leaves nothing behind', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'counter'), '0');
    const script = new URL('./writer.ts', import.meta.url).pathname;
    const codes = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, [script, directory, 'count', '20'], { stdio: 'inherit' });
        return await new Promise((resolve) => child.once('exit', resolve));
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(readFileSync(join(directory, 'counter'), 'utf8')).toBe('80');
    expect(readdirSync(directory)).toEqual(['counter']);
  });

  it('is taken at once from a process that died holding it', async () => {
    const io = testIo();
    const path = join(io.homeDir, 'lock');
    writeFileSync(path, `${NOBODY} ${io.hostname} x`);
    const before = Date.now();
    expect(await withLock(io, path, async () => readFileSync(path, 'utf8'))).toMatch(`${io.pid} ${io.hostname} `);
    expect(Date.now() - before).toBeLessThan(1_000);
    expect(readdirSync(io.homeDir)).toEqual([]);
  });

  it('is taken soon from a process that died before it could write its name', async () => {
    const io = testIo();
    const path = join(io.homeDir, 'lock');
    writeFileSync(path, '');
    const before = Date.now();
    expect(await withLock(io, path, async () => readFileSync(path, 'utf8'))).toMatch(`${io.pid} `);
    expect(Date.now() - before).toBeLessThan(2_500);
  });

  it('is taken from a machine that has held it for too long', async () => {
    const io = testIo();
    const path = join(io.homeDir, 'lock');
    writeFileSync(path, '1 elsewhere x');
    utimesSync(path, 1, 1);
    expect(await withLock(io, path, async () => readFileSync(path, 'utf8'))).toMatch(`${io.pid} `);
  });

  it('held by somebody alive is waited for no longer than five seconds, and stays theirs', async () => {
    let time = Date.now();
    const clock = { ...testIo().clock, now: () => time };
    const sleep = async (milliseconds: number) => {
      time += milliseconds;
    };
    const io = testIo({ clock, sleep });
    const path = join(io.homeDir, 'lock');
    writeFileSync(path, '1 elsewhere x');
    const before = time;
    expect(await withLock(io, path, async () => 'done')).toBe('done');
    expect(time - before).toBe(5_000);
    expect(readFileSync(path, 'utf8')).toBe('1 elsewhere x');
  });

  it('is given back when the work fails', async () => {
    const io = testIo();
    const path = join(io.homeDir, 'lock');
    await expect(withLock(io, path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(readdirSync(io.homeDir)).toEqual([]);
  });
});
