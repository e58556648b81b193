// The floor: a bare worker, on a thread or in a process, that sends as many messages as asked for, or answers each.
import { parentPort } from 'node:worker_threads';

const post = parentPort ? (message) => parentPort.postMessage(message) : (message) => process.send(message);

(parentPort ?? process).on('message', (message) => {
  if (message.flood === undefined) post(message);
  else for (let n = 1; n <= message.flood; n += 1) post(n);
});
