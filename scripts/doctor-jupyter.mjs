// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import { kernelSpec } from './steps.mjs';
import { list } from './venv.mjs';

/** @typedef {import('./environment.mjs').Environment} Environment */

/**
 * Runs a program and gives what it prints.
 * @param {string} program
 * @param {string[]} args
 * @param {Environment} environment
 * @throws with its last line
 */
function ask(program, args, { variables }) {
  const env = { ...process.env, ...variables };
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8' });
  if (error) throw new Error(`${program} does not run: ${error.message}`);
  if (status !== 0) throw new Error((stderr || stdout).trim().split('\n').at(-1) ?? `${program} failed`);
  return stdout.trim();
}

const compareList = `import sys
from importlib.metadata import PackageNotFoundError, version
from packaging.requirements import Requirement
count, wrong = 0, []
for line in open(sys.argv[1]):
    line = line.strip()
    if not line or line.startswith("#"):
        continue
    wanted = Requirement(line)
    if wanted.marker and not wanted.marker.evaluate():
        continue
    count += 1
    try:
        found = version(wanted.name)
        if not wanted.specifier.contains(found, prereleases=True):
            wrong.append(wanted.name + " is " + found + ", not" + str(wanted.specifier).replace("==", " "))
    except PackageNotFoundError:
        wrong.append(wanted.name + " is missing")
import jupyter_server.serverapp, jupyterlab, nbconvert
if wrong:
    sys.exit("; ".join(wrong[:5]))
print(count)`;

/**
 * Compares the packages of a `.venv` with the list.
 * @param {Environment} environment
 */
export function fromPackages(environment) {
  return `${ask(environment.python, ['-c', compareList, list], environment)} packages as listed`;
}

/**
 * Imports the library as a cell does, and looks for the kernel.
 * @param {Environment} environment
 */
export function importsLibrary(environment) {
  const kernel = join(root, 'dist', 'kernel', 'main.js');
  if (!existsSync(kernel)) throw new Error(`${kernel} is missing`);
  const address = JSON.stringify(pathToFileURL(join(root, 'dist', 'index.js')).href);
  const script = `import(${address}).then((library) => console.log(Object.keys(library).length), (error) => { console.error(error.message); process.exit(1); })`;
  return `built from these sources, exports ${ask(environment.node, ['-e', script], environment)} names`;
}

/**
 * The folder of the kernel that our Jupyter takes by the name `tslab`.
 * @param {Environment} environment
 */
export function resolvedKernel(environment) {
  const script =
    'from jupyter_client.kernelspec import KernelSpecManager as M; print(M().get_kernel_spec("tslab").resource_dir)';
  return ask(environment.python, ['-c', script], environment);
}

/**
 * Kernels of that name elsewhere on this machine, where Jupyter would look without our variables.
 * @param {Environment} environment
 */
export function otherKernels(environment) {
  const { JUPYTER_DATA_DIR, JUPYTER_PATH = '', XDG_DATA_HOME } = process.env;
  const home = homedir();
  const folders = [
    ...JUPYTER_PATH.split(delimiter),
    JUPYTER_DATA_DIR,
    join(XDG_DATA_HOME || join(home, '.local', 'share'), 'jupyter'),
    join(home, 'Library', 'Jupyter'),
    '/usr/local/share/jupyter',
    '/usr/share/jupyter',
  ];
  const found = folders.filter(Boolean).map((folder) => join(folder ?? '', 'kernels', 'tslab'));
  const ours = dirname(kernelSpec(environment).path);
  return [...new Set(found)].filter((folder) => folder !== ours && existsSync(join(folder, 'kernel.json')));
}
