import { randomUUID } from 'node:crypto';
import { judges } from './table.ts';

judges('10.2', {
  'a key of the two, with a mark between': {
    right: (pool, draw, { page, width }) =>
      pool.with({ key: `picture of ${page}, ${width}` }).submit(draw, { page, width }),
  },
  'as a map of one': {
    right: async (pool, draw, { page, width }) =>
      (await pool.map(draw, [{ page, width }], { key: `${width} ${page}` }))[0],
  },
  'a key for each user': {
    wrong: (pool, draw, { page, width, user }) =>
      pool.with({ key: JSON.stringify([page, width, user]) }).submit(draw, { page, width }),
    fails: /each picture is drawn once: 7 requests for 5 pictures made 6 drawings/,
  },
  'a key for each request': {
    wrong: (pool, draw, { page, width }) => pool.with({ key: randomUUID() }).submit(draw, { page, width }),
    fails: /made 7 drawings/,
  },
  'the page alone': {
    wrong: (pool, draw, { page, width }) => pool.with({ key: page }).submit(draw, { page, width }),
    fails: /it finishes: TypeError: this key is that of a task with/,
  },
  'no mark between': {
    wrong: (pool, draw, { page, width }) => pool.with({ key: page + width }).submit(draw, { page, width }),
    fails: /it finishes: TypeError: this key is that of a task with/,
  },
  'more arguments than the key says': {
    wrong: (pool, draw, request) => pool.with({ key: `${request.page} ${request.width}` }).submit(draw, { ...request }),
    fails: /it finishes: TypeError: this key is that of a task with/,
  },
  'the wrong picture': {
    wrong: (pool, draw, { page }) => pool.with({ key: page }).submit(draw, { page, width: 300 }),
    fails: /every request gets its picture[^:]*: not so Peru, 120 wide/,
  },
  'drawn at home': {
    wrong: (_pool, draw, { page, width }) => draw({ page, width }),
    fails: /every request gets its picture[^:]*: 7 pictures/,
  },
  'nothing given': { wrong: async () => {}, fails: /every request gets its picture/ },
});
