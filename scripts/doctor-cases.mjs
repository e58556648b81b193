// @ts-check
import fs from 'node:fs';
import { dirname } from 'node:path';
import { fromPackages, importsLibrary, otherKernels, resolvedKernel } from './doctor-jupyter.mjs';
import { startLive } from './doctor-live.mjs';
import { canListen, nodeVersion, npmVersion, unwritable, whatIsWrongWith } from './doctor-looks.mjs';
import { root } from './paths.mjs';
import { findPython } from './python.mjs';
import { setUp } from './setup.mjs';
import * as steps from './steps.mjs';

/**
 * What the cases share.
 * @typedef {object} Context
 * @property {number} port the first port that the course tries
 * @property {() => import('./environment.mjs').Environment} environment the one to use, looked for anew
 * @property {import('./doctor-live.mjs').Live} [live] the run of a real cell, from the first case that asks about it
 *
 * One thing that can be amiss. README's section about trouble is made of these.
 * @typedef {object} Case
 * @property {string} id
 * @property {string} title what is looked at
 * @property {string[]} needs cases without which this one cannot be looked at
 * @property {(context: Context) => string | Promise<string>} check gives what was found; throws what is wrong
 * @property {string} remedy what to do; of a case with a `fix`, what that does
 * @property {(context: Context) => Promise<void>} [fix] does it: only where nothing but set-up's own work is touched
 * @property {boolean} [isLive] part of the run of a real cell
 */

/** Bytes of a set-up from nothing, rounded up: 720 MB, and some for the course's work; the caches may lie elsewhere. */
const wholeSetUp = 1e9;
const working = 1e8;

/**
 * Makes a step's work again even if it is taken for done.
 * @param {import('./steps.mjs').Step} step
 * @returns {NonNullable<Case['fix']>}
 */
const again = (step) => async (context) => {
  step.forget(context.environment());
  await setUp({ trust: true });
};

/**
 * @param {string} id
 * @returns {Case['check']}
 */
const live = (id) => (context) => {
  context.live ??= startLive(context.environment());
  return context.live.result(id);
};

/** @type {Case[]} */
export const cases = [
  {
    id: 'node',
    title: 'Node that runs npm',
    needs: [],
    check() {
      const { node } = process.versions;
      if (Number(node.split('.')[0]) < 20) throw new Error(`${node} is too old`);
      return node;
    },
    remedy:
      'Install Node 20 or newer: https://nodejs.org, or your package manager. The course brings a Node 24 of its own.',
  },
  {
    id: 'npm',
    title: 'npm',
    needs: [],
    check: npmVersion,
    remedy: 'Install npm: it comes with Node from https://nodejs.org; on Debian and Ubuntu `sudo apt install npm`.',
  },
  {
    id: 'python',
    title: 'Python with venv',
    needs: [],
    check(context) {
      const { kind, prefix } = context.environment();
      return kind === 'conda' ? `conda's, in ${prefix}` : findPython();
    },
    remedy:
      'Install Python 3.10 or newer with venv: on Debian and Ubuntu `sudo apt install python3 python3-venv`, on macOS `brew install python`.',
  },
  {
    id: 'write',
    title: 'Write access',
    needs: [],
    check() {
      const closed = unwritable();
      if (closed.length > 0) throw new Error(`nothing can be written in ${closed.join(', ')}`);
      return 'this folder and the one for temporary files';
    },
    remedy:
      'Clone into a folder of your own, outside any that is mounted read-only; files of another user become yours by `sudo chown -R "$USER" .`.',
  },
  {
    id: 'space',
    title: 'Room on the disk',
    needs: ['node'],
    check(context) {
      const wanted = steps.python.isDone(context.environment()) && steps.isInstalled() ? working : wholeSetUp;
      // Not a named import, which a Node without it could not even parse.
      const { bavail, bsize } = fs.statfsSync(root);
      const free = `${(Number(bavail * bsize) / 1e9).toFixed(1)} GB free`;
      if (bavail * bsize < wanted) throw new Error(`${free}, ${wanted / 1e9} GB needed`);
      return free;
    },
    remedy: 'Make room: set-up takes some 0.7 GB here, and up to 0.5 GB in the caches of npm, pip and uv.',
  },
  {
    id: 'environment',
    title: 'JupyterLab, nbconvert and Node 24',
    needs: ['node', 'python', 'write', 'space'],
    check(context) {
      const environment = context.environment();
      const wrong = whatIsWrongWith(environment);
      if (wrong) throw new Error(wrong);
      const count = environment.kind === 'venv' ? fromPackages(environment) : 'what environment.yml names';
      return `${environment.prefix}, ${count}; Node ${nodeVersion(environment)}`;
    },
    remedy:
      "makes the `.venv` anew; one that is not the course's is kept as `.venv.other`. An active conda environment is brought up to date by `conda env update -f environment.yml`.",
    fix: again(steps.python),
  },
  {
    id: 'packages',
    title: 'npm packages',
    needs: ['node', 'npm', 'write', 'space'],
    check() {
      if (!steps.isInstalled()) throw new Error('not all that package-lock.json names is in node_modules');
      return 'as package-lock.json names them';
    },
    remedy: 'installs them again.',
    fix: again(steps.packages),
  },
  {
    id: 'build',
    title: 'The library and the kernel',
    needs: ['environment', 'packages'],
    check(context) {
      const environment = context.environment();
      if (!steps.build.isDone(environment)) throw new Error('not built from these sources');
      return importsLibrary(environment);
    },
    remedy: 'builds them again. If that fails, a file of `src/` was changed: `git diff src` shows what.',
    fix: again(steps.build),
  },
  {
    id: 'kernel',
    title: 'The kernel in JupyterLab',
    needs: ['environment'],
    check(context) {
      const environment = context.environment();
      if (!steps.kernel.isDone(environment))
        throw new Error('its entry is missing, or of another checkout or another kernel');
      return steps.kernelSpec(environment).path;
    },
    remedy: 'writes its entry again.',
    fix: again(steps.kernel),
  },
  {
    id: 'shadow',
    title: 'Other kernels named tslab',
    needs: ['kernel'],
    check(context) {
      const environment = context.environment();
      const used = resolvedKernel(environment);
      if (used !== dirname(steps.kernelSpec(environment).path)) {
        throw new Error(`${used} is used instead of ours`);
      }
      const others = otherKernels(environment);
      return others.length === 0
        ? 'none'
        : `${others.join(', ')}: the course does not use it, a JupyterLab of your own would`;
    },
    remedy:
      'Open the lessons with `npm start`, not in a JupyterLab of your own; `jupyter kernelspec remove tslab` takes the other one away.',
  },
  {
    id: 'trust',
    title: 'Trust in the notebooks',
    needs: ['environment'],
    check(context) {
      if (!steps.trust.isDone(context.environment())) throw new Error('figures are hidden until their cells have run');
      return 'figures show before their cells have run';
    },
    remedy: 'trusts the notebooks as they are now; `npm start` does so, too.',
    fix: again(steps.trust),
  },
  {
    id: 'port',
    title: 'Ports',
    needs: [],
    async check({ port }) {
      if (await canListen(port)) return `${port} is free`;
      if (!(await canListen(0))) throw new Error('no connection to 127.0.0.1 is possible');
      return `${port} is taken, so the course takes one after it`;
    },
    remedy:
      'Something forbids connections within this machine: a firewall, a sandbox, or a loopback interface that is off (`sudo ip link set lo up`).',
  },
  {
    id: 'server',
    title: 'A Jupyter Server',
    needs: ['build', 'kernel', 'shadow', 'port'],
    isLive: true,
    check: live('server'),
    remedy:
      'Its last words are beside this. If they do not help, `npm run clean`, then `npm start`, sets everything up from nothing.',
  },
  {
    id: 'cell',
    title: 'A typed cell',
    needs: ['server'],
    isLive: true,
    check: live('cell'),
    remedy:
      'What the kernel said is beside this. If it does not help, `npm run clean`, then `npm start`, sets everything up from nothing.',
  },
  {
    id: 'figure',
    title: 'A figure',
    needs: ['cell'],
    isLive: true,
    check: live('figure'),
    remedy:
      'What the library said is beside this. If it does not help, `npm run clean`, then `npm start`, sets everything up from nothing.',
  },
  {
    id: 'page',
    title: 'The figure in a page',
    needs: ['figure'],
    isLive: true,
    check: live('page'),
    remedy: 'nbconvert says why; a template or configuration of your own (`jupyter --paths`) may be in its way.',
  },
  {
    id: 'end',
    title: 'Nothing left running',
    needs: ['server'],
    isLive: true,
    check: live('end'),
    remedy: 'End the processes that are named: `kill -9` and their numbers.',
  },
];
