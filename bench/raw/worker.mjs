// The floor of all figures: a bare worker, on a thread or in a process, that answers each message at once.
import { parentPort } from 'node:worker_threads';

const reply = parentPort ? (message) => parentPort.postMessage(message) : (message) => process.send(message);

function gcd(a, b) {
  for (let d = Math.min(a, b); d > 0; d -= 1) if (a % d === 0 && b % d === 0) return d;
  return 1;
}

const tasks = {
  nothing: () => undefined,
  gcd: ([a, b, times]) => {
    let result = 0;
    for (let n = 0; n < times; n += 1) result = gcd(a, b);
    return result;
  },
  sum: (numbers) => numbers,
};

(parentPort ?? process).on('message', ({ id, task, arg }) => reply({ id, result: tasks[task](arg) }));
