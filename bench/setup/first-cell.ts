// The first timed cell of the course, in the checkout that this file is part of: prints a line when its output is there.

import { LessonRunner } from '../../src/course/run.ts';
import { startServer } from '../../src/course/server.ts';
import { lesson } from '../../test/course/fixtures.ts';

const server = await startServer({ rootDir: process.cwd(), lab: true, args: ['--no-browser'] });
const runner = new LessonRunner(server);
try {
  const cells = [
    "import { timed } from 'interleaved';",
    `function sumTo(n: number) {
  let total = 0;
  for (let i = 0; i < n; i++) total += i;
  return total;
}

await timed('a sum', () => sumTo(1e8));`,
  ];
  const { notebook } = await runner.run(lesson('00-first', ...cells), { timeout: 120_000 });
  if (!JSON.stringify(notebook.cells[1]?.outputs).includes('a sum')) throw new Error('the cell drew nothing');
  console.log('there');
} finally {
  runner.close();
  await server.close();
}
