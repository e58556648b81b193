import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './harness.ts';
import { CountingProxy } from './setup/counting-proxy.ts';

const root = join(import.meta.dirname, '..');

/** Fetches some 200 MB and needs a minute: once is enough to see what takes most. */
export const rounds = 1;

/** From a fresh clone to the output of the first timed cell, with empty caches and with full ones. */
export default async function setup(bench: Bench): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-setup-'));
  try {
    for (const caches of ['empty', 'full']) await measure(bench, dir, caches);
    for (const place of ['.venv', 'node_modules', 'dist']) {
      bench.figure(`MB on disk: ${place}`, [megabytes(join(dir, 'full', place))]);
    }
    bench.figure('MB on disk: the caches of npm, pip and uv', [megabytes(join(dir, 'home'))]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(bench: Bench, dir: string, caches: string): Promise<void> {
  const proxy = new CountingProxy();
  const address = await proxy.start();
  const checkout = join(dir, caches);
  const env = {
    ...process.env,
    ...Object.fromEntries(['HTTPS_PROXY', 'https_proxy', 'npm_config_https_proxy'].map((name) => [name, address])),
    HOME: join(dir, 'home'),
    XDG_CACHE_HOME: undefined,
    CONDA_PREFIX: undefined,
    npm_config_cache: undefined,
    PIP_CACHE_DIR: undefined,
    UV_CACHE_DIR: undefined,
  };
  try {
    const began = performance.now();
    execFileSync('git', ['clone', '--quiet', root, checkout]);
    const { said } = await run(process.execPath, ['scripts/run.mjs', 'build'], checkout, env);
    const setUp = performance.now();
    const { node } = JSON.parse(readFileSync(join(checkout, '.setup', 'environment.json'), 'utf8'));
    const { answered } = await run(node, ['bench/setup/first-cell.ts'], checkout, env);
    const name = (what: string) => `${caches} caches, ${what}`;
    bench.figure(name('s from the clone to the first timed cell'), [(answered - began) / 1000]);
    bench.figure(name('s of it for JupyterLab, the kernel and the cell'), [(answered - setUp) / 1000]);
    for (const [, step = '', seconds] of said.matchAll(/^ {2}(.+): ([\d.]+) s$/gm)) {
      bench.figure(name(`s for ${step}`), [Number(seconds)]);
    }
    for (const [host, bytes] of proxy.bytes) bench.figure(name(`MB from ${host}`), [bytes / 1e6]);
  } finally {
    proxy.close();
  }
}

/** Gives what it said on stderr, and when it first wrote to stdout. */
async function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let answered = Number.NaN;
  child.stdout.once('data', () => {
    answered = performance.now();
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} failed in ${cwd}:\n${said}`);
  return { said, answered };
}

function megabytes(path: string): number {
  return Number(execFileSync('du', ['-sk', path]).toString().split('\t')[0]) / 1024;
}
