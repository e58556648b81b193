import { judges } from './table.ts';

judges('03.4', {
  'a list': { right: () => ['B', 'B', 'P', 'P', 'P', 'A', 'A', 'B'] },
  'more steps than needed': { right: () => 'A, A, P, P, P, B, B, A, P, P, P' },
  'nobody is faster': { wrong: () => 'A A P P P A', fails: /is given what is not there: after 6 steps was taken: tea/ },
  'B has the lock': { wrong: () => 'A A P P P B A', fails: /not step 7: A cannot go on/ },
  'beyond the end': { wrong: () => 'P P P P P P P', fails: /not step 7: P cannot go on, it has ended/ },
  'someone else': { wrong: () => 'A A Z', fails: /a list of P, A and B: it gave "A A Z"/ },
  'no list': { wrong: (() => 7) as never, fails: /a list of P, A and B: it gave 7/ },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
});
