import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readStatus } from '../../../src/executors/cluster/read-status.ts';
import { Bench, batchOf, settled, until } from './bench.ts';
import { Network } from './network.ts';

describe('A worker of a cluster whose network is cut', () => {
  let bench: Bench;
  let network: Network;
  before(async () => {
    bench = await Bench.open();
    network = await Network.before(bench.server.port);
  });
  after(async () => {
    await bench.close();
    await network.close();
  });

  it('loses its task to another, whose answer counts, and works again when the network is healed', async () => {
    await bench.host({ name: 'far', url: network.url(bench.settings.url) });
    const { outcome } = await bench.send(bench.gated('begun'));
    await until(() => bench.text('log') === 'begun ');
    network.cut();
    const near = await bench.host({ name: 'near' });
    await until(() => bench.text('log') === 'begun begun ');
    // Both finish it now.
    writeFileSync(bench.path('gate'), '');
    const answer = await outcome;
    assert.deepEqual([settled(answer), answer.lane], [['begun'], 'near']);
    await near.drain();
    network.heal();
    const next = await bench.run(batchOf((x: number) => x + 1, [1]));
    assert.deepEqual([settled(next), next.lane], [[2], 'far']);
    await until(async () => {
      const { alive } = await readStatus(bench.redis, bench.settings, bench.queue);
      return alive.some(({ name }) => name === 'far');
    });
  });
});
