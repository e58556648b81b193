import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEnvironment, root } from '../../src/course/environment.ts';
import type { Command } from './command.ts';
import { Checkout } from './own-checkout.ts';

describe('set-up from nothing', function () {
  this.timeout(240_000);
  const checkout = new Checkout();
  const there = (...names: string[]) => existsSync(checkout.inside(...names));
  const commands: Command[] = [];

  after(() => checkout.remove());

  /** Kills set-up as soon as something is there; its tools as well, as when the power fails, or not. */
  const killWhen = async (isThere: () => boolean, { tools }: { tools: boolean }) => {
    const command = checkout.setUp();
    commands.push(command);
    while (!isThere() && command.child.exitCode === null) await sleep(3);
    const lock = JSON.parse(readFileSync(checkout.inside('.setup/lock'), 'utf8')) as { groups: { pid: number }[] };
    command.child.kill('SIGKILL');
    for (const { pid } of tools ? lock.groups : []) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    assert.equal(await command.ended(), 'SIGKILL', command.output);
    return command.output;
  };

  const packages = () => {
    const lib = checkout.inside('.venv/lib');
    const [python] = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith('python')) : [];
    const site = join(lib, python ?? '', 'site-packages');
    return python && existsSync(site) ? readdirSync(site) : [];
  };

  it("keeps a reader's own .venv, and needs no home that it can write to", async () => {
    checkout.takeHomeAway();
    mkdirSync(checkout.inside('.venv'));
    writeFileSync(checkout.inside('.venv/mine'), 'precious');
    const said = await killWhen(() => there('.venv/pyvenv.cfg'), { tools: true });
    assert.match(said, /^The \.venv that was here is not the course's: it is .*\.venv\.other now\.$/m);
    assert.equal(readFileSync(checkout.inside('.venv.other/mine'), 'utf8'), 'precious');
  });

  it('is killed while packages arrive, while the library is built, and while notebooks are signed', async () => {
    await killWhen(() => packages().some((name) => /^(?!_|pip|setuptools|distutils|uv)/.test(name)), { tools: true });
    await killWhen(() => there('node_modules'), { tools: false });
    await killWhen(() => there('.setup/dist'), { tools: true });
    await killWhen(() => there('.setup/jupyter/data/nbsignatures.db'), { tools: false });
    // And one that died before it had said who it was.
    writeFileSync(checkout.inside('.setup/lock'), '');
    utimesSync(checkout.inside('.setup/lock'), 0, 0);
  });

  it('makes all that the tools need, though the path has blanks and Korean letters', async () => {
    assert.ok((await checkout.made()).includes('trust in the notebooks'));
    for (const command of commands) assert.deepEqual(await command.left(), [], 'what went on without it was ended');
    assert.ok(!there('.venv.other-2'), 'what it had half made was known as its own');
    const spec = JSON.parse(readFileSync(checkout.inside('.venv/share/jupyter/kernels/tslab/kernel.json'), 'utf8'));
    assert.deepEqual(spec.argv.slice(1), [checkout.inside('dist/kernel/main.js'), '--config-path={connection_file}']);
    assert.equal(spec.interrupt_mode, 'message');
    const said = execFileSync(spec.argv[0], ['-p', '[process.execPath, process.versions.node].join()'], {
      encoding: 'utf8',
    });
    assert.equal(said.trim(), `${spec.argv[0]},24.19.0`, 'the real binary, not a launcher');
    const list = checkout.inside('environment/requirements.txt');
    const sync = ['pip', 'sync', '--dry-run', '--offline', '--python', checkout.inside('.venv/bin/python'), list];
    const { stderr } = spawnSync(checkout.inside('.venv/bin/uv'), sync, { encoding: 'utf8' });
    assert.match(stderr, /Would make no changes/);
    const library = `import(${JSON.stringify(checkout.inside('dist/index.js'))}).then((all) => console.log(typeof all.ThreadPoolExecutor))`;
    assert.equal(execFileSync(spec.argv[0], ['-e', library], { encoding: 'utf8' }).trim(), 'function');
    assert.ok(there('dist/index.d.ts'));
  });

  it('does nothing when all is there', async () => {
    const command = checkout.setUp();
    assert.equal(await command.ended(), 0);
    assert.equal(command.output, '');
  });

  it('does again only what a change calls for', async () => {
    appendFileSync(checkout.inside('src/index.ts'), '\n// changed\n');
    assert.deepEqual(await checkout.made(), ['the library and the kernel']);
    writeFileSync(
      checkout.inside('notebooks/99-new.ipynb'),
      '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    );
    assert.deepEqual(await checkout.made(), ['trust in the notebooks']);
    rmSync(checkout.inside('.venv/share/jupyter/kernels/tslab/kernel.json'));
    assert.deepEqual(await checkout.made(), ['the kernel in JupyterLab']);
  });

  it('waits for another set-up instead of doing the same beside it', async () => {
    rmSync(checkout.inside('dist/.interleaved-stamp'));
    const both = [checkout.setUp(), checkout.setUp()];
    assert.deepEqual(await Promise.all(both.map((command) => command.ended())), [0, 0]);
    const said = both.map(({ output }) => output).join('');
    assert.equal(said.match(/the library and the kernel: /g)?.length, 1, said);
    assert.match(said, /Another set-up is at work here \(process \d+\); waiting for it/);
  });
  //PLACES
});

describe('set-up in an active conda environment', () => {
  const choose = (prefix: string) => {
    const script = `import('${join(root, 'scripts/environment.mjs')}').then(({ chooseEnvironment }) => {
      const notes = [];
      const { kind, prefix, node } = chooseEnvironment((line) => notes.push(line));
      console.log(JSON.stringify({ kind, prefix, node, notes }));
    })`;
    const env = { ...process.env, CONDA_PREFIX: prefix };
    return JSON.parse(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }));
  };

  it('uses it when it holds what environment.yml names', () => {
    // The environment that runs the tests has the same packages, whoever made it.
    const { prefix, node } = readEnvironment();
    assert.deepEqual(choose(prefix), { kind: 'conda', prefix, node, notes: [] });
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
});

describe('set-up without what it needs', () => {
  const bin = mkdtempSync(join(tmpdir(), 'course-bin-'));
  const link = (name: string, target: string) => symlinkSync(target, join(bin, name));
  after(() => rmSync(bin, { recursive: true, force: true }));

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

  it('says in one line that Node is too old', () => {
    const old = 'data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "18.20.0" } })';
    const result = spawnSync(process.execPath, ['--import', old, join(root, 'scripts/run.mjs'), 'build'], {
      encoding: 'utf8',
    });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /^Node v\S+ is too old: this needs Node 20 or newer .*\n$/);
  });
});
