// One contender: node contender.mjs <adapter> <thread | process>
import { serve } from '../tools/serve.mjs';
import { figuresOf } from './figures.mjs';

const [adapter, kind] = process.argv.slice(2);
serve(async () => {
  const { open, figures = (kind) => figuresOf(open, kind) } = await import(`./${adapter}.mjs`);
  return figures(kind);
});
