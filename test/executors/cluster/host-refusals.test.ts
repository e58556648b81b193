import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import type { Host } from '../../../src/executors/cluster/host.ts';
import { newSecret } from '../../../src/executors/cluster/seal.ts';
import { Bench, batchOf, settled } from './bench.ts';

describe('A worker of a cluster refuses', () => {
  let bench: Bench;
  let host: Host;
  const log: string[] = [];
  before(async () => {
    bench = await Bench.open();
    host = await bench.host({ log: (line) => log.push(line) });
  });
  after(() => bench.close());

  const task = (word: string) =>
    batchOf(
      ([path, text]: [string, string]) => {
        appendFileSync(path, `${text} `);
        return text;
      },
      [[bench.path('ran'), word]],
    );

  async function refused(id: string, data: unknown, words: RegExp): Promise<void> {
    const before = host.stats.refused;
    await assert.rejects((await bench.add(id, data)).result(), words);
    assert.equal(host.stats.refused, before + 1);
    assert.match(log.at(-1) ?? '', words);
  }

  it('what has no seal', async () => {
    const { seal: _, ...bare } = await bench.parcel('bare', task('bare'));
    await refused('bare', bare, /was refused: it has no seal/);
    await refused('empty', {}, /was refused: it has no seal/);
    await refused('null', null, /was refused/);
  });

  it('what another secret sealed', async () => {
    const strange = await bench.parcel('strange', task('strange'), { ...bench.settings, secret: newSecret() });
    await refused('strange', strange, /another secret/);
  });

  it('what was changed', async () => {
    const one = await bench.parcel('changed', task('one'));
    const other = await bench.parcel('changed', task('other'));
    await refused('changed', { ...one, body: other.body }, /was changed/);
  });

  it('a copy under another id, and runs the original', async () => {
    const parcel = await bench.parcel('original', task('original'));
    await refused('copy', parcel, /is a copy/);
    await (await bench.add('original', parcel)).result();
  });

  it('what was sealed for another queue', async () => {
    const parcel = await bench.parcel('queue', task('queue'), { ...bench.settings, queue: 'other' });
    await refused('queue', parcel, /another queue/);
  });

  it('what has expired', async () => {
    const parcel = await bench.parcel('late', task('late'), { ...bench.settings, expiresMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await refused('late', parcel, /expired/);
  });

  it('to read keys of the server that are not meant for it', async () => {
    await bench.redis.set('elsewhere', 'x');
    const { body: _, ...parcel } = await bench.parcel('ref', task('ref'));
    await refused('ref', { ...parcel, ref: 'elsewhere' }, /was refused/);
  });

  it('nothing else: the next task runs, and none of those above did', async () => {
    assert.deepEqual(settled(await bench.run(batchOf((x: number) => x, [7]))), [7]);
    assert.equal(bench.text('ran'), 'original ');
  });
});
