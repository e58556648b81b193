import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bench, until } from './bench.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function runIn(place: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const bin = join(place, 'bin/interleaved.mjs');
  const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env } });
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said.text += chunk;
    });
  }
  return { child, said, closed: once(child, 'close') as Promise<[code: number | null]> };
}

/** Runs the built library, as `npx interleaved` does. */
describe('npx interleaved', () => {
  const run = runIn.bind(undefined, root);

  it('says how it is used, and gives the exit code', async () => {
    const good = run(['--help']);
    assert.deepEqual((await good.closed)[0], 0);
    assert.match(good.said.text, /^Usage: interleaved worker/);
    const bad = run(['nothing']);
    assert.deepEqual((await bad.closed)[0], 2);
    assert.match(bad.said.text, /no command "nothing"/);
  });

  it('hands a signal on, and ends with the worker', async () => {
    const bench = await Bench.open();
    try {
      const { url, secret } = bench.settings;
      const { child, said, closed } = run(['worker'], { INTERLEAVED_URL: url, INTERLEAVED_SECRET: secret });
      await until(() => said.text.includes('joined') || child.exitCode !== null);
      child.kill('SIGTERM');
      assert.deepEqual((await closed)[0], 0);
      assert.match(said.text, /SIGTERM.*\n.*ended; tasks done: 0/);
    } finally {
      await bench.close();
    }
  });

  it('lets the worker end when it is killed itself', async () => {
    const bench = await Bench.open();
    try {
      const { url, secret } = bench.settings;
      const { child, said } = run(['worker', '--name', 'left'], { INTERLEAVED_URL: url, INTERLEAVED_SECRET: secret });
      await until(() => said.text.includes('joined') || child.exitCode !== null);
      const key = `${bench.settings.prefix}:${bench.settings.queue}:workers`;
      assert.equal(await bench.redis.hlen(key), 1);
      child.kill('SIGKILL');
      await until(async () => (await bench.redis.hlen(key)) === 0);
    } finally {
      await bench.close();
    }
  });
});

describe('the library as a package that another project has installed', function () {
  this.timeout(60_000);
  const project = mkdtempSync(join(tmpdir(), 'packed-'));
  const place = join(project, 'node_modules', 'interleaved');
  after(() => rmSync(project, { recursive: true }));

  before('what npm packs is unpacked there', () => {
    const [{ files }] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: root,
        encoding: 'utf8',
        // What it warns of is of no interest, and an error brings it along.
        stdio: 'pipe',
      }),
    ) as [{ files: { path: string }[] }];
    for (const { path } of files) cpSync(join(root, path), join(place, path), { recursive: true });
    // What npm would fetch for it; what only its development needs must not be missed.
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of Object.keys(dependencies)) {
      symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
    }
  });

  it('runs functions on threads and processes, for modules of both kinds', () => {
    const use = `
      const twice = (x) => 2 * x;
      for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
        const pool = new Pool(2);
        console.log((await pool.map(twice, [1, 2, 3])).join());
        await pool.shutdown();
      }`;
    const own = `import { ProcessPoolExecutor, ThreadPoolExecutor } from 'interleaved';${use}`;
    const common = `(async () => { const { ProcessPoolExecutor, ThreadPoolExecutor } = require('interleaved');${use} })()`;
    for (const [type, text] of [
      ['module', own],
      ['commonjs', common],
    ] as const) {
      const args = [`--input-type=${type}`, '--eval', text];
      assert.equal(execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' }), '2,4,6\n2,4,6\n', type);
    }
  });

  it('has the command, whose workers join a cluster', async () => {
    const bench = await Bench.open();
    try {
      const { url, secret } = bench.settings;
      const variables = { INTERLEAVED_URL: url, INTERLEAVED_SECRET: secret };
      const { child, said, closed } = runIn(place, ['worker'], variables);
      await until(() => said.text.includes('joined') || child.exitCode !== null);
      child.kill('SIGTERM');
      assert.deepEqual((await closed)[0], 0, said.text);
    } finally {
      await bench.close();
    }
  });
});
