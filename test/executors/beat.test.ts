import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError, ProcessPoolExecutor, WorkerDied, withExecutor } from '../../src/index.ts';

type What = 'hang' | 'wait' | 'die' | 'nothing';

/** Notes that it begins; `hang` then computes without end, `wait` until there is a file, `die` ends its process. */
function task([folder, name, what]: [folder: string, name: string, what: What]): string {
  const { appendFileSync, existsSync } = process.getBuiltinModule('node:fs');
  if (name !== '') appendFileSync(`${folder}/begun`, `${name} `);
  if (what === 'die') process.kill(process.pid, 'SIGKILL');
  while (what === 'hang' || (what === 'wait' && !existsSync(`${folder}/go`)));
  return name;
}

describe('tasks that came to a process in one message', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'beat-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const begun = (): string => (existsSync(join(folder, 'begun')) ? readFileSync(join(folder, 'begun'), 'utf8') : '');
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  /** One process that knows the task for a short one, so that several travel together. */
  const withWarm = (use: (pool: ProcessPoolExecutor) => Promise<void>): Promise<void> =>
    withExecutor(new ProcessPoolExecutor(1), async (pool) => {
      await pool.map(
        task,
        Array.from({ length: 200 }, (): Parameters<typeof task>[0] => [folder, '', 'nothing']),
      );
      await use(pool);
    });

  it('are ended alone when cancelled, behind one that was too short to be reported', async () => {
    await withWarm(async (pool) => {
      const short = pool.submit(task, [folder, 'short', 'nothing']);
      const endless = pool.submit(task, [folder, 'endless', 'hang']);
      const third = pool.submit(task, [folder, 'third', 'nothing']);
      await until(() => begun().includes('endless'));
      assert.equal(endless.cancel(), true);
      await assert.rejects(endless.result(), CancelledError);
      assert.deepEqual(await Promise.all([short, third]), ['short', 'third']);
    });
  });

  it('are ended when they were cancelled before they began, while their process was too busy to hear of it', async () => {
    await withWarm(async (pool) => {
      const before = pool.submit(task, [folder, 'before', 'wait']);
      const endless = pool.submit(task, [folder, 'endless', 'hang']);
      const third = pool.submit(task, [folder, 'third', 'nothing']);
      await until(() => begun().includes('before'));
      assert.equal(endless.cancel(), true);
      appendFileSync(join(folder, 'go'), '');
      assert.deepEqual(await Promise.all([before, third]), ['before', 'third']);
      assert.equal(begun().match(/before/g)!.length, 1);
    });
  });

  it('go on unharmed when others behind them are cancelled', async () => {
    await withWarm(async (pool) => {
      const futures = ['a', 'b', 'c', 'd'].map((name) => pool.submit(task, [folder, name, 'wait']));
      await until(() => begun().includes('a'));
      assert.equal(futures[1]!.cancel(), true);
      assert.equal(futures[2]!.cancel(), true);
      appendFileSync(join(folder, 'go'), '');
      assert.deepEqual(await Promise.all([futures[0], futures[3]]), ['a', 'd']);
      assert.equal(begun().match(/a/g)!.length, 1);
    });
  });

  it('fail the first alone when their process dies before it begins any', async () => {
    await withWarm(async (pool) => {
      const pid = await pool.submit(() => process.pid);
      process.kill(pid, 'SIGSTOP');
      const [first, ...others] = ['a', 'b', 'c'].map((name) => pool.submit(task, [folder, name, 'nothing']));
      await new Promise(setImmediate);
      process.kill(pid, 'SIGKILL');
      assert.ok((await first!.exception()) instanceof WorkerDied);
      assert.deepEqual(await Promise.all(others), ['b', 'c']);
      assert.equal(begun(), 'b c ');
    });
  });

  it('meet the death of their process each as it was: the one that ran fails, the one before it does not', async () => {
    await withExecutor(new ProcessPoolExecutor(1), async (pool) => {
      const items = (['nothing', 'die', 'nothing'] as const).map((what, at) => [folder, String(at), what] as const);
      const settled: unknown[] = [];
      const map = pool.map(task, items as [string, string, What][], { chunksize: 3 });
      try {
        for await (const each of map) settled.push(each);
      } catch (error) {
        settled.push(error);
      }
      assert.equal(settled[0], '0');
      assert.ok(settled[1] instanceof WorkerDied);
      assert.equal(begun().match(/1/g)!.length, 1);
    });
  });
});
