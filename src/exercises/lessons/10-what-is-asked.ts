import { randomUUID } from 'node:crypto';
import { ClusterExecutor } from '../../executors/cluster/cluster.ts';
import type { Executor } from '../../executors/executor.ts';
import type { Definition } from '../definition.ts';
import { lend } from '../lend.ts';

export interface Wish {
  readonly page: string;
  readonly width: number;
}

/** What a user sends: the wish, who it is and when. */
export interface Request extends Wish {
  readonly user: string;
  readonly at: number;
}

/** A picture, and which drawing of it this is. */
export interface Picture extends Wish {
  readonly drawn: string;
}

type Ask = (pool: Executor, draw: (wish: Wish) => Picture, request: Request) => unknown;

const requests: readonly Request[] = [
  { page: 'Peru', width: 300, user: 'ada', at: 1_700_000_000 },
  { page: 'Peru', width: 300, user: 'grace', at: 1_700_000_060 },
  { at: 1_700_000_120, user: 'ada', width: 300, page: 'Peru' },
  { page: 'Peru', width: 120, user: 'ada', at: 1_700_000_180 },
  // Written one after the other without a mark between them, these two are the same.
  { page: 'A1', width: 12, user: 'ada', at: 1_700_000_240 },
  { page: 'A', width: 112, user: 'ada', at: 1_700_000_300 },
  { page: 'Chad', width: 300, user: 'ada', at: 1_700_000_000 },
];
/** Requests of the same number ask for the same picture. */
const wishes = [0, 0, 0, 1, 2, 3, 4];

/** A key that says what is asked for, and nothing else. */
export const whatIsAsked: Definition<Ask> = {
  id: '10.2',
  title: 'what is asked for',
  task: 'Give every request its picture, and draw each picture once, whoever asks for it and when.',
  stub: async function picture(pool: Executor, draw: (wish: Wish) => Picture, request: Request) {
    return await pool.submit(draw, request as Wish);
  },
  hints: [
    'Which of the four fields of a request change the picture?',
    'pool.with({ key }).submit(…) keeps the result under the key. The arguments must be the same too, so send no more than the picture needs.',
    'Take page and width out of the request; make the key of both, with a mark between them; submit draw with { page, width }.',
  ],
  solution: `async function picture(pool, draw, request) {
  const { page, width } = request;
  const key = JSON.stringify(['picture', page, width]);
  return await pool.with({ key }).submit(draw, { page, width });
}`,
  async judge(answer, that) {
    const { value, trouble } = await lend(new ClusterExecutor(1), async (pool) => {
      const pictures: unknown[] = [];
      for (const request of requests) pictures.push(await answer(pool, drawing, request));
      return pictures;
    });
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    const pictures = (value as unknown[]).map((picture) => Object(picture) as Partial<Picture>);
    const wrong = requests.filter(
      ({ page, width }, index) => pictures[index]?.page !== page || pictures[index]?.width !== width,
    );
    const first = wrong[0];
    that(
      'every request gets its picture, as the cluster drew it',
      wrong.length === 0 && pictures.every(({ drawn }) => drawn?.startsWith('in a worker') === true),
      first === undefined ? `${pictures.length} pictures` : `not so ${first.page}, ${first.width} wide`,
    );
    const drawings = new Set(pictures.map(({ drawn }) => drawn)).size;
    const kinds = new Set(wishes).size;
    that(
      'each picture is drawn once',
      wishes.every((wish, index) => pictures[index]?.drawn === pictures[wishes.indexOf(wish)]?.drawn),
      `${requests.length} requests for ${kinds} pictures made ${drawings} drawings`,
    );
  },
};

const home = process.pid;

function drawing({ page, width }: Wish): Picture {
  return { page, width, drawn: `in ${process.pid === home ? 'the notebook' : 'a worker'}: ${randomUUID()}` };
}
