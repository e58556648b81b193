import { appendFileSync } from 'node:fs';
import { ClusterExecutor } from '../../../src/executors/cluster/cluster.ts';

// A program that maps with a key and, if told so, dies at its first result. Prints what it got.
const { CLUSTER_URL: url, RUNS: file } = process.env;
const isToDie = process.argv[2] === 'die';

const noted = (x: number, to: string): number => {
  appendFileSync(to, `${x} `);
  const end = performance.now() + 100;
  while (performance.now() < end);
  return x * x;
};

const pool = new ClusterExecutor(2, { url: url! });
const results: number[] = [];
const futures = [1, 2, 3, 4].map((x) => pool.with({ key: `square of ${x}` }).submit(noted, x, file!));
for (const future of futures) {
  results.push(await future);
  if (isToDie) process.kill(process.pid, 'SIGKILL');
}
await pool.shutdown();
console.log(results.join());
