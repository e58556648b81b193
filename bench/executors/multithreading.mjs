import { initRuntime, move, spawn } from 'multithreading';
import { figuresOf } from './figures.mjs';
import { same, tasks } from './tasks.mjs';

const run = async (fn, arg) => {
  const result = await spawn(move(arg), fn).join();
  if (!result.ok) throw result.error;
  return result.value;
};

/** What it has: threads, one pool in a program, arguments that move or, if shared without its locks, a warning. */
export async function figures(kind) {
  const open = (_, maxWorkers) => {
    initRuntime({ maxWorkers });
    return { run: (name, arg) => run(tasks[name], arg), move: (numbers) => run(same, numbers), close() {} };
  };
  const { copied, first, shared, ...others } = await figuresOf(open, kind);
  return others;
}
