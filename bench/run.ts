import { readdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { asTable, Bench } from './harness.ts';

/** Files beside the topics that are none. */
const others = new Set(['harness', 'run']);

const topics = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !others.has(name) && !name.includes('.'));

const usage = `npm run bench -- <topic> [--json FILE] [--rounds n]
topics: ${topics.join(', ')}`;

/** Measures one topic and prints its table. Gives the exit code: 2 for a wrong call. */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'string' }, rounds: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [topic, ...rest] = positionals;
  if (topic === undefined || rest.length > 0) throw new UsageError('name one topic');
  if (!topics.includes(topic)) throw new UsageError(`there is no topic '${topic}'`);
  const module: { default: (bench: Bench) => Promise<void>; rounds?: number } = await import(`./${topic}.ts`);
  const rounds = Number(values.rounds ?? module.rounds ?? 7);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new UsageError(`--rounds takes a whole number, not '${values.rounds}'`);
  const bench = new Bench(rounds, (line) => console.error(line));
  await module.default(bench);
  const report = bench.report(topic);
  console.log(asTable(report));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return 0;
}

class UsageError extends Error {}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error & { code?: string }) => {
    const wrongCall = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS') === true;
    console.error(wrongCall ? `${error.message}\n${usage}` : error);
    process.exitCode = wrongCall ? 2 : 1;
  },
);
