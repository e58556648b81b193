import { joined, type Lesson } from './notebook.ts';

/** What the index and the links between lessons say about a lesson, from its first cell. */
interface About {
  /** File name without ending. */
  readonly name: string;
  /** `06` of `06-processes-and-pools`. */
  readonly number: string;
  readonly title: string;
  /** Markdown of one line. */
  readonly goal: string;
  readonly time: string;
}

/** Reads title, `**Goal.**` and `**Time.**` from a lesson's first cell. */
export function aboutLesson({ name, notebook }: Lesson): About {
  const text = joined(notebook.cells.find((cell) => cell.cell_type === 'markdown')?.source);
  const said = (word: string) => new RegExp(`^\\W*${word}\\W+(.+)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const title = /^#\s+(.+)$/m.exec(text)?.[1]?.trim() ?? name;
  const number = name.slice(0, 2);
  return {
    name,
    number,
    title: title.replace(new RegExp(`^${number}\\W+`), ''),
    goal: said('Goal'),
    time: said('Time'),
  };
}

const course = 'Interleaved';
const claim = 'Concurrency and parallelism in TypeScript, measured';

/** A page that stands alone: no script, no font, no style from anywhere else. */
function page(title: string, description: string, css: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(plain(description))}">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>
${css}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** A lesson's page: nbconvert's cells between the links to the other lessons. */
export function lessonPage(cells: string, lessons: readonly About[], index: number, css: string): string {
  const { number, title, goal } = lessons[index]!;
  const [previous, next] = [lessons[index - 1], lessons[index + 1]];
  const sections = [...cells.matchAll(/<h2 id="([^"]*)">(.*?)<a class="anchor-link"/g)];
  const contents = sections.map(([, id, heading]) => `<li><a href="#${id}">${heading}</a></li>`).join('\n');
  const content = cells
    // Links between lessons lead to their pages.
    .replace(/(href="(?!\w+:)[^"]*)\.ipynb(?=["#])/g, '$1.html')
    .replace(/(<h1 [^>]*>)/, `<p class="number">Lesson ${number}</p>$1`);
  return page(
    `${number} ${title} · ${course}`,
    goal || title,
    css,
    `<a class="skip" href="#lesson">To the lesson</a>
<header><nav aria-label="Lessons"><a class="home" href="index.html">${course}</a>${arrow('previous', previous)}${arrow('next', next)}</nav></header>
<div class="columns">
${contents && `<aside><details><summary>On this page</summary><nav aria-label="On this page"><ol>\n${contents}\n</ol></nav></details></aside>`}
<main id="lesson">
${content}
</main>
<footer><nav aria-label="Further lessons">${card('previous', previous)}${card('next', next)}</nav></footer>
</div>`,
  );
}

type Way = 'previous' | 'next';

function arrow(way: Way, lesson: About | undefined): string {
  if (!lesson) return '';
  const label =
    way === 'previous'
      ? `<span aria-hidden="true">← </span>${lesson.number}`
      : `${lesson.number}<span aria-hidden="true"> →</span>`;
  return `<a class="${way}" rel="${way === 'next' ? 'next' : 'prev'}" href="${lesson.name}.html" aria-label="${way} lesson: ${escapeHtml(lesson.title)}">${label}</a>`;
}

function card(way: Way, lesson: About | undefined): string {
  if (!lesson) return '';
  return `<a class="card ${way}" href="${lesson.name}.html"><small>${way === 'next' ? 'Next' : 'Before this'}</small>${lesson.number} ${escapeHtml(lesson.title)}</a>`;
}

/** The list of all lessons. */
export function indexPage(lessons: readonly About[], css: string): string {
  const items = lessons.map(
    ({ name, number, title, goal, time }) => `<li><a href="${name}.html"><span class="number">${number}</span>
<h2>${escapeHtml(title)}</h2>
<p>${inline(goal)}</p>
<small>${inline(time)}</small></a></li>`,
  );
  return page(
    `${course}: ${claim}`,
    claim,
    css,
    `<main class="index">
<h1>${course}</h1>
<p class="claim">${claim}.</p>
<p>Each lesson makes a claim, measures it, and draws what really happened. The figures here were measured on the
machine that made these pages; run the notebooks to see yours.</p>
<ol>
${items.join('\n')}
</ol>
</main>`,
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Markdown of one line without its marks. */
function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*_`]/g, '');
}

/** Markdown of one line as HTML, as far as goals use it; links lead nowhere inside a link. */
function inline(markdown: string): string {
  return escapeHtml(markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\*([^*]+)\*/g, '<em>$1</em>');
}
