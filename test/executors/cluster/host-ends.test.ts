import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Bench, settled, until } from './bench.ts';

describe('A worker of a cluster that ends', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  it('finishes the task that runs when it drains, gives the others back and takes no more', async () => {
    const host = await bench.host();
    const first = await bench.send(bench.gated('a', 'b', 'c'));
    await until(() => bench.text('log') === 'a ');
    const second = await bench.send(bench.gated('d'));
    const drained = host.drain();
    await until(() => bench.text('log') === 'a told ');
    writeFileSync(bench.path('gate'), '');
    await drained;
    assert.deepEqual(settled(await first.outcome), ['a', 'withdrawn', 'withdrawn']);
    assert.equal(bench.text('log'), 'a told ');
    await bench.host({ name: 'next' });
    const outcome = await second.outcome;
    assert.deepEqual([settled(outcome), outcome.lane], [['d'], 'next']);
  });

  it('gives back what runs as well when it closes', async () => {
    const host = await bench.host();
    const { outcome } = await bench.send(bench.gated('a', 'b'));
    await until(() => bench.text('log') === 'a ');
    await host.close();
    assert.deepEqual(settled(await outcome), ['withdrawn', 'withdrawn']);
  });

  it('can be closed while it drains', async () => {
    const host = await bench.host();
    const { outcome } = await bench.send(bench.gated('a'));
    await until(() => bench.text('log') === 'a ');
    const drained = host.drain();
    await host.close();
    await drained;
    assert.deepEqual(settled(await outcome), ['withdrawn']);
  });

  it('closes also while the server is gone', async () => {
    const host = await bench.host();
    await bench.server.kill();
    await until(() => host.trouble !== undefined);
    await host.close();
  });
});
