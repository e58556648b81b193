import { setTimeout as sleep } from 'node:timers/promises';
import type { Definition, Note } from '../definition.ts';
import { observe } from '../observe.ts';

export interface Dish {
  readonly name: string;
  /** How long it is in the oven. */
  readonly minutes: number;
}
type OneCook = (dishes: Dish[], chop: (dish: Dish) => void, bake: (dish: Dish) => Promise<unknown>) => unknown;

const dishes: readonly Dish[] = [
  { name: 'soup', minutes: 20 },
  { name: 'cake', minutes: 40 },
  { name: 'rolls', minutes: 10 },
  { name: 'roast', minutes: 60 },
];

/** One pair of hands, room in the oven for all: what waits must begin to wait as soon as it can. */
export const oneCook: Definition<OneCook> = {
  id: '01.2',
  title: 'one cook, many dishes',
  task: 'Chop and bake each dish once, and be done as early as one pair of hands can be.',
  stub: async function oneCook(dishes: Dish[], chop: (dish: Dish) => void, bake: (dish: Dish) => Promise<unknown>) {
    for (const dish of dishes) {
      chop(dish);
      await bake(dish);
    }
  },
  hints: [
    'What do the hands do while the soup is in the oven?',
    'bake begins the baking and gives a promise at once. Keep the promises, and await them when nothing is left to chop.',
    'All dishes take the same time to chop. Whichever is chopped last goes in last: which one had better not be last?',
  ],
  solution: `async function oneCook(dishes, chop, bake) {
  const longestFirst = [...dishes].sort((a, b) => b.minutes - a.minutes);
  const baking = longestFirst.map((dish) => {
    chop(dish);
    return bake(dish); // a promise: the hands go on with the next dish
  });
  await Promise.all(baking);
}`,
  async judge(answer, that) {
    const log: string[] = [];
    const chop = ({ name }: Dish) => void log.push(`${name} chopped`);
    const bake = async ({ name, minutes }: Dish) => {
      log.push(`${name} in`);
      await sleep(minutes);
      log.push(`${name} out`);
    };
    const given = dishes.map((dish) => ({ ...dish }));
    const { value, trouble } = await observe(async () => {
      await answer(given, chop, bake);
      return [...log];
    }, 2_000);
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    judgeLog(value as string[], that);
  },
};

function judgeLog(log: readonly string[], that: Note): void {
  const story = log.join(', ') || 'nothing was done';
  const times = (line: string) => log.filter((other) => other === line).length;
  const once = dishes.every(({ name }) => times(`${name} chopped`) === 1 && times(`${name} in`) === 1);
  if (!that('each dish is chopped and baked once', once && log.length <= 3 * dishes.length, story)) return;
  const raw = dishes.find(({ name }) => log.indexOf(`${name} in`) < log.indexOf(`${name} chopped`));
  if (!that('no dish is baked unchopped', !raw, story)) return;
  const done = dishes.every(({ name }) => times(`${name} out`) === 1);
  if (!that('all are done when you come back', done, story)) return;
  const lastIn = log.findLastIndex((line) => line.endsWith(' in'));
  const firstOut = log.findIndex((line) => line.endsWith(' out'));
  if (!that('the hands never wait for the oven', lastIn < firstOut, story)) return;
  const atOnce = dishes.every(({ name }) => log.indexOf(`${name} in`) === log.indexOf(`${name} chopped`) + 1);
  if (!that('what is chopped goes into the oven at once', atOnce, story)) return;
  const order = log.filter((line) => line.endsWith(' in')).map((line) => line.slice(0, -3));
  const best = dishes.toSorted((a, b) => b.minutes - a.minutes).map(({ name }) => name);
  that(
    'the longer it bakes, the sooner it goes in',
    order.join() === best.join(),
    `in this order: ${order.join(', ')}`,
  );
}
