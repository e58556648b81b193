import { now } from '../timing/clock.ts';
import type { Hello } from './protocol.ts';
import { Runner } from './runner.ts';

const ready = now();
let cpuBefore = 0;

/** Tinypool calls this once in each process of a pool; from then on batches come by the same channel. */
export function serve(): Hello {
  const runner = new Runner({
    kind: 'process',
    post: (report) => process.send!(report),
    // Nothing to wait for: stdout and stderr are pipes, which Node writes to at once; the counts say how far to read.
    printed: () => undefined,
    extras,
  });
  process.on('message', (message: object) => {
    if ('batch' in message || 'withdraw' in message) runner.message(message as never);
  });
  process.on('exit', () => runner.lastWords());
  process.on('disconnect', () => process.exit());
  return { ready };
}

function extras(): { cpu: number; written: [number, number] } {
  const { user, system } = process.cpuUsage();
  const cpu = (user + system) / 1000;
  const used = cpu - cpuBefore;
  cpuBefore = cpu;
  return { cpu: used, written: [written(process.stdout), written(process.stderr)] };
}

function written(stream: NodeJS.WriteStream): number {
  return (stream as { bytesWritten?: number }).bytesWritten ?? 0;
}
