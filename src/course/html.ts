import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { css as shown } from '../show/style.ts';
import { CourseError, readEnvironment, root, stateDir } from './environment.ts';
import { findLessons } from './lessons.ts';
import { readLesson } from './notebook.ts';
import { aboutLesson, indexPage, lessonPage } from './page.ts';
import { parseOptions, runTool } from './stop.ts';

const help = `npm run html -- [--dir FOLDER] [--out FOLDER]

Makes the lessons, with the outputs that they hold, into pages that need neither a server nor the network.
  --dir FOLDER  where the lessons are (notebooks)
  --out FOLDER  where the pages go (site); what is there is replaced`;

/** Makes the site of the lessons in `dir`, in one step: until all is well, the old one stays. */
export async function makeSite(dir: string, out: string): Promise<void> {
  const lessons = findLessons(dir).map(readLesson);
  const bodies = join(stateDir, `pages-${process.pid}`);
  const fresh = `${out}.${process.pid}.new`;
  try {
    await convert(
      lessons.map(({ path }) => path),
      bodies,
    );
    const css = readFileSync(new URL('page/style.css', import.meta.url), 'utf8');
    const about = lessons.map(aboutLesson);
    mkdirSync(fresh, { recursive: true });
    for (const [index, { name }] of lessons.entries()) {
      const body = withoutStyles(withImages(readFileSync(join(bodies, `${name}.html`), 'utf8'), dir));
      writeFileSync(join(fresh, `${name}.html`), lessonPage(body, about, index, shown + css));
    }
    writeFileSync(join(fresh, 'index.html'), indexPage(about, css));
    replaceFolder(out, fresh);
  } finally {
    for (const left of [bodies, fresh]) rmSync(left, { recursive: true, force: true });
  }
}

/** Puts the folder `fresh` in the place of `out`; if that fails, `out` is as it was. */
export function replaceFolder(out: string, fresh: string): void {
  const old = `${out}.${process.pid}.old`;
  const isThere = existsSync(out);
  if (isThere) renameSync(out, old);
  try {
    renameSync(fresh, out);
  } catch (error) {
    if (isThere) renameSync(old, out);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

const imageTypes: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
};

/**
 * Puts images that lie beside a lesson into its page. nbconvert's own way closes each piece of HTML that a Markdown
 * cell leaves open, such as the `<details>` around a solution.
 */
function withImages(body: string, dir: string): string {
  return body.replace(/(<img [^>]*src=")([^":]+)(?=")/g, (tag, before: string, source: string) => {
    const path = join(dir, decodeURIComponent(source));
    const type = imageTypes[extname(path)];
    return type && existsSync(path) ? `${before}data:${type};base64,${readFileSync(path, 'base64')}` : tag;
  });
}

/** Each stored output carries the style of the day it was run; a page has the present one, once. */
function withoutStyles(body: string): string {
  return body.replace(/(<div class="il">)<style>[^<]*<\/style>\n?/g, '$1');
}

/** One call of nbconvert for all: to start it takes longer than a lesson. */
async function convert(paths: readonly string[], out: string): Promise<void> {
  const { python, variables } = readEnvironment();
  const templates = `--TemplateExporter.extra_template_basedirs=${import.meta.dirname}`;
  const options = ['--to=html', '--template=page', templates, `--output-dir=${out}`, '--log-level=WARN'];
  try {
    await promisify(execFile)(python, ['-m', 'nbconvert', ...options, ...paths], {
      cwd: root,
      env: { ...process.env, ...variables },
      maxBuffer: 64e6,
    });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trimEnd().split('\n').slice(-12).join('\n');
    throw new CourseError(`nbconvert failed:\n${said ?? (error as Error).message}`, { cause: error });
  }
}

async function html(args: string[]): Promise<number> {
  const options = { dir: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values } = parseOptions({ args, options }, help);
  if (values.help) {
    console.log(help);
    return 0;
  }
  const out = resolve(values.out ?? join(root, 'site'));
  await makeSite(resolve(values.dir ?? join(root, 'notebooks')), out);
  console.log(`The pages are there: ${join(out, 'index.html')}`);
  return 0;
}

if (import.meta.main) runTool(html);
