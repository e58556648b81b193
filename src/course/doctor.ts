import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CourseError, root, stateDir } from './environment.ts';
import { makeSite } from './html.ts';
import { formatNotebook, joined, type Lesson, type Output } from './notebook.ts';
import { LessonRunner } from './run.ts';
import { type JupyterServer, startServer } from './server.ts';
import { runTool, Stopped, stopped } from './stop.ts';

const typed = 'const n: number = 6 * 7;\nn';
const drawing = "import { timed } from 'interleaved';\nawait timed('six times seven', () => 6 * 7);";
/** A cell may take long on a machine that is busy or starts cold. */
const patience = 120_000;

/**
 * What the doctor asks last: a server, a kernel in it that runs a typed cell and draws a figure, and a page with that
 * figure. Each step is told to the process that asked, the end as well.
 */
async function live(): Promise<number> {
  const asked = stopped();
  asked.catch(() => {});
  const starting = startServer({ rootDir: join(root, 'notebooks') });
  let server: JupyterServer | undefined;
  try {
    server = await Promise.race([starting, asked]);
    tell('server', true, `${await kernelOf(server)}, at ${server.url}`);
    await Promise.race([useServer(server), asked]);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    tell(server ? 'cell' : 'server', false, (error as Error).message);
  } finally {
    await (server ?? (await starting.catch(() => undefined)))?.close();
  }
  const left = server?.processes() ?? [];
  tell('end', left.length === 0, left.length === 0 ? 'server and kernel have ended' : `still there: ${left.join(' ')}`);
  return 0;
}

function tell(id: string, ok: boolean, found: string): void {
  process.send?.({ id, ok, found });
}

/** The kernel that the server has by our name, which must be this checkout's. */
async function kernelOf({ url, token }: JupyterServer): Promise<string> {
  const response = await fetch(`${url}api/kernelspecs?token=${token}`);
  const { kernelspecs } = (await response.json()) as {
    kernelspecs: Record<string, { spec: { argv: string[]; display_name: string } } | undefined>;
  };
  const main = join(root, 'dist', 'kernel', 'main.js');
  const argv = kernelspecs.tslab?.spec.argv ?? [];
  if (!argv.includes(main)) throw new CourseError(`its kernel tslab is ${argv.join(' ') || 'missing'}, not ${main}`);
  return `it has the kernel ${kernelspecs.tslab?.spec.display_name}`;
}

async function useServer(server: JupyterServer): Promise<void> {
  const runner = new LessonRunner(server);
  const dir = join(stateDir, `doctor-${process.pid}`);
  try {
    // So tagged, a cell that fails leaves its error among its outputs, and the next one runs.
    const cells = [typed, drawing].map((source) => ({
      cell_type: 'code' as const,
      source,
      metadata: { tags: ['raises-exception'] },
    }));
    const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    const lesson: Lesson = { name: '00-doctor', path: join(dir, '00-doctor.ipynb'), text: '', notebook };
    const run = (await runner.run(lesson, { timeout: patience })).notebook;
    const [value, drawn] = run.cells.map(({ outputs = [] }) => outputs);
    const result = textOf(value, 'text/plain');
    tell('cell', result === '42', result === '42' ? `\`${typed.replace('\n', ' ')}\` gave 42` : whatCame(value));
    const figure = textOf(drawn, 'text/html');
    // nbconvert writes the picture's attributes in another order, but not the words that it says about itself.
    const said = /<svg[^>]*>.*?<desc[^>]*>(.+?)<\/desc>.*<\/svg>/s.exec(figure)?.[1];
    tell('figure', said !== undefined, said ? `a timeline: ${said}` : whatCame(drawn));
    if (!said) return;
    mkdirSync(dir, { recursive: true });
    writeFileSync(lesson.path, formatNotebook(run));
    await makeSite(dir, join(dir, 'site')).then(
      () => {
        const page = readFileSync(join(dir, 'site', '00-doctor.html'), 'utf8');
        const holds = page.includes('<svg') && page.includes(said);
        tell('page', holds, holds ? 'nbconvert made one that holds it' : 'nbconvert made one without it');
      },
      (error: Error) => tell('page', false, error.message),
    );
  } finally {
    runner.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function textOf(outputs: readonly Output[] = [], type: string): string {
  return outputs.map(({ data }) => joined(data?.[type] as string | string[] | undefined)).join('');
}

/** What a cell gave instead of what it should. */
function whatCame(outputs: readonly Output[] = []): string {
  const words = outputs.map(({ ename, evalue, text, data }) =>
    ename ? `${ename}: ${evalue}` : joined(text) || joined(data?.['text/plain'] as string),
  );
  return words.join('\n').trim().slice(0, 600) || 'nothing came out of it';
}

runTool(live);
