import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ChainReport, Verification } from '../audit/verification.ts';
import { verifyAuditLog } from '../audit/verification.ts';
import { verifyExport } from '../audit/verify-export.ts';
import { systemClock } from '../clock.ts';
import { openKeyRing } from '../keys/key-ring.ts';
import { CommandProblem } from './report-failure.ts';
import { print, withDatabase } from './with-database.ts';

/** Exit 1 when the audit log isn't what was written to it. */
export async function auditVerify({ json, file }: { json?: boolean; file?: string }): Promise<void> {
  if (file !== undefined) return await verifyFile(file, json);
  const verification = await withDatabase(async (database, config) => {
    const { auditKey } = await openKeyRing(database, config, systemClock.now());
    return await verifyAuditLog(database, auditKey);
  });
  print(json, facts(verification), verification.chains.map(line).concat(summary(verification)).join('\n'));
  const { faults } = verification;
  if (faults.length === 0) return;
  const found = faults.map(({ chain, message }) => `  ${chain === '-' ? '' : `${chain}: `}${message}`);
  throw new CommandProblem(`the audit log is not what was written to it:\n${found.join('\n')}`);
}

async function verifyFile(file: string, json: boolean | undefined): Promise<void> {
  const { records, unchecked, gaps, fault } = await verifyExport(linesOf(file)).catch((error: Error) => {
    throw new CommandProblem(`--file ${file}: ${error.message}`);
  });
  if (fault !== undefined) throw new CommandProblem(`${file} is not what was exported: ${fault}`);
  const parts = [
    `${records} records are as they were written`,
    `${gaps} gaps between them (filters leave some)`,
    ...(unchecked === 0 ? [] : [`${unchecked} belong to no organization and can't be checked here`]),
  ];
  print(json, { whole: true, records, gaps, unchecked }, `${parts.join('; ')}.`);
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}

function facts({ chains, round, faults }: Verification): object {
  return {
    whole: faults.length === 0,
    chains: chains.map(({ name, records, head, lastSeal }) => ({
      chain: name,
      records,
      head: { seq: head.seq, hash: head.hash.toString('hex') },
      sealed: lastSeal === undefined ? null : { seq: lastSeal.seq, at: lastSeal.sealedAt },
    })),
    sealRound:
      round === undefined ? null : { number: round.number, digest: round.digest.toString('hex'), at: round.sealedAt },
    faults,
  };
}

function line({ name, records, head, lastSeal, fault }: ChainReport): string {
  const sealed =
    lastSeal === undefined ? 'not sealed yet' : `sealed through ${lastSeal.seq} at ${lastSeal.sealedAt.toISOString()}`;
  const state = fault === undefined ? `${records} records` : `BROKEN: ${fault.message}`;
  return `${name}: ${state}, head ${head.seq} ${head.hash.toString('hex')}, ${sealed}`;
}

function summary({ chains, round, faults }: Verification): string {
  const records = chains.reduce((sum, chain) => sum + chain.records, 0);
  const seals =
    round === undefined
      ? 'no seals yet'
      : `last seals: round ${round.number}, ${round.sealedAt.toISOString()}, digest ${round.digest.toString('hex')}`;
  const whole =
    faults.length === 0
      ? `The audit log is whole: ${records} records in ${chains.length} chains`
      : 'The audit log is BROKEN';
  return `\n${whole}; ${seals}.`;
}
