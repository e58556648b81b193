import type { Definition } from '../definition.ts';
import { observe } from '../observe.ts';

type Clock = () => number;
type CoresBusy = (work: () => unknown, now: Clock, cpuTime: Clock) => unknown;

/** What a work takes by both clocks, in ms. */
const works = [
  { name: 'one that computes', wall: 400, cpu: 400, waits: false },
  { name: 'one that waits', wall: 500, cpu: 5, waits: true },
  { name: 'one on two threads', wall: 300, cpu: 600, waits: true },
] as const;

/** CPU time ÷ wall time, with clocks that the judge moves: what is measured does not depend on the machine. */
export const coresBusy: Definition<CoresBusy> = {
  id: '01.1',
  title: 'cores busy',
  task: 'Give CPU time ÷ wall time of the work: both from its start to its end, and nothing else.',
  stub: async function coresBusy(work: () => unknown, now: Clock, cpuTime: Clock) {
    const start = now();
    work();
    return cpuTime() / (now() - start);
  },
  hints: [
    'When has the work ended: when work() comes back, or when the promise that it gives is kept?',
    'cpuTime() tells what the whole program has used since it was started. What had it used when the work began?',
    'Read both clocks, await work(), read both again, and divide the two differences.',
  ],
  solution: `async function coresBusy(work, now, cpuTime) {
  const start = now();
  const before = cpuTime();
  await work();
  return (cpuTime() - before) / (now() - start);
}`,
  async judge(answer, that) {
    for (const { name, wall, cpu, waits } of works) {
      const clock = { now: 7_000, cpu: 1_234 };
      let calls = 0;
      const pass = () => {
        clock.now += wall;
        clock.cpu += cpu;
      };
      const work = () => {
        calls += 1;
        if (!waits) return pass();
        return new Promise<void>((resolve) => setTimeout(() => resolve(pass()), 5));
      };
      const given = () =>
        answer(
          work,
          () => clock.now,
          () => clock.cpu,
        );
      const { value, trouble } = await observe(given, 2_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      if (!that(`${name} is run once`, calls === 1, `${calls} times`)) return;
      const right = typeof value === 'number' && Math.abs(value - cpu / wall) < 1e-9;
      const seen = `${cpu} ms of CPU time in ${wall} ms; it gave ${String(value)}`;
      if (!that(`${name} keeps ${cpu / wall} cores busy`, right, seen)) return;
    }
  },
};
