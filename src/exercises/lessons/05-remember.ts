import { setTimeout as sleep } from 'node:timers/promises';
import type { Definition } from '../definition.ts';
import { same } from '../evidence.ts';
import { inWords, observe } from '../observe.ts';

type Load = (key: string) => Promise<string>;
type Remember = (load: Load) => (key: string) => Promise<string>;

/** Check and act in one stretch: keep the promise, not what it gives. */
export const remember: Definition<Remember> = {
  id: '05.3',
  title: 'ask once',
  task: 'Load each page once, however many ask for it at the same time; and a failure must not be remembered.',
  stub: function remember(load: Load) {
    const kept = new Map();
    return async (key: string) => {
      if (!kept.has(key)) kept.set(key, await load(key));
      return kept.get(key);
    };
  },
  hints: [
    'What do five tasks find that look into the map before the first page has come?',
    'Between has and set there is an await. What could you put into the map without waiting?',
    'Keep the promise: kept.set(key, load(key)). And remove it again if it fails: page.catch(() => kept.delete(key)).',
  ],
  solution: `function remember(load) {
  const kept = new Map();
  return async (key) => {
    if (!kept.has(key)) {
      const page = load(key);
      kept.set(key, page);
      page.catch(() => kept.delete(key));
    }
    return await kept.get(key);
  };
}`,
  async judge(answer, that) {
    const calls: string[] = [];
    const count = (key: string) => calls.filter((each) => each === key).length;
    let [busy, most] = [0, 0];
    const load: Load = async (key) => {
      calls.push(key);
      most = Math.max(most, ++busy);
      let turns = 0; // each of the two waits for the other one, so many turns at most
      do await sleep(2);
      while (most < 2 && ++turns < 100);
      busy -= 1;
      if (key === 'gone' && count('gone') === 1) throw new Error('no answer');
      return `page ${key}`;
    };
    const asked = ['home', 'news', 'home', 'home', 'news', 'home'];
    const first = await observe(async () => {
      const get = answer(load);
      const pages = await Promise.all(asked.map((key) => get(key)));
      pages.push(await get('home'));
      return { pages, get };
    }, 5_000);
    if (first.trouble !== undefined) return void that('it finishes', false, first.trouble);
    const { pages, get } = first.value as { pages: string[]; get: Load };
    const wanted = [...asked, 'home'].map((key) => `page ${key}`);
    that('everybody gets the right page', same(pages, wanted), `it gave ${JSON.stringify(pages.slice(0, 3))} …`);
    const once = count('home') === 1 && count('news') === 1;
    that('each page is loaded once', once, `home ${count('home')} times, news ${count('news')} times`);
    that('different pages are loaded at the same time', most >= 2, `at most ${most} at once`);
    const fate = async () => `gave ${JSON.stringify(await get('gone'))}`;
    const second = await observe(async () => {
      const both = await Promise.all([fate().catch(inWords), fate().catch(inWords)]);
      return [...both, await fate().catch(inWords)];
    }, 5_000);
    const [one, two, again] = (second.value as string[] | undefined) ?? [];
    const told = one === two && one?.includes('no answer') === true;
    that('all who asked are told of a failure', told, second.trouble ?? `the one ${one}; the other ${two}`);
    that('a failure is not remembered', again === 'gave "page gone"', `asked again, it ${again}`);
  },
};
