import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ClusterExecutor } from '../../../src/executors/cluster/cluster.ts';
import { withExecutor } from '../../../src/executors/executor.ts';
import { isAlive, parentOf } from './alive.ts';
import { Bench, batchOf, settled, until } from './bench.ts';

const command = fileURLToPath(new URL('../../../src/executors/cluster/main.ts', import.meta.url));

describe('The command interleaved', () => {
  let bench: Bench;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await bench.close();
  });

  function run(args: string[], variables: Record<string, string> = {}) {
    const { INTERLEAVED_URL: _, INTERLEAVED_SECRET: __, ...env } = process.env;
    const child = spawn(process.execPath, [command, ...args], { env: { ...env, ...variables } });
    children.push(child);
    const said = { text: '', code: undefined as number | null | undefined };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said.text += chunk;
      });
    }
    child.once('close', (code) => {
      said.code = code;
    });
    return { child, said };
  }

  async function worker(name: string) {
    const { url, secret } = bench.settings;
    const started = run(['worker', '--name', name], { INTERLEAVED_URL: url, INTERLEAVED_SECRET: secret });
    await until(() => started.said.text.includes('joined') || started.said.code !== undefined);
    assert.match(started.said.text, new RegExp(`'${name}' joined redis://127.0.0.1:\\d+, queue 'interleaved', 1 at a`));
    return started;
  }

  it('drains a worker on SIGTERM: exit code 0, no result lost', async () => {
    const { child, said } = await worker('one');
    const { outcome } = await bench.send(bench.gated('a', 'b'));
    await until(() => bench.text('log') !== '');
    child.kill('SIGTERM');
    await until(() => bench.text('log') === 'a told ');
    await until(() => said.text.includes('SIGTERM: finishes what runs (1)'));
    writeFileSync(bench.path('gate'), '');
    assert.deepEqual(settled(await outcome), ['a', 'withdrawn']);
    await until(() => said.code !== undefined);
    assert.equal(said.code, 0);
    assert.match(said.text, /ended; tasks done: 1, failed: 0\n$/);
  });

  it('ends a worker at once on a second signal, and its tasks come back', async () => {
    const { child, said } = await worker('one');
    const { outcome } = await bench.send(bench.gated('a'));
    await until(() => bench.text('log') !== '');
    child.kill('SIGINT');
    await until(() => said.text.includes('SIGINT'));
    child.kill('SIGINT');
    assert.deepEqual(settled(await outcome), ['withdrawn']);
    await until(() => said.code !== undefined);
    assert.equal(said.code, 0);
  });

  it('loses nothing when a worker is killed: its tasks run on another, and its processes end', async () => {
    const one = await worker('one');
    const spin = ([log, gate]: [string, string]) => {
      const { existsSync: isThere, appendFileSync: append } = process.getBuiltinModule('node:fs');
      append(log, `${process.pid}\n`);
      while (!isThere(gate));
      return 'done';
    };
    const { outcome } = await bench.send(batchOf(spin, [[bench.path('log'), bench.path('gate')]]));
    await until(() => bench.text('log') !== '');
    const pid = Number(bench.text('log'));
    await worker('two');
    one.child.kill('SIGKILL');
    await until(() => bench.text('log').split('\n').length === 3);
    // It computed, and could not notice that its worker is gone.
    await until(() => !isAlive(pid));
    writeFileSync(bench.path('gate'), '');
    const answer = await outcome;
    assert.deepEqual([settled(answer), answer.lane], [['done'], 'two']);
  });

  it('shows neither secret nor password: not in what it prints, not to tasks', async function () {
    if (process.platform !== 'linux') this.skip();
    const { child, said } = await worker('one');
    const look = () => JSON.stringify(process.env);
    const [seen] = settled(await bench.run(batchOf(look, [0])));
    const { secret } = bench.settings;
    const { password } = bench.server;
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === child.pid);
    assert.ok(all.length >= 2);
    const argv = all.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1')).join();
    for (const hidden of [secret, password]) {
      for (const text of [String(seen), said.text, argv]) assert.ok(!text.includes(hidden));
    }
  });

  it('says what it does, a line a second at most, and only when that changed', async () => {
    const { said } = await worker('one');
    await bench.run(
      batchOf(
        (x: number) => {
          if (x === 2) throw new Error('two');
        },
        [1, 2, 3],
      ),
    );
    const { seal: _, ...bare } = await bench.parcel('bare', bench.gated('x'));
    await assert.rejects((await bench.add('bare', bare)).result());
    await until(() => /tasks done: 3, failed: 1, refused: 1\. .*it has no seal/.test(said.text));
    const lines = said.text.trim().split('\n');
    assert.ok(lines.length <= 3);
    for (const line of lines) assert.match(line, /^\d\d:\d\d:\d\d /);
  });

  it('shows the workers and what waits', async () => {
    await worker('one');
    const { child, said } = run(['status', '--url', bench.settings.url]);
    await once(child, 'close');
    assert.equal(said.code, 0);
    assert.match(said.text, /Queue 'interleaved': 0 messages wait, 0 under way/);
    assert.match(said.text, /^one .* alive/m);
  });

  it('says what is missing, with exit code 2', async () => {
    const { url } = bench.settings;
    const wrong: [string[], RegExp][] = [
      [[], /no command ""[\s\S]*Usage/],
      [['work'], /no command "work"/],
      [['worker'], /needs the url/],
      [['worker', '--url', url], /needs a secret[\s\S]*openssl rand/],
      [['worker', '--url', url, '--secret-file', bench.path('none')], /ENOENT.*none/],
      [['worker', '--speed', '9'], /--speed/],
    ];
    const secret = bench.path('secret');
    writeFileSync(secret, `${bench.settings.secret}\n`);
    wrong.push(
      [['worker', '--url', url, '--secret-file', secret, '--concurrency', '0'], /--concurrency 0/],
      [['worker', '--url', url, '--secret-file', secret, '--allow', './none.mjs#x'], /none\.mjs/],
    );
    for (const [args, words] of wrong) {
      const { child, said } = run(args);
      await once(child, 'close');
      assert.match(said.text, words);
      assert.equal(said.code, 2);
      assert.ok(!said.text.includes(bench.server.password));
    }
  });

  it('says that the server lacks the database of the url, instead of using another', async () => {
    const { url, secret } = bench.settings;
    for (const [args, code] of [
      [['worker'], 2],
      [['status', '--watch'], 1],
    ] as const) {
      const { child, said } = run([...args], { INTERLEAVED_URL: `${url}/99`, INTERLEAVED_SECRET: secret });
      await once(child, 'close');
      assert.match(said.text, /redis:\/\/127.0.0.1:\d+\/99.*: ERR DB index is out of range/);
      assert.equal(said.code, code);
      assert.ok(!said.text.includes(bench.server.password));
    }
    await withExecutor(new ClusterExecutor(1, { url: `${url}/99`, secret }), async (pool) => {
      const error = await pool.submit((x: number) => x, 1).exception();
      assert.match(String(error), /^BrokenExecutor: .*\/99: ERR DB index is out of range/);
    });
  });

  it('can be ended while no server answers', async () => {
    const { url, secret } = bench.settings;
    await bench.server.stop();
    const { child, said } = run(['worker'], { INTERLEAVED_URL: url, INTERLEAVED_SECRET: secret });
    const status = run(['status', '--url', url]);
    await once(status.child, 'close');
    assert.equal(status.said.code, 1);
    assert.match(status.said.text, /is not reached: .*ECONNREFUSED/);
    child.kill('SIGTERM');
    await until(() => said.code !== undefined);
  });
});
