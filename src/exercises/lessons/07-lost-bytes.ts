import { setTimeout as sleep } from 'node:timers/promises';
import type { Definition } from '../definition.ts';
import { observe } from '../observe.ts';

/** Tells the size of a page, some time later. */
type SizeOf = (name: string) => Promise<number>;

const sizes: Readonly<Record<string, number>> = {
  home: 2100,
  news: 8800,
  shop: 4700,
  help: 1300,
  jobs: 900,
  map: 6400,
};
const names = Object.keys(sizes);
/** The order in which the answers come: neither the order of the questions nor its reverse. */
const order = ['shop', 'home', 'map', 'jobs', 'news', 'help'];

/** `total += await …` reads the total before the wait and writes it after. */
export const lostBytes: Definition<(names: string[], sizeOf: SizeOf) => unknown> = {
  id: '07.1',
  title: 'lost bytes',
  task: 'Add up the sizes of all pages without losing one, and still ask for all of them at the same time.',
  stub: async function lostBytes(names: string[], sizeOf: SizeOf) {
    let bytes = 0;
    const one = async (name: string) => {
      bytes += await sizeOf(name);
    };
    await Promise.all(names.map(one));
    return bytes;
  },
  hints: [
    'When is the old value of bytes read: before the wait or after it?',
    'Read and write bytes without an await between the two.',
    'Put the size into a constant first: const size = await sizeOf(name); then add the constant.',
  ],
  solution: `async function lostBytes(names, sizeOf) {
  let bytes = 0;
  const one = async (name) => {
    const size = await sizeOf(name);
    bytes += size; // read and written with no await between
  };
  await Promise.all(names.map(one));
  return bytes;
}`,
  async judge(answer, that) {
    const asked: string[] = [];
    let open = 0;
    let most = 0;
    let meet!: () => void;
    const all = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const sizeOf: SizeOf = async (name) => {
      const size = sizes[name];
      if (size === undefined) throw new RangeError(`there is no page ${JSON.stringify(name)}`);
      asked.push(name);
      open += 1;
      most = Math.max(most, open);
      if (open === names.length) meet();
      await Promise.race([all, sleep(100)]);
      await sleep(2 * order.indexOf(name));
      open -= 1;
      return size;
    };
    const { value, trouble } = await observe(() => answer([...names], sizeOf), 3_000);
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    const once = asked.toSorted().join() === names.toSorted().join();
    that('each page is asked for once', once, asked.join(', ') || 'none was asked for');
    that(
      'all are asked for at the same time',
      most === names.length,
      `at most ${most} of ${names.length} were under way`,
    );
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    that('no size is lost', value === total, `it gave ${JSON.stringify(value)} of ${total}`);
  },
};
