import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { remoteFunction, remoteShipment } from '../../../src/executors/cluster/remote-function.ts';
import type { ClusterBatch } from '../../../src/executors/cluster/wire.ts';
import { Bench, batchOf, settled } from './bench.ts';

/** A batch of a function that travels by its name. */
function named(name: string, args: readonly unknown[]): ClusterBatch {
  const shipment = remoteShipment(remoteFunction(name))!;
  return { ...batchOf((x) => x, args), definitions: [shipment], functions: shipment.id };
}

describe('Functions by name', () => {
  let bench: Bench;
  let jobs: string;
  before(async () => {
    bench = await Bench.open();
    jobs = join(bench.folder, 'jobs.mjs');
    writeFileSync(jobs, 'export const double = (x) => 2 * x;\nexport const secret = () => 42;\n');
  });
  after(() => bench.close());

  it('run on a worker that has the module, and throw at the caller', async () => {
    const host = await bench.host();
    assert.deepEqual(settled(await bench.run(named(`${jobs}#double`, [1, 2]))), [2, 4]);
    assert.deepEqual(settled(await bench.run(named('node:path#basename', ['a/b']))), ['b']);
    await assert.rejects(bench.run(named('./none.mjs#double', [1])), /none\.mjs/);
    await host.close();
    const fn = remoteFunction<(x: number) => number>('./jobs.mjs#double');
    assert.equal(fn.name, 'double');
    assert.throws(() => fn(1), /\.\/jobs\.mjs#double runs on the workers/);
  });

  it('must be well named, and there', async () => {
    for (const name of ['jobs.mjs', '#double', 'jobs.mjs#']) {
      assert.throws(() => remoteFunction(name), /module#export/);
    }
    await assert.rejects(bench.host({ allow: ['./none.mjs#double'] }), /none\.mjs/);
    for (const [name, has] of [
      [`${jobs}#triple`, 'it has double, secret'],
      ['node:path#basenames', 'it has .*basename'],
      ['node:path#sep', 'it has .*basename'],
      ['node:constants#nothing', 'it has none'],
    ] as const) {
      const words = new RegExp(`TypeError: ".*" cannot be allowed: its module has no function of that name; ${has}`);
      await assert.rejects(bench.host({ allow: [name] }), words);
    }
  });

  it('are all that a worker with a list runs', async () => {
    const host = await bench.host({ allow: [`${jobs}#double`, 'node:path#basename'] });
    assert.deepEqual(settled(await bench.run(named(`${jobs}#double`, [1]))), [2]);
    // A function that the caller imported travels by name as well.
    assert.deepEqual(settled(await bench.run(batchOf(basename as (path: string) => string, ['a/b']))), ['b']);
    const refusals: [ClusterBatch, RegExp][] = [
      [batchOf((x: number) => x, [1]), /only the functions that it was told to allow \(shipped code\)/],
      [batchOf(gzipSync as (text: string) => unknown, ['x']), /was refused.*shipped code/],
      [named(`${jobs}#secret`, [0]), /'secret' was refused.*jobs\.mjs#secret/],
      [{ ...named(`${jobs}#double`, [1]), shipped: true }, /its arguments bring code/],
      [{ ...named(`${jobs}#double`, [1]), functions: 'another' }, /its function is not with it/],
    ];
    for (const [batch, words] of refusals) await assert.rejects(bench.run(batch), words);
    assert.equal(host.stats.refused, refusals.length);
    assert.equal(host.stats.done, 2);
  });
});
