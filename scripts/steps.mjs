// @ts-check
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { variablesToFetch } from './caches.mjs';
import { runTool } from './children.mjs';
import { nodeOf } from './environment.mjs';
import { readIfThere, root, stateDir, writeWhole } from './paths.mjs';
import { filesBelow, hashOf, isFresh, stamped } from './stamp.mjs';
import { isAtHome, list, makeVenv, syncPackages } from './venv.mjs';

/**
 * One thing that set-up makes. `isDone` costs milliseconds; `make` leaves either the whole thing or none that a
 * later `isDone` would take for whole.
 * @typedef {object} Step
 * @property {string} name
 * @property {(environment: Environment) => boolean} isDone
 * @property {(environment: Environment, addGroup: (pid: number) => void, note: (line: string) => void) => Promise<void>} make
 * @property {(environment: Environment) => void} forget makes `isDone` false, for what is there but does not work
 * @typedef {import('./environment.mjs').Environment} Environment
 */

const stampName = '.interleaved-stamp';

/** @param {Environment} environment */
function pythonStamp({ prefix }) {
  return { stamp: join(prefix, stampName), key: hashOf([list], prefix) };
}

/** @type {Step} */
export const python = {
  name: 'JupyterLab, nbconvert and Node 24',
  isDone(environment) {
    if (environment.kind === 'conda') return true;
    const { stamp, key } = pythonStamp(environment);
    return isFresh(stamp, key) && isAtHome(environment) && nodeOf(environment.prefix) !== undefined;
  },
  async make(environment, addGroup, note) {
    const { stamp, key } = pythonStamp(environment);
    const isUsable = existsSync(stamp) && isAtHome(environment);
    await stamped(stamp, key, async () => {
      if (isUsable) {
        try {
          return await syncPackages(environment, addGroup);
        } catch {
          // An environment that cannot be brought up to date is made anew below; if that fails too, its reason counts.
        }
      }
      await makeVenv(environment, addGroup, note);
    });
    environment.node = nodeOf(environment.prefix) ?? environment.node;
  },
  forget(environment) {
    if (environment.kind === 'venv') rmSync(pythonStamp(environment).stamp, { force: true });
  },
};

const packageLock = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const modulesStamp = join(modules, stampName);
/** npm's own record of what it installed, written when it has ended. */
const installedLock = join(modules, '.package-lock.json');

/** @type {Step} */
export const packages = {
  name: 'npm packages',
  isDone: () => isFresh(modulesStamp, hashOf([packageLock])),
  make: (_, addGroup) =>
    stamped(modulesStamp, hashOf([packageLock]), async () => {
      if (isInstalled()) return;
      // npm would leave it until the end, and a half-emptied folder could be taken for whole.
      rmSync(installedLock, { force: true });
      const [command, ...first] = npmCommand();
      const options = [
        '--include=dev',
        '--engine-strict=false',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ];
      await runTool(command, [...first, 'ci', ...options], { addGroup, cwd: root, env: variablesToFetch() });
    }),
  forget() {
    for (const path of [modulesStamp, installedLock]) rmSync(path, { force: true });
  },
};

/**
 * The npm that runs this, or the one on the path.
 * @returns {[program: string, ...args: string[]]}
 */
export function npmCommand() {
  const script = process.env.npm_execpath ?? '';
  return script.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm'];
}

/** Whether `npm install` or `npm ci`, run by hand, has already put there what the lock file names. */
export function isInstalled() {
  const wanted = JSON.parse(readIfThere(packageLock) ?? '{}').packages;
  let found;
  try {
    found = JSON.parse(readIfThere(installedLock) ?? '').packages;
  } catch {
    // None is there, or npm was killed while it wrote it.
  }
  if (!wanted || !found) return false;
  const isThere = (/** @type {string} */ path) =>
    wanted[path].version === found[path]?.version &&
    wanted[path].integrity === found[path]?.integrity &&
    existsSync(join(root, path, 'package.json'));
  return Object.keys(wanted)
    .filter((path) => path.startsWith('node_modules/'))
    .every((path) => isThere(path) || (wanted[path].optional && !found[path]));
}

const dist = join(root, 'dist');

/** @type {Step} */
export const build = {
  name: 'the library and the kernel',
  isDone: () => isFresh(join(dist, stampName), buildKey()),
  async make(environment, addGroup) {
    const key = buildKey();
    const fresh = join(stateDir, 'dist');
    const old = join(stateDir, 'dist.old');
    for (const dir of [fresh, old]) rmSync(dir, { recursive: true, force: true });
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['-p', root, '--noEmit', 'false', '--outDir', fresh];
    await runTool(environment.node, [compiler, ...options], { addGroup, cwd: root });
    // Not before: on the first run it needs what the step before this one installs.
    const { bundleWorkers } = await import('./bundle.mjs');
    await bundleWorkers(fresh);
    writeWhole(join(fresh, stampName), key);
    // Two renames instead of a build in place: nobody loads half a library.
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(fresh, dist);
    rmSync(old, { recursive: true, force: true });
  },
  forget: () => rmSync(join(dist, stampName), { force: true }),
};

function buildKey() {
  const bundler = join(root, 'scripts', 'bundle.mjs');
  return hashOf([join(root, 'tsconfig.json'), packageLock, bundler, ...filesBelow(join(root, 'src'), '.ts')]);
}

/**
 * The kernel's entry in an environment.
 * @param {Environment} environment
 */
export function kernelSpec({ node, variables }) {
  const spec = {
    argv: [node, join(dist, 'kernel', 'main.js'), '--config-path={connection_file}'],
    display_name: 'TypeScript',
    language: 'typescript',
    interrupt_mode: 'message',
  };
  // Where Jupyter looks first.
  const path = join(variables.JUPYTER_PATH?.split(delimiter)[0] ?? '', 'kernels', 'tslab', 'kernel.json');
  return { path, text: `${JSON.stringify(spec, null, 2)}\n` };
}

/** JupyterLab asks about news on its first start; a course should not. */
const settings = {
  '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
};

/**
 * Small files: the kernel's entry in the environment, JupyterLab's settings, and where the tools find them all.
 * @param {Environment} environment
 */
function smallFiles(environment) {
  const spec = kernelSpec(environment);
  const config = environment.variables.JUPYTER_CONFIG_DIR ?? '';
  return [
    spec,
    { path: join(config, 'labconfig', 'default_setting_overrides.json'), text: JSON.stringify(settings, null, 2) },
    { path: join(stateDir, 'environment.json'), text: JSON.stringify(environment, null, 2) },
  ];
}

/** @type {Step} */
export const kernel = {
  name: 'the kernel in JupyterLab',
  isDone: (environment) => smallFiles(environment).every(({ path, text }) => readIfThere(path) === text),
  async make(environment) {
    for (const { path, text } of smallFiles(environment)) writeWhole(path, text);
  },
  forget: (environment) => rmSync(kernelSpec(environment).path, { force: true }),
};

/** JupyterLab shows no figure of a notebook that it does not trust until its cells have run. */
const trustStamp = join(stateDir, 'trusted');

function notebooks() {
  return filesBelow(join(root, 'notebooks'), '.ipynb').filter((path) => statSync(path).size > 0);
}

/** @type {Step} */
export const trust = {
  name: 'trust in the notebooks',
  isDone: () => isFresh(trustStamp, hashOf(notebooks())),
  make: (environment, addGroup) =>
    stamped(trustStamp, hashOf(notebooks()), async () => {
      const env = { ...process.env, ...environment.variables };
      if (notebooks().length > 0) {
        await runTool(environment.python, ['-m', 'nbformat.sign', ...notebooks()], { addGroup, env });
      }
    }),
  forget: () => rmSync(trustStamp, { force: true }),
};

/** The steps that bring the tools; they do not need each other and run at once. */
export const toolSteps = [python, packages];
/** The steps that need the tools. */
export const builtSteps = [build, kernel];
export const trustSteps = [trust];
