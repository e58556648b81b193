// The floor of all figures: bare workers and nothing else, a message there, a message back, a promise for each.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { figuresOf, speedUp } from './figures.mjs';

const file = fileURLToPath(new URL('./bare-worker.mjs', import.meta.url));

/** @type {import('./figures.mjs').Open} */
export function open(kind, count) {
  const waiting = new Map();
  let last = 0;
  const workers = Array.from({ length: count }, () => {
    const worker = kind === 'thread' ? new Worker(file) : fork(file, { serialization: 'advanced' });
    worker.on('message', ({ id, result }) => {
      waiting.get(id)(result);
      waiting.delete(id);
    });
    return worker;
  });
  const posts = workers.map((worker) =>
    worker instanceof Worker ? (message) => worker.postMessage(message) : (message) => worker.send(message),
  );
  return {
    run(task, arg) {
      last += 1;
      const id = last;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        posts[id % count]({ id, task, arg });
      });
    },
    close: () => Promise.all(workers.map((worker) => (worker instanceof Worker ? worker.terminate() : worker.kill()))),
  };
}

/** Those of every pool, and what two workers can gain here at all. @param {import('./figures.mjs').Kind} kind */
export async function figures(kind) {
  const pool = open(kind, 2);
  return { ...(await figuresOf(open, kind, pool)), speedUp: () => speedUp(pool) };
}
