// Figures as Markdown.
import { cpus, release, totalmem } from 'node:os';
import { type Costs, multiple, quantile, type Subject } from './measure.ts';

/** CPU per request of each, as a multiple of the first. */
export function costTable(subjects: readonly Subject[], costs: ReadonlyMap<string, Costs>): string {
  const [floor] = subjects.map((subject) => costsOf(costs, subject));
  if (floor === undefined) throw new Error('nothing was measured');
  const rows = subjects.map((subject) => {
    const cost = costsOf(costs, subject);
    const { median, from, to } = multiple(cost, floor);
    return [
      subject.name,
      quantile(cost.server, 0.5).toFixed(1),
      `${median.toFixed(2)} ×`,
      `${from.toFixed(2)} to ${to.toFixed(2)}`,
      subject.server.database === undefined ? '' : quantile(cost.postgres, 0.5).toFixed(0),
      (1e6 / quantile(cost.elapsed, 0.5)).toFixed(0),
    ];
  });
  return table(['', 'server, µs', '× bare', 'half of the rounds', 'Postgres, µs', 'a second'], rows);
}

export function costsOf(costs: ReadonlyMap<string, Costs>, { name }: Subject): Costs {
  const found = costs.get(name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** What the figures depend on. */
export function machine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${gigabytes} GB, Linux ${release()}, Node ${process.version}`;
}
