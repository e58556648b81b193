import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEnvironment, root } from '../../src/course/environment.ts';
import { copyCheckout } from './checkout.ts';
import { Command } from './command.ts';

describe('set-up from nothing', function () {
  this.timeout(240_000);
  const parent = mkdtempSync(join(tmpdir(), 'course-setup-'));
  const checkout = join(parent, 'a course 과정');
  const setUp = () => new Command('scripts/run.mjs', ['build'], checkout);
  const made = async () => {
    const command = setUp();
    assert.equal(await command.ended(), 0, command.output);
    return [...command.output.matchAll(/^ {2}(.+): [\d.]+ s$/gm)].map(([, step]) => step);
  };

  before(() => copyCheckout(checkout));
  after(() => rmSync(parent, { recursive: true, force: true }));

  it('makes all that the tools need, though the path has blanks and Korean letters', async () => {
    const steps = await made();
    assert.equal(steps.length, 5, steps.join(', '));
    const spec = JSON.parse(readFileSync(join(checkout, '.venv/share/jupyter/kernels/tslab/kernel.json'), 'utf8'));
    assert.deepEqual(spec.argv.slice(1), [join(checkout, 'dist/kernel/main.js'), '--config-path={connection_file}']);
    assert.equal(spec.interrupt_mode, 'message');
    const said = execFileSync(spec.argv[0], ['-p', '[process.execPath, process.versions.node].join()'], {
      encoding: 'utf8',
    });
    assert.equal(said.trim(), `${spec.argv[0]},24.19.0`, 'the real binary, not a launcher');
    assert.ok(existsSync(join(checkout, 'dist/index.d.ts')));
  });

  it('does nothing when all is there', async () => {
    const command = setUp();
    assert.equal(await command.ended(), 0);
    assert.equal(command.output, '');
  });

  it('does again only what a change calls for', async () => {
    appendFileSync(join(checkout, 'src/index.ts'), '\n// changed\n');
    assert.deepEqual(await made(), ['the library and the kernel']);
    writeFileSync(
      join(checkout, 'notebooks/99-new.ipynb'),
      '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    );
    assert.deepEqual(await made(), ['trust in the notebooks']);
    rmSync(join(checkout, '.venv/share/jupyter/kernels/tslab/kernel.json'));
    assert.deepEqual(await made(), ['the kernel in JupyterLab']);
  });

  it('takes nothing half-made for whole, after a kill in the middle, and ends what went on without it', async () => {
    rmSync(join(checkout, 'node_modules'), { recursive: true });
    const command = setUp();
    const installing = join(checkout, 'node_modules');
    for (let round = 0; round < 600 && !existsSync(installing); round += 1) await sleep(20);
    command.child.kill('SIGKILL');
    await command.ended();
    assert.ok(existsSync(join(checkout, '.setup/lock')), command.output);
    assert.deepEqual(await made(), ['npm packages']);
    assert.ok(existsSync(join(checkout, 'node_modules/typescript/bin/tsc')));
    assert.deepEqual(await command.left(), []);
  });

  it('waits for another set-up instead of doing the same beside it', async () => {
    rmSync(join(checkout, 'dist/.interleaved-stamp'));
    const both = [setUp(), setUp()];
    assert.deepEqual(await Promise.all(both.map((command) => command.ended())), [0, 0]);
    const said = both.map(({ output }) => output).join('');
    assert.equal(said.match(/the library and the kernel: /g)?.length, 1, said);
    assert.match(said, /Another set-up is at work here \(process \d+\); waiting for it/);
  });
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
