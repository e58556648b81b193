import { judges } from './table.ts';

judges('01.1', {
  'the differences first': {
    right: async (work, now, cpuTime) => {
      const [start, before] = [now(), cpuTime()];
      await work();
      const [wall, cpu] = [now() - start, cpuTime() - before];
      return cpu / wall;
    },
  },
  'by then': {
    right: (work, now, cpuTime) => {
      const [start, before] = [now(), cpuTime()];
      return Promise.resolve(work()).then(() => (cpuTime() - before) / (now() - start));
    },
  },
  'not awaited': {
    wrong: (work, now, cpuTime) => {
      const [start, before] = [now(), cpuTime()];
      work();
      return (cpuTime() - before) / (now() - start);
    },
    fails: /one that waits keeps 0.01 cores busy: .* it gave NaN/,
  },
  'all CPU time since the program began': {
    wrong: async (work, now, cpuTime) => {
      const start = now();
      await work();
      return cpuTime() / (now() - start);
    },
    fails: /one that computes keeps 1 cores busy: .* it gave 4\.085/,
  },
  'upside down': {
    wrong: async (work, now, cpuTime) => {
      const [start, before] = [now(), cpuTime()];
      await work();
      return (now() - start) / (cpuTime() - before);
    },
    fails: /one that waits keeps .* it gave 100/,
  },
  'a clock of its own': {
    wrong: async (work) => {
      const start = performance.now();
      await work();
      return 5 / (performance.now() - start);
    },
    fails: /keeps 1 cores busy/,
  },
  'run twice': {
    wrong: async (work, now, cpuTime) => {
      await work();
      const [start, before] = [now(), cpuTime()];
      await work();
      return (cpuTime() - before) / (now() - start);
    },
    fails: /run once: 2 times/,
  },
  'it gives nothing': { wrong: async (work) => void (await work()), fails: /it gave undefined/ },
  'it throws': {
    wrong: () => {
      throw new Error('no clock');
    },
    fails: /it finishes: Error: no clock/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /still busy after 2 s/ },
});

judges('01.2', {
  'a loop that keeps the promises': {
    right: async (dishes, chop, bake) => {
      dishes.sort((a, b) => b.minutes - a.minutes);
      const baking = [];
      for (const dish of dishes) {
        chop(dish);
        baking.push(bake(dish));
      }
      for (const done of baking) await done;
    },
  },
  'each dish a function of its own': {
    right: (dishes, chop, bake) =>
      Promise.all(
        dishes
          .sort((a, b) => b.minutes - a.minutes)
          .map(async (dish) => {
            chop(dish);
            await bake(dish);
          }),
      ),
  },
  'by name': {
    right: (dishes, chop, bake) =>
      Promise.all(
        ['roast', 'cake', 'soup', 'rolls'].map((name) => {
          const dish = dishes.find((one) => one.name === name)!;
          chop(dish);
          return bake(dish);
        }),
      ),
  },
  'as they come': {
    wrong: (dishes, chop, bake) =>
      Promise.all(
        dishes.map((dish) => {
          chop(dish);
          return bake(dish);
        }),
      ),
    fails: /sooner it goes in: in this order: soup, cake, rolls, roast/,
  },
  'shortest first': {
    wrong: (dishes, chop, bake) =>
      Promise.all(
        dishes
          .sort((a, b) => a.minutes - b.minutes)
          .map((dish) => {
            chop(dish);
            return bake(dish);
          }),
      ),
    fails: /in this order: rolls, soup, cake, roast/,
  },
  'everything chopped, then everything baked': {
    wrong: (dishes, chop, bake) => {
      dishes.sort((a, b) => b.minutes - a.minutes);
      for (const dish of dishes) chop(dish);
      return Promise.all(dishes.map(bake));
    },
    fails: /into the oven at once: roast chopped, cake chopped/,
  },
  'longest first, one after another': {
    wrong: async (dishes, chop, bake) => {
      for (const dish of dishes.sort((a, b) => b.minutes - a.minutes)) {
        chop(dish);
        await bake(dish);
      }
    },
    fails: /never wait for the oven: roast chopped, roast in, roast out/,
  },
  'nothing is awaited': {
    wrong: (dishes, chop, bake) => {
      for (const dish of dishes) {
        chop(dish);
        bake(dish);
      }
    },
    fails: /done when you come back/,
  },
  'only the fastest': {
    wrong: (dishes, chop, bake) =>
      Promise.race(
        dishes.map((dish) => {
          chop(dish);
          return bake(dish);
        }),
      ),
    fails: /done when you come back/,
  },
  'baked, then chopped': {
    wrong: async (dishes, chop, bake) => {
      await Promise.all(
        dishes.map((dish) => {
          const baking = bake(dish);
          chop(dish);
          return baking;
        }),
      );
    },
    fails: /baked unchopped: soup in, soup chopped/,
  },
  'nothing is chopped': { wrong: (dishes, _chop, bake) => Promise.all(dishes.map(bake)), fails: /baked once: soup in/ },
  'it does nothing': { wrong: () => {}, fails: /baked once: nothing was done/ },
  'it throws': {
    wrong: () => {
      throw new Error('burnt');
    },
    fails: /it finishes: Error: burnt/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /still busy after 2 s/ },
});

judges('01.3', {
  'first all waits, then a map': {
    right: async (pool, names, load, crunch) => pool.map(crunch, await Promise.all(names.map(load))),
  },
  'loaded at once, submitted as they come': {
    right: async (pool, names, load, crunch) => {
      const loading = names.map(load);
      const futures = [];
      for (const item of loading) futures.push(pool.submit(crunch, await item));
      return Promise.all(futures);
    },
  },
  'waits overlap, computed at home': {
    wrong: (_pool, names, load, crunch) => Promise.all(names.map(async (name) => crunch(await load(name)))),
    fails: /computed in the pool, once: 0 tasks/,
  },
  'computed in the pool, one load after another': {
    wrong: async (pool, names, load, crunch) => {
      const futures = [];
      for (const name of names) futures.push(pool.submit(crunch, await load(name)));
      return Promise.all(futures);
    },
    fails: /all waits overlap: north begins, north ends/,
  },
  'one after another all through': {
    wrong: async (pool, names, load, crunch) => {
      const results: number[] = [];
      for (const name of names) results.push(await pool.submit(crunch, await load(name)));
      return results;
    },
    fails: /all waits overlap[\s\S]*two are computed at the same time: never/,
  },
  'in the pool one by one': {
    wrong: async (pool, names, load, crunch) => {
      const results: number[] = [];
      for (const item of await Promise.all(names.map(load))) results.push(await pool.submit(crunch, item));
      return results;
    },
    fails: /same time: never more than one/,
  },
  'the waiting sent to the pool': {
    wrong: (pool, names, load) => pool.map(load as never, names),
    fails: /it finishes: ShippingError/,
  },
  'as they finish': {
    wrong: async (pool, names, load, crunch) => {
      const results: number[] = [];
      await Promise.all(
        names.toReversed().map(async (name) => {
          results.push(await pool.submit(crunch, await load(name)));
        }),
      );
      return results;
    },
    fails: /right and in order/,
  },
  'loaded twice': {
    wrong: async (pool, names, load, crunch) => {
      await Promise.all(names.map(load));
      return pool.map(crunch, await Promise.all(names.map(load)));
    },
    fails: /loaded once/,
  },
  'known beforehand': { wrong: async () => [1, 4, 9, 16], fails: /loaded once: nothing was loaded/ },
  'it throws': {
    wrong: () => {
      throw new Error('no data');
    },
    fails: /it finishes: Error: no data/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /still busy after 5 s/ },
});

judges('01.4', {
  'under the lock': {
    right: function* (count, lock) {
      yield* lock.acquire();
      const left = (yield* count.load()) - 1;
      yield* count.store(left);
      yield* lock.release();
      return left === 0;
    },
  },
  'added in one step': {
    right: function* (count) {
      return (yield* count.add(-1)) - 1 === 0;
    },
  },
  'tried until it is as it was seen': {
    right: function* (count) {
      for (;;) {
        const seen = yield* count.load();
        if ((yield* count.compareExchange(seen, seen - 1)) === seen) return seen === 1;
      }
    },
  },
  'one step, and a second look': {
    wrong: function* (count) {
      yield* count.sub(1);
      return (yield* count.load()) === 0;
    },
    fails: /three threads that drop: not in [\d,]+ of .* free it twice/,
  },
  'what is left mistaken for what was': {
    wrong: function* (count) {
      return (yield* count.sub(1)) === 0;
    },
    fails: /they can never free it/,
  },
  'everybody frees': {
    wrong: function* (count) {
      yield* count.sub(1);
      return true;
    },
    fails: /they can free what is still in use/,
  },
  'the lock for the writing only': {
    wrong: function* (count, lock) {
      const left = (yield* count.load()) - 1;
      yield* lock.acquire();
      yield* count.store(left);
      yield* lock.release();
      return left === 0;
    },
    fails: /never free it/,
  },
  'the lock not given back': {
    wrong: function* (count, lock) {
      yield* lock.acquire();
      const left = (yield* count.load()) - 1;
      yield* count.store(left);
      return left === 0;
    },
    fails: /three threads that drop: not in [\d,]+ of/,
  },
  'counted by two': {
    wrong: function* (count) {
      return (yield* count.sub(2)) === 2;
    },
    fails: /they can/,
  },
  'no generator': { wrong: (() => true) as never, fails: /not in|explorer can run it/ },
  'it throws': {
    wrong: function* (count) {
      yield* count.load();
      throw new Error('no idea');
    },
    fails: /no idea/,
  },
});
