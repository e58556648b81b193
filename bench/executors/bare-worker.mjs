// A bare worker, on a thread or in a process, that answers each message at once.
import { parentPort } from 'node:worker_threads';
import { tasks } from './tasks.mjs';

const reply = parentPort ? (message) => parentPort.postMessage(message) : (message) => process.send(message);

(parentPort ?? process).on('message', ({ id, task, arg }) => reply({ id, result: tasks[task](arg) }));
