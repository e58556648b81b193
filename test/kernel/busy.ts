/** The first cell: what the others use, and a variable that has to survive. */
export const setUp = `
  import { Worker } from 'node:worker_threads';
  import { execFileSync, execSync, fork, spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { setTimeout as sleep } from 'node:timers/promises';
  const word = new Int32Array(new SharedArrayBuffer(4));
  const forever = new Promise(() => {});
  let kept = 0;`;

/** A cell for each way to be busy for ever; `started` is printed when it is. */
export const busy: Record<string, string> = {
  'a loop at once': 'for (;;);',
  'a loop that catches everything': 'for (;;) try { for (;;); } catch {} finally {}',
  'a loop after an await': 'await null; for (;;);',
  'a loop after a timer': 'await sleep(1); for (;;);',
  'a loop in the callback of a timer': 'setTimeout(() => { for (;;); }, 1); await forever;',
  'a loop in the callback of an interval': 'setInterval(() => { for (;;); }, 1); await forever;',
  'a loop among immediates': 'setImmediate(() => { for (;;); }); setImmediate(() => {}); await forever;',
  'a regular expression that explodes': '/^(a+)+$/.test("a".repeat(50) + "b")',
  'Atomics.wait at once': 'Atomics.wait(word, 0, 0)',
  'Atomics.wait after an await': 'await null; Atomics.wait(word, 0, 0)',
  'a pending await': 'await forever',
  'a loop of awaits': 'for (;;) await null',
  'a loop of timers': 'for (;;) { await sleep(5); console.log("tick") }',
  'a spinning worker': 'await once(new Worker("for (;;);", { eval: true }), "exit")',
  'a worker that waits for a process':
    'await once(new Worker(`require("child_process").execFileSync("sleep", ["987"])`, { eval: true }), "exit")',
  'a spawned process': 'await once(spawn("sleep", ["987"]), "exit")',
  'a shell and what it started': 'await once(spawn("sh", ["-c", "sleep 987; true"]), "exit")',
  'a detached process': 'spawn("sleep", ["987"], { detached: true, stdio: "ignore" }).unref(); await forever',
  'a process that ignores signals': `await once(spawn("sh", ["-c", "trap '' INT TERM; sleep 987"]), "exit")`,
  'a fork that spins': 'await once(fork("-e", ["for (;;);"]), "exit")',
  'execFileSync at once': 'execFileSync("sleep", ["987"])',
  'execSync after an await': 'await null; execSync("sleep 987; true")',
};
