/**
 * `npm run bench`: figures of this machine beside bare references, measured in one run, side by side in interleaved rounds.
 * `npm run bench -- --only gateway|inference|memory`, `--quick` for a first look (wide error), `--json` for machines.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benchGateway } from './bench-gateway.ts';
import { benchInference } from './bench-inference.ts';
import { benchMemory } from './bench-memory.ts';
import { printTable, type Row } from './report.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const quick = values.quick;
const parts: Record<string, () => Promise<Row[]>> = {
  gateway: () =>
    benchGateway({
      rounds: quick ? 3 : 7,
      requests: quick ? 4000 : 12_000,
      streams: 200,
      framesPerStream: quick ? 40 : 100,
      bigBodies: quick ? 100 : 300,
    }),
  inference: () => benchInference({ rounds: quick ? 3 : 5, tokens: quick ? 48 : 64 }),
  memory: () => benchMemory({ rounds: quick ? 10 : 50 }),
};
const wanted = values.only === undefined ? Object.keys(parts) : values.only.split(',');
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0 || process.platform !== 'linux') {
  console.error(
    unknown.length > 0
      ? `There is no part "${unknown.join(', ')}"; there are ${Object.keys(parts).join(', ')}.`
      : 'The benchmark reads /proc and runs on Linux only.',
  );
  process.exit(1);
}

const startedAt = Date.now();
const rows: Row[] = [];
for (const name of wanted) {
  if (!values.json) console.error(`measuring: ${name} …`);
  rows.push(...((await parts[name]?.()) ?? []));
}
if (values.json) console.log(JSON.stringify(rows));
else {
  printTable(rows);
  console.log(
    `\n${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)} at the end, ${((Date.now() - startedAt) / 1000).toFixed(0)} s. Medians; the ratio is the median of the rounds' ratios.`,
  );
}
