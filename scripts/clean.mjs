// @ts-check
// `npm run clean`: takes away what set-up and the course have made here, so that the checkout is as it was cloned.
// Nothing else is touched: no file of the reader's, no change to a notebook, nothing outside this folder.
import { existsSync, lstatSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { liveHolder, withLock } from './lock.mjs';
import { root, SetupError, stateDir } from './paths.mjs';
import { processesFrom } from './users.mjs';
import { isOurs } from './venv.mjs';

const help = `npm run clean -- [--dry-run] [--keep-progress]

Takes away all that set-up and the course have made in this folder; your own files and changes stay.
  --dry-run        only says what would go
  --keep-progress  leaves the record of your exercises (.progress.jsonl)`;

/** Where a folder of ours may hold small ones that Jupyter and Python make. */
const ours = ['bench', 'notebooks', 'scripts', 'src', 'test'];
const inside = ['.ipynb_checkpoints', '__pycache__'];
const progress = '.progress.jsonl';
/** What is made at fixed places; with `inside` and a `.venv` of ours, all that .gitignore names. */
const fixed = ['node_modules', join('bench', 'node_modules'), 'dist', 'site', progress];

/** The paths to take away that are there, the state of set-up last: it holds the lock. */
function findAll() {
  const states = readdirSync(root).filter((name) => /^\.setup/.test(name) && join(root, name) !== stateDir);
  const venv = isOurs({ prefix: join(root, '.venv') }) ? ['.venv'] : [];
  const names = [...venv, ...fixed, ...inside, ...states].map((name) => join(root, name));
  const nested = ours.flatMap((name) => findInside(join(root, name)));
  return [...new Set([...names, ...nested, stateDir])].filter((path) => lstatSync(path, { throwIfNoEntry: false }));
}

/**
 * The small folders below one of ours. A repository in it is somebody's own.
 * @param {string} folder
 * @returns {string[]}
 */
function findInside(folder) {
  if (!existsSync(folder) || existsSync(join(folder, '.git'))) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // A link to a folder is no folder here: what it leads to is not ours.
    if (!entry.isDirectory() || entry.name === 'node_modules') return [];
    return inside.includes(entry.name) ? [path] : findInside(path);
  });
}

function refuseWhileUsed() {
  const setUp = liveHolder();
  if (setUp !== undefined)
    throw new SetupError(`A set-up is at work here (process ${setUp}): wait until it has ended.`);
  const users = processesFrom(root);
  if (users.length > 0) {
    throw new SetupError(
      `The course runs from this folder (process ${users.join(', ')}): end it first, by Ctrl-C where it was started.`,
    );
  }
}

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
async function clean(args) {
  const unknown = args.filter((arg) => !['--dry-run', '--keep-progress', '--help'].includes(arg));
  if (unknown.length > 0 || args.includes('--help')) {
    console.log(unknown.length > 0 ? `Not known: ${unknown.join(' ')}\n\n${help}` : help);
    return unknown.length > 0 ? 2 : 0;
  }
  const keep = args.includes('--keep-progress') ? join(root, progress) : '';
  const due = findAll().filter((path) => path !== keep);
  if (args.includes('--dry-run')) {
    for (const path of due) console.log(`would go: ${relative(root, path)}`);
    return 0;
  }
  if (due.length === 0) {
    console.log('There is nothing to take away.');
    return 0;
  }
  refuseWhileUsed();
  // Nobody begins to set up meanwhile; one who waits for the lock does so afterwards, from nothing.
  await withLock(async () => {
    for (const path of due) {
      if (path !== stateDir) remove(path);
    }
    remove(stateDir);
  }, console.log);
  return 0;
}

/** @param {string} path a file, a folder or a link, of which only the link itself goes */
function remove(path) {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() && !lstatSync(path).isSymbolicLink();
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  console.log(`gone: ${relative(root, path)}${isFolder ? '/' : ''}`);
}

clean(process.argv.slice(2))
  .catch((error) => {
    console.error(error instanceof SetupError ? error.message : error);
    return 1;
  })
  .then((code) => process.exit(code));
