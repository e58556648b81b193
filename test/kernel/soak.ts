import { busy, setUp } from './busy.ts';
import { KernelClient } from './client.ts';
import { begun } from './waits.ts';

/** More ways to be busy, which only many tries at odd moments can tell from each other. */
const more = [
  'process.nextTick(() => { for (;;); }); await forever',
  'queueMicrotask(() => { for (;;); }); await forever',
  'for (;;) await new Promise((resolve) => setImmediate(resolve))',
  'for (;;) await fetch("http://127.0.0.1:1").catch(() => 0)',
  'for (;;) console.log("x")',
  'for await (const _ of (async function* () { for (;;) yield 1; })());',
  'for (;;) { JSON.parse(JSON.stringify(new Array(1e5).fill(1))); await new Promise((r) => setImmediate(r)) }',
  'setImmediate(() => {}); setImmediate(() => { for (;;); }); setTimeout(() => {}, 1); await forever',
  'import("undici"); for (;;);',
  'new Promise((_, reject) => reject(new Error("unhandled"))); for (;;);',
];

/**
 * Interrupts cells of all kinds at random moments, as early as while they are being compiled, and runs an ordinary cell
 * after each.
 *
 * @returns the number of interrupts, the variable that every cell in between has raised by one, and the longest time
 *   that an interrupt took, ms
 * @throws Error when a cell does not end or ends as anything else than interrupted
 */
export async function soakInterrupts(seconds: number): Promise<{ interrupts: number; kept: number; worst: number }> {
  const kernel = await KernelClient.start();
  try {
    await kernel.execute(setUp);
    const cells = [...Object.values(busy), ...more];
    const end = performance.now() + seconds * 1000;
    let interrupts = 0;
    let worst = 0;
    let kept = 0;
    while (performance.now() < end) {
      const code = cells[Math.floor(Math.random() * cells.length)]!;
      const cell = kernel.execute(code);
      await begun(cell);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
      const start = performance.now();
      await kernel.interrupt();
      const { reply } = await cell;
      if (reply.ename !== 'Interrupted') throw new Error(`${code} ended as ${JSON.stringify(reply)}`);
      worst = Math.max(worst, performance.now() - start);
      interrupts += 1;
      const { all } = await kernel.execute('await sleep(1); kept += 1');
      kept = Number((all('execute_result')[0]?.data as Record<string, string> | undefined)?.['text/plain']);
    }
    return { interrupts, kept, worst };
  } finally {
    await kernel.close();
  }
}
