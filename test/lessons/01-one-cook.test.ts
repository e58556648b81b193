import { judges } from './table.ts';

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
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /still busy after 0.1 s/ },
});
