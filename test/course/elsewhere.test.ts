import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readEnvironment, root } from '../../src/course/environment.ts';
import { processesWith } from '../../src/course/processes.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
/** The commands of npm that a text runs. */
const npmCommands = (text: string) => [...text.matchAll(/\bnpm (?:run )?([a-z]+)/g)].map(([, name = '']) => name);
/** Versions would be a second list beside environment/ and package-lock.json. */
const noVersions = (path: string) => assert.doesNotMatch(read(path), /==|@\d|:\d|\d\.\d/, `${path} names a version`);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('the workflow of GitHub', function () {
  this.timeout(240_000);
  const workflow = JSON.parse(
    execFileSync(
      readEnvironment().python,
      ['-c', 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))'],
      {
        input: read('.github/workflows/test.yml'),
        encoding: 'utf8',
      },
    ),
  ) as { jobs: { commands: { strategy: { matrix: { os: string[] } }; steps: { run?: string; uses?: string }[] } } };
  const { strategy, steps } = workflow.jobs.commands;
  const runs = steps.flatMap(({ run }) => run ?? []);

  it("runs README's two commands on Linux and macOS", () => {
    assert.deepEqual(strategy.matrix.os, ['ubuntu-latest', 'macos-latest']);
    const [, block = ''] = /## Two commands[\s\S]*?```\n([\s\S]*?)```/.exec(read('README.md')) ?? [];
    assert.deepEqual(runs.flatMap(npmCommands), npmCommands(block));
    assert.deepEqual(
      steps.flatMap(({ uses }) => uses ?? []).map((action) => action.split('@')[0]),
      ['actions/checkout'],
      'a machine as it comes',
    );
  });

  it('finds JupyterLab answering, and ends it', async () => {
    const port = String(await freePort());
    const script = runs[0]!.replaceAll('9000', port);
    assert.ok(script.includes(port));
    const mark = `workflow-${port}`;
    // As GitHub runs a step.
    try {
      const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
        cwd: root,
        env: { ...process.env, WORKFLOW_TEST: mark },
        encoding: 'utf8',
        timeout: 150_000,
      });
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /version: '2\./);
      for (let round = 0; processesWith('WORKFLOW_TEST', mark).length > 0 && round < 600; round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.deepEqual(processesWith('WORKFLOW_TEST', mark), []);
    } finally {
      for (const pid of processesWith('WORKFLOW_TEST', mark)) process.kill(pid, 'SIGKILL');
    }
  });
});

describe('the container for an editor', () => {
  it('is one that can do what README asks for, and sets up by the command that everybody uses', () => {
    const container = JSON.parse(read('.devcontainer/devcontainer.json'));
    assert.deepEqual(container.build, { dockerfile: 'Dockerfile' });
    assert.deepEqual(npmCommands(container.onCreateCommand), ['build']);
    assert.deepEqual(container.forwardPorts, [8888], "npm start's own");
    const image = read('.devcontainer/Dockerfile');
    assert.match(image, /^FROM node:lts-/m);
    for (const name of ['git', 'python3-venv', 'chromium']) assert.match(image, new RegExp(` ${name} `));
    noVersions('.devcontainer/Dockerfile');
  });
});

describe('the files for mybinder.org', () => {
  it('are read from the root folder, beside environment.yml, and name no list of their own', () => {
    for (const folder of ['binder', '.binder']) {
      assert.ok(!existsSync(join(root, folder)), `with ${folder}/ there, environment.yml would not be read`);
    }
    for (const file of ['postBuild', 'start']) {
      assert.ok(statSync(join(root, file)).mode & 0o100, `${file} can be run`);
      noVersions(file);
    }
    assert.deepEqual(
      npmCommands(read('postBuild')).filter((name) => !(name in scripts)),
      [],
    );
  });

  it('sets up in the environment that Binder made, and starts what Binder starts so that it finds the kernel', () => {
    const { prefix, variables } = readEnvironment();
    const start = (...command: string[]) =>
      execFileSync(join(root, 'start'), command, { cwd: root, encoding: 'utf8' }).trim();
    assert.equal(start('printenv', 'JUPYTER_PATH'), variables.JUPYTER_PATH);
    const found = JSON.parse(start(join(prefix, 'bin/python'), '-m', 'jupyter_client.kernelspecapp', 'list', '--json'));
    assert.equal(found.kernelspecs.tslab.spec.argv[1], join(root, 'dist/kernel/main.js'));
    const script = read('postBuild').replace('npm run build', 'echo "$CONDA_PREFIX"');
    const env = { ...process.env, NB_PYTHON_PREFIX: '/srv/conda', CONDA_PREFIX: '' };
    assert.equal(execFileSync('bash', ['-c', script], { env, encoding: 'utf8' }).trim(), '/srv/conda');
  });
});
