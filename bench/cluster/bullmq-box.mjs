// What a worker of bare BullMQ does with a job, by itself or in a process that BullMQ starts for it.
import { tasks } from '../executors/tasks.mjs';

/** @param {{ readonly name: string, readonly data: never }} job */
export default async function run({ name, data }) {
  return tasks[name](data);
}
