import type { Definition } from '../definition.ts';
import { observe } from '../observe.ts';

/** What an engine costs: ms to start, and ms for each item. */
export interface Price {
  readonly name: string;
  readonly start: number;
  readonly each: number;
}
type Pick = (engines: Price[], items: number) => unknown;

const price = (name: string, start: number, each: number): Price => ({ name, start, each });
const computes = [price('loop', 0, 10), price('async', 0, 10.1), price('threads', 60, 5.1), price('processes', 90, 5)];
const waits = [price('loop', 0, 40), price('async', 0, 2.5), price('threads', 60, 20), price('processes', 90, 20)];

/** The simplest engine that is fast enough. */
export const pick: Definition<Pick> = {
  id: '09.2',
  title: 'the simplest that is fast enough',
  task: 'Give the name of the engine to take for so many items. Its start counts, and within a tenth of the fastest the simpler one is to be taken.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: to use it is the exercise
  stub: function pick(engines: Price[], items: number) {
    return [...engines].sort((a, b) => a.each - b.each)[0]!.name;
  },
  hints: [
    'What does an engine cost for all the items? Its start comes once.',
    'Find the least cost first. Then ask, the simplest first: is this one at most a tenth above it?',
    'const best = Math.min(…) over start + items * each; then engines.find(…) with a cost of at most 1.1 * best.',
  ],
  solution: `function pick(engines, items) {
  const cost = ({ start, each }) => start + items * each;
  const best = Math.min(...engines.map(cost));
  return engines.find((engine) => cost(engine) <= 1.1 * best).name;
}`,
  async judge(answer, that) {
    const ask = async (property: string, engines: readonly Price[], items: number, right: string) => {
      const given = engines.map((engine) => ({ ...engine }));
      const { value, trouble } = await observe(() => answer(given, items), 2_000);
      return that(property, value === right, trouble ?? `for ${items} items it gave ${String(value)}`);
    };
    if (!(await ask('much computing goes to a pool', computes, 1000, 'threads'))) return;
    await ask('the start counts: a little of it stays at home', computes, 5, 'loop');
    await ask('waits overlap on one thread', waits, 1000, 'async');
    const near = [price('loop', 0, 10), price('threads', 0, 9.2)];
    await ask('a gain of less than a tenth is not worth a pool', near, 1000, 'loop');
    const clear = [price('loop', 0, 10), price('threads', 0, 8.9), price('processes', 0, 9)];
    await ask('a gain of more than a tenth is', clear, 1000, 'threads');
    // The loop is within a tenth of the threads, which are within a tenth of the processes; the loop is not of these.
    const steps = [price('loop', 0, 10), price('threads', 0, 9.2), price('processes', 0, 8.5)];
    await ask('a tenth of the fastest counts, not of the next', steps, 1000, 'threads');
  },
};
