// @ts-check
// `npm run doctor`: looks at everything that the course needs, one after another, down to a typed cell that draws a
// figure. It runs on any Node and before anything is installed, and changes nothing unless asked to.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cases } from './doctor-cases.mjs';
import { chooseEnvironment } from './environment.mjs';
import { root } from './paths.mjs';

const help = `npm run doctor -- [--fix] [--quick] [--port N]

Checks all that the course needs and names what to do about each thing that is amiss.
  --fix     does it, where that touches nothing but what set-up has made in this folder
  --quick   without starting a Jupyter Server and running a cell
  --port N  the port that you start the course on (8888)`;

const repair = '`npm run doctor -- --fix`';

/**
 * What to do about a case, for its row and for README.
 * @param {import('./doctor-cases.mjs').Case} entry
 */
function adviceOf({ remedy, fix }) {
  return fix ? `${repair} ${remedy}` : remedy;
}

/**
 * Checks one case; whatever is thrown is what was found to be amiss.
 * @param {import('./doctor-cases.mjs').Case} entry
 * @param {import('./doctor-cases.mjs').Context} context
 */
async function look(entry, context) {
  try {
    return { ok: true, found: await entry.check(context) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const lines = text.trim().split(/\s*\n\s*/);
    // Of a long trace the ends tell most.
    const shown = lines.length > 4 ? [lines[0], '…', ...lines.slice(-2)] : lines;
    return { ok: false, found: shown.join(' | ') };
  }
}

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code: 0 when all is well
 */
async function doctor(args) {
  const at = args.indexOf('--port');
  const port = at < 0 ? 8888 : Number(args[at + 1]);
  const rest = args.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
  const unknown = rest.filter((arg) => !['--fix', '--quick', '--readme', '--help'].includes(arg));
  if (unknown.length > 0 || !(port >= 1 && port <= 65_535)) {
    console.error(
      `${unknown.length > 0 ? `Not known: ${unknown.join(' ')}` : '--port takes a number to 65535'}\n\n${help}`,
    );
    return 2;
  }
  if (rest.includes('--help')) {
    console.log(help);
    return 0;
  }
  if (rest.includes('--readme')) {
    const path = join(root, 'README.md');
    writeFileSync(path, withCases(readFileSync(path, 'utf8')));
    return 0;
  }
  return await examine({ port, mends: rest.includes('--fix'), isQuick: rest.includes('--quick') });
}

/** @param {{ port: number, mends: boolean, isQuick: boolean }} options */
async function examine({ port, mends, isQuick }) {
  /** @type {import('./doctor-cases.mjs').Context} */
  const context = { port, environment: () => chooseEnvironment(() => {}) };
  /** @type {Set<string>} cases that failed or could not be looked at */
  const bad = new Set();
  let failed = 0;
  for (const entry of cases) {
    if (isQuick && entry.isLive) continue;
    const missing = entry.needs.filter((id) => bad.has(id));
    if (missing.length > 0) {
      bad.add(entry.id);
      const titles = cases.filter(({ id }) => missing.includes(id)).map(({ title }) => title);
      console.log(`– ${entry.title} – not looked at – it needs: ${titles.join(', ')}`);
      continue;
    }
    let seen = await look(entry, context);
    if (!seen.ok && mends && entry.fix) {
      console.log(`✘ ${entry.title} – ${seen.found} – mending …`);
      try {
        await entry.fix(context);
        seen = await look(entry, context);
      } catch (error) {
        console.log(error instanceof Error ? error.message : error);
      }
    }
    if (!seen.ok) {
      bad.add(entry.id);
      failed += 1;
    }
    console.log(seen.ok ? `✔ ${entry.title} – ${seen.found}` : `✘ ${entry.title} – ${seen.found} – ${adviceOf(entry)}`);
  }
  await context.live?.end();
  const next = isQuick ? 'All is well, as far as --quick looks.' : 'All is well: `npm start` opens the course.';
  console.log(failed === 0 ? next : `${failed} of ${cases.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}

const [begin, end] = ['<!-- made by `npm run doctor -- --readme` -->', '<!-- end -->'];

/**
 * README with its section about trouble made anew from the cases.
 * @param {string} readme
 */
export function withCases(readme) {
  const rows = cases.map((entry) => `- **${entry.title}.** ${adviceOf(entry)}`);
  const [before, after] = [readme.indexOf(begin), readme.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`README.md has no place for the cases: ${begin} … ${end}`);
  return `${readme.slice(0, before)}${begin}\n\n${rows.join('\n')}\n\n${readme.slice(after)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  doctor(process.argv.slice(2)).then((code) => process.exit(code));
}
